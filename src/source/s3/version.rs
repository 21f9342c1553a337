//! What a version of an object is called: `KEY?versionId=ID`, as in the addresses of S3.
//!
//! A key may hold such words itself. The last of them count, and an id holds none, since it stands
//! in addresses as it is; so an object with such a key has the words once more, without an id.

const MARK: &str = "?versionId=";

/// The name of this version of an object, or of the newest.
pub(super) fn name(key: &str, version: Option<&str>) -> String {
    match version {
        Some(version) => format!("{key}{MARK}{version}"),
        None if key.contains(MARK) => format!("{key}{MARK}"),
        None => key.to_owned(),
    }
}

/// The key and the version that a name, or a path that ends in one, stands for.
pub(super) fn parts(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once(MARK) {
        Some((key, version)) => (key, Some(version).filter(|version| !version.is_empty())),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_of_one_version_of_one_key() {
        let keys = ["a", "a?versionId=", "a?versionId=b", "a?versionId=b?versionId=", "?", ""];
        let mut names = Vec::new();
        for key in keys {
            for version in [None, Some("b"), Some("null")] {
                let name = name(key, version);
                assert_eq!(parts(&name), (key, version), "{name}");
                names.push(name);
            }
        }
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn the_newest_of_an_ordinary_key_is_called_like_the_key() {
        assert_eq!(name("a/b?c.json", None), "a/b?c.json");
    }
}
