//! What part of a bucket an address names: keys that begin so, where a folder may be one of several,
//! as in `AWSLogs/{111122223333,444455556666}/CloudTrail/*/`.
//!
//! `*` stands for any characters but a slash, `{a,b}` for one of these. **A key that holds such
//! characters itself is named too**, but for one with a brace and a comma: more than was meant may
//! be found, and nothing that was meant is missed.

/// What stands before a bucket.
const BUCKET: &str = "s3://";

/// Keys, by how they begin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// All of them begin so.
    literal: String,
    /// What the folders behind that are called.
    folders: Vec<Names>,
    /// The last of them need only begin so.
    is_open: bool,
}

/// What part of a folder a scope holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    All,
    /// That depends on the folders in it.
    Some,
    None,
}

/// Names of one folder: any of these, in which `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Names(Vec<String>);

impl Scope {
    /// Of what an address has behind its bucket.
    pub fn of(prefix: &str) -> Self {
        let mut pieces: Vec<&str> = prefix.split('/').collect();
        let is_plain = |piece: &&str| !is_pattern(piece);
        let plain = pieces.iter().take_while(|piece| is_plain(piece)).count();
        if plain == pieces.len() {
            return Self { literal: prefix.to_owned(), ..Self::default() };
        }
        let end = pieces.drain(..plain).map(|piece| piece.len() + 1).sum();
        let literal = prefix[..end].to_owned();
        let is_open = pieces.pop_if(|last| last.is_empty()).is_none();
        Self { literal, folders: pieces.into_iter().map(Names::of).collect(), is_open }
    }

    /// What all its keys begin with.
    pub fn literal(&self) -> &str {
        &self.literal
    }

    pub fn has(&self, key: &str) -> bool {
        let Some(rest) = key.strip_prefix(self.literal.as_str()) else { return false };
        self.fit_of(rest.split('/').collect(), true) == Fit::All
    }

    /// `folder`: with the slash at its end, or the beginning of a key up to one.
    pub fn fit(&self, folder: &str) -> Fit {
        if let Some(rest) = folder.strip_prefix(self.literal.as_str()) {
            return self.fit_of(rest.split_terminator('/').collect(), false);
        }
        if self.literal.starts_with(folder) { Fit::Some } else { Fit::None }
    }

    /// `pieces`: what stands behind the literal beginning; the last may be the key's own name, and
    /// no folder.
    fn fit_of(&self, pieces: Vec<&str>, is_key: bool) -> Fit {
        let (wanted, last) = (self.folders.len(), pieces.len());
        for (at, (names, piece)) in self.folders.iter().zip(pieces).enumerate() {
            let may_go_on = self.is_open && at + 1 == wanted;
            let is_folder = !is_key || at + 1 < last;
            if !names.hold(piece, may_go_on) || !(is_folder || may_go_on) {
                return Fit::None;
            }
        }
        if last >= wanted { Fit::All } else { Fit::Some }
    }

    /// The folders in this one that hold all that the scope has there, if their names are known
    /// without a look; in the order of keys, each with the slash at its end.
    pub fn named(&self, folder: &str) -> Option<Vec<String>> {
        let depth = folder.strip_prefix(self.literal.as_str())?.split_terminator('/').count();
        let is_whole = depth + 1 < self.folders.len() || !self.is_open;
        let names = self.folders.get(depth).filter(|_| is_whole)?;
        let is_known = !names.0.iter().any(|name| name.contains('*'));
        let mut folders: Vec<String> =
            names.0.iter().map(|name| format!("{folder}{name}/")).collect();
        folders.sort_unstable();
        folders.dedup();
        is_known.then_some(folders)
    }
}

/// Names of folders in an address of which nothing was found so far.
#[derive(Debug)]
pub struct Unmet<'a> {
    scope: &'a Scope,
    /// For each folder, which of its names were met.
    met: Vec<Vec<bool>>,
}

impl<'a> Unmet<'a> {
    pub fn of(scope: &'a Scope) -> Self {
        let met = scope.folders.iter().map(|names| vec![false; names.0.len()]).collect();
        Self { scope, met }
    }

    /// Takes note of a key, or of a folder with the slash at its end.
    pub fn take(&mut self, key: &str) {
        let Some(rest) = key.strip_prefix(self.scope.literal.as_str()) else { return };
        let last = self.scope.folders.len();
        for (at, piece) in rest.split('/').enumerate().take(last) {
            let end = if self.scope.is_open && at + 1 == last { "*" } else { "" };
            for (name, met) in self.scope.folders[at].0.iter().zip(&mut self.met[at]) {
                *met |= is_like(piece, &format!("{name}{end}"));
            }
        }
    }

    /// One address for each that was not met, of several that were meant.
    pub fn addresses(&self) -> Vec<String> {
        let mut unmet = Vec::new();
        for (at, (names, met)) in self.scope.folders.iter().zip(&self.met).enumerate() {
            let before = format!("{}{}", self.scope.literal, "*/".repeat(at));
            let missed = names.0.iter().zip(met).filter(|(_, met)| !**met && names.0.len() > 1);
            unmet.extend(missed.map(|(name, _)| format!("{before}{name}/")));
        }
        unmet
    }
}

impl Names {
    fn of(piece: &str) -> Self {
        let Some((begin, end)) = braces(piece) else { return Self(vec![piece.to_owned()]) };
        let one = |name: &str| format!("{}{name}{}", &piece[..begin], &piece[end + 1..]);
        Self(piece[begin + 1..end].split(',').map(one).collect())
    }

    fn hold(&self, folder: &str, may_go_on: bool) -> bool {
        self.0.iter().any(|name| {
            if may_go_on { is_like(folder, &format!("{name}*")) } else { is_like(folder, name) }
        })
    }
}

fn is_pattern(piece: &str) -> bool {
    piece.contains('*') || braces(piece).is_some()
}

/// Where a list of names begins and ends.
fn braces(piece: &str) -> Option<(usize, usize)> {
    let begin = piece.find('{')?;
    let end = begin + piece[begin..].find('}')?;
    piece[begin..end].contains(',').then_some((begin, end))
}

/// Whether the text is what the pattern says, in which `*` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

/// Whether the object of this path is the source of this name, or one of those that it names.
pub fn holds(source: &str, path: &str) -> bool {
    let below = path.strip_prefix(source.trim_end_matches('/'));
    if below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return true;
    }
    // Names of access points have a slash of their own.
    let bucket = source.strip_prefix(BUCKET).map(|rest| rest.replacen(":accesspoint/", ":", 1));
    bucket.is_some_and(|rest| rest.contains('/')) && Scope::of(source).has(path)
}

/// The source that an object's path is in: the nearest one.
pub fn source_of<'a>(sources: &'a [String], path: &str) -> Option<&'a String> {
    sources.iter().filter(|source| holds(source, path)).max_by_key(|source| source.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_folder_may_be_one_of_several() {
        let scope = Scope::of("AWSLogs/{1,2}/*/eu-*/");
        assert_eq!(scope.literal(), "AWSLogs/");
        for (folder, fit) in [
            ("", Fit::Some),
            ("AWSLogs/", Fit::Some),
            ("AWS/", Fit::None),
            ("AWSLogs/1/", Fit::Some),
            ("AWSLogs/3/", Fit::None),
            ("AWSLogs/2/Config/", Fit::Some),
            ("AWSLogs/2/Config/eu-west-1/", Fit::All),
            ("AWSLogs/2/Config/us-east-1/", Fit::None),
            ("AWSLogs/2/Config/eu-west-1/2026/", Fit::All),
        ] {
            assert_eq!(scope.fit(folder), fit, "{folder}");
        }
        for (key, has) in [
            ("AWSLogs/1/Config/eu-west-1/a", true),
            ("AWSLogs/1/Config/eu-west-1", false),
            ("AWSLogs/1/a", false),
            ("AWSLogs/12/Config/eu-west-1/a", false),
        ] {
            assert_eq!(scope.has(key), has, "{key}");
        }
    }

    #[test]
    fn without_a_slash_the_end_only_begins_names() {
        let scope = Scope::of("a/*/Cloud");
        assert!(scope.has("a/1/CloudTrail/x") && scope.has("a/1/Cloudy") && !scope.has("a/1/x"));
        assert_eq!(scope.fit("a/1/CloudTrail-Digest/"), Fit::All);
        assert!(Scope::of("a/b").has("a/bc") && Scope::of("").has("x"));
        assert_eq!(Scope::of("a/b").fit("a/"), Fit::Some);
        assert_eq!(Scope::of("a/b").fit("a/bc/"), Fit::All);
        // What is no list is a name.
        assert!(Scope::of("a/{b}/").has("a/{b}/c"));
    }

    #[test]
    fn names_that_are_said_need_no_look() {
        let scope = Scope::of("AWSLogs/*/{b,a}/x/");
        assert_eq!(scope.named("AWSLogs/"), None);
        let named = scope.named("AWSLogs/1/");
        assert_eq!(named, Some(vec!["AWSLogs/1/a/".to_owned(), "AWSLogs/1/b/".to_owned()]));
        assert_eq!(scope.named("AWSLogs/1/a/"), Some(vec!["AWSLogs/1/a/x/".to_owned()]));
        assert_eq!(scope.named("AWSLogs/1/a/x/"), None);
        assert_eq!(Scope::of("*/x").named("a/"), None);
    }

    #[test]
    fn names_of_which_there_is_nothing_are_known() {
        let scope = Scope::of("a/{1,2}/*/{x,y*}");
        let mut unmet = Unmet::of(&scope);
        assert_eq!(unmet.addresses(), ["a/1/", "a/2/", "a/*/*/x/", "a/*/*/y*/"]);
        unmet.take("a/1/any/xyz/b");
        assert_eq!(unmet.addresses(), ["a/2/", "a/*/*/y*/"]);
        unmet.take("a/2/");
        unmet.take("b/2/c/y");
        assert_eq!(unmet.addresses(), ["a/*/*/y*/"]);
        assert!(Unmet::of(&Scope::of("a/*/b/")).addresses().is_empty());
    }

    #[test]
    fn an_object_is_of_the_source_that_names_it() {
        for (source, path, is) in [
            ("/a", "/a/x", true),
            ("/a/b/", "/a/b/x", true),
            ("/c.json", "/c.json", true),
            ("/a", "/ab", false),
            ("/c.json", "/c.json.gz", false),
            ("s3://b", "s3://b/x", true),
            ("s3://b", "s3://bb/x", false),
            ("s3://b/x/a", "s3://b/x/ab/c", true),
            ("s3://b/*/a/", "s3://b/x/a/c", true),
            ("s3://b/*/a/", "s3://b/x/b/c", false),
            ("s3://arn:aws:s3:r:1:accesspoint/p", "s3://arn:aws:s3:r:1:accesspoint/pq/x", false),
            ("logs://g", "logs://g/2026", true),
        ] {
            assert_eq!(holds(source, path), is, "{source} {path}");
        }
    }

    #[test]
    fn an_object_is_of_the_nearest_source() {
        let sources = ["/a", "/a/b/", "/c.json"].map(str::to_owned);
        let of = |path| source_of(&sources, path).map(String::as_str);
        assert_eq!(of("/a/x"), Some("/a"));
        assert_eq!(of("/a/b/x"), Some("/a/b/"));
        assert_eq!(of("/c.json"), Some("/c.json"));
        assert_eq!((of("/ab"), of("/c.json.gz")), (None, None));
    }

    proptest! {
        /// What folders are said to hold is what the keys in them say.
        #[test]
        fn folders_agree_with_their_keys(
            prefix in "([a-c*]{0,2}|\\{a,b\\}|\\{a\\*,c\\})(/([a-c*]{0,2}|\\{a,bc\\})){0,3}/?",
            key in "[a-c]{0,2}(/[a-c]{0,2}){0,4}",
        ) {
            let scope = Scope::of(&prefix);
            prop_assert!(!scope.has(&key) || key.starts_with(scope.literal()));
            for (end, _) in key.match_indices('/') {
                let folder = &key[..=end];
                match scope.fit(folder) {
                    Fit::All => prop_assert!(scope.has(&key), "{folder}"),
                    Fit::None => prop_assert!(!scope.has(&key), "{folder}"),
                    Fit::Some => {
                        let named = scope.named(folder);
                        let is_named = named.is_none_or(|all| {
                            all.iter().any(|one| key.starts_with(one.as_str()))
                        });
                        prop_assert!(is_named || !scope.has(&key), "{folder}");
                    }
                }
            }
        }

        #[test]
        fn stars_are_what_a_regular_expression_says(text in "[ab]{0,8}", pattern in "[ab*]{0,6}") {
            let expression = format!("^{}$", pattern.replace('*', ".*"));
            let is = regex::Regex::new(&expression).unwrap().is_match(&text);
            prop_assert_eq!(is_like(&text, &pattern), is);
        }
    }
}
