//! What kind of thing an operation is: `REST.GET.OBJECT`, `BATCH.DELETE.OBJECT`,
//! `S3.EXPIRE.OBJECT`.

use crate::event::Class;
use crate::format::text::split_once;

/// Verb and thing.
pub(super) type Parts<'a> = (&'a str, &'a str);

/// The rules, the first that fits wins:
///
/// 1. deleting objects, versions and marks of them, also by lifecycle: `data-delete`;
/// 2. writing objects and their parts, copying and restoring them: `data-write`;
/// 3. reading objects, and listing what is there: `data-read`;
/// 4. writing policies, lists of access and whatever blocks public access: `permission`;
/// 5. switching logs: `audit-system`;
/// 6. anything else of a bucket or an object: `config`.
pub(super) fn class((verb, thing): Parts<'_>) -> Class {
    let is_data = DATA.contains(&thing);
    match verb {
        "DELETE" | "EXPIRE" if is_data => Class::DataDelete,
        _ if thing == "MULTI_OBJECT_DELETE" || thing == "DELETEMARKER" => Class::DataDelete,
        "PUT" | "POST" | "COPY" | "TRANSITION" | "RESTORE" | "CREATE" if is_data => {
            Class::DataWrite
        }
        "GET" | "HEAD" | "SELECT" if is_data => Class::DataRead,
        "GET" | "HEAD" if LISTS.contains(&thing) => Class::DataRead,
        "PUT" | "DELETE" if PERMISSIONS.contains(&thing) => Class::Permission,
        "PUT" | "DELETE" if thing == "LOGGING_STATUS" => Class::AuditSystem,
        _ => Class::Config,
    }
}

/// Whether the object's size is that of what was sent.
pub(super) fn writes((verb, thing): Parts<'_>) -> bool {
    matches!(verb, "PUT" | "POST") && matches!(thing, "OBJECT" | "PART")
}

/// What stands behind the first word. `COPY.OBJECT_GET` is the reading half of a copy.
pub(super) fn parts(operation: &str) -> Parts<'_> {
    let (_, named) = split_once(operation, b'.').unwrap_or_default();
    match split_once(named, b'.').unwrap_or((named, "")) {
        ("COPY", "OBJECT_GET") => ("GET", "OBJECT"),
        ("COPY", "PART_GET") => ("GET", "PART"),
        (
            "TRANSITION_SIA" | "TRANSITION_ZIA" | "TRANSITION_INT" | "TRANSITION_GDA"
            | "TRANSITION",
            thing,
        ) => ("TRANSITION", thing),
        parts => parts,
    }
}

/// Things that are data.
const DATA: [&str; 9] = [
    "OBJECT",
    "OBJECT_VERSION",
    "VERSION",
    "PART",
    "UPLOAD",
    "UPLOADS",
    "OBJECT_CONTENT",
    "OBJECT_TORRENT",
    "SELECT",
];

/// Things that list data.
const LISTS: [&str; 4] = ["BUCKET", "BUCKETVERSIONS", "OBJECT_ATTRIBUTES", "OBJECT_TAGGING"];

const PERMISSIONS: [&str; 7] = [
    "ACL",
    "BUCKETPOLICY",
    "OBJECT_ACL",
    "OWNERSHIP_CONTROLS",
    "PUBLIC_ACCESS_BLOCK",
    "PUBLICACCESSBLOCK",
    "POLICY",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_what_they_do() {
        for (operation, expected) in [
            ("REST.GET.OBJECT", Class::DataRead),
            ("REST.HEAD.OBJECT", Class::DataRead),
            ("WEBSITE.GET.OBJECT", Class::DataRead),
            ("REST.COPY.OBJECT_GET", Class::DataRead),
            ("REST.GET.BUCKET", Class::DataRead),
            ("REST.PUT.OBJECT", Class::DataWrite),
            ("REST.PUT.PART", Class::DataWrite),
            ("REST.POST.UPLOADS", Class::DataWrite),
            ("REST.COPY.OBJECT", Class::DataWrite),
            ("S3.TRANSITION_SIA.OBJECT", Class::DataWrite),
            ("S3.RESTORE.OBJECT", Class::DataWrite),
            ("REST.DELETE.OBJECT", Class::DataDelete),
            ("BATCH.DELETE.OBJECT", Class::DataDelete),
            ("REST.POST.MULTI_OBJECT_DELETE", Class::DataDelete),
            ("S3.EXPIRE.OBJECT", Class::DataDelete),
            ("S3.CREATE.DELETEMARKER", Class::DataDelete),
            ("S3.DELETE.UPLOAD", Class::DataDelete),
            ("REST.PUT.BUCKETPOLICY", Class::Permission),
            ("REST.GET.BUCKETPOLICY", Class::Config),
            ("REST.PUT.LOGGING_STATUS", Class::AuditSystem),
            ("REST.GET.VERSIONING", Class::Config),
            ("REST.PUT.BUCKET", Class::Config),
            ("REST.DELETE.BUCKET", Class::Config),
            ("", Class::Config),
        ] {
            assert_eq!(class(parts(operation)), expected, "{operation}");
        }
        assert!(writes(parts("REST.PUT.OBJECT")) && !writes(parts("REST.GET.OBJECT")));
    }
}
