//! Objects that lie in an archive, and the command that brings them back.
//!
//! "Restoring an archived object": Amazon S3 User Guide. What a class or a tier is called is what
//! the service calls it.

use crate::event::{Reason, ReasonKind, label};

/// Why an object cannot be read now. Classes are told when listing; which tier of
/// `INTELLIGENT_TIERING` it lies in is told only when it is asked for.
pub(super) fn frozen(
    bucket: &str,
    (key, version): (&str, Option<&str>),
    class: Option<&str>,
    tier: Option<&str>,
) -> Reason {
    let is_tier = tier.is_some() || class == Some("INTELLIGENT_TIERING");
    let (tier, class) = (tier.unwrap_or_default(), class.unwrap_or("an archive class"));
    let is_deep = class == "DEEP_ARCHIVE" || tier == "DEEP_ARCHIVE_ACCESS";
    let where_ = if tier.is_empty() { class.to_owned() } else { format!("{class}, {tier}") };
    let version = version.map(|id| format!(" --version-id {}", quoted(id))).unwrap_or_default();
    // An object in a tier stays when it is back, and no time may be named.
    let request = if is_tier { "'{}'" } else { "Days=7" };
    let detail = format!(
        "lies in the archive ({where_}); `aws s3api restore-object --bucket {} --key {}{version} \
         --restore-request {request}` brings it back within {}",
        quoted(bucket),
        quoted(key),
        if is_deep { "12 hours" } else { "5 hours" },
    );
    Reason::new(ReasonKind::Unsupported, detail)
}

/// For a shell; hostile keys stay one word.
fn quoted(text: &str) -> String {
    let text = label(text.as_bytes());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=+@,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_word_of_a_shell() {
        assert_eq!(quoted("a/b.gz"), "a/b.gz");
        assert_eq!(quoted("a b'$(x)"), r"'a b'\''$(x)'");
    }

    #[test]
    fn each_class_and_tier_has_its_command() {
        let told = |version, class, tier| frozen("logs", ("a", version), class, tier).detail;
        let glacier = told(None, Some("GLACIER"), None);
        assert!(glacier.contains("(GLACIER)") && glacier.contains("--key a --restore-request"));
        assert!(glacier.contains("Days=7") && glacier.contains("5 hours"), "{glacier}");
        let deep = told(Some("v1"), Some("DEEP_ARCHIVE"), None);
        assert!(deep.contains("--version-id v1") && deep.contains("12 hours"), "{deep}");
        let tier = told(None, Some("INTELLIGENT_TIERING"), Some("DEEP_ARCHIVE_ACCESS"));
        assert!(tier.contains("--restore-request '{}'") && tier.contains("12 hours"), "{tier}");
    }
}
