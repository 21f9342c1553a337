//! Which arguments of `query` are sources, and which is the filter.

use crate::cli::error::CliError;
use std::path::Path;

/// The sources, and the filter if there is one: the last argument, unless it is a source. With a
/// workspace there are no sources, and the one argument is the filter.
pub(super) fn split(
    words: &[String],
    workspace: bool,
) -> Result<(Vec<String>, Option<String>), CliError> {
    match words {
        [] if workspace => Ok((Vec::new(), None)),
        [filter] if workspace => Ok((Vec::new(), Some(filter.trim_start().to_owned()))),
        [first, ..] if workspace => Err(CliError::usage(format!(
            "{first}: with -w there is one argument, the filter; put it in quotes"
        ))),
        [] => Err(CliError::usage(
            "no source was named; name a file, a folder or - for standard input, or a workspace \
             with -w",
        )),
        [only] => Ok((vec![only.clone()], None)),
        [_, between @ .., last] if between.iter().any(|word| is_term(word)) => {
            let first = between.iter().position(|word| is_term(word)).unwrap_or(0);
            let filter = format!("{} {last}", between[first..].join(" "));
            Err(CliError::usage(format!("put the filter in one pair of quotes: '{filter}'")))
        }
        [sources @ .., last] if !is_source(last) => {
            Ok((sources.to_vec(), Some(last.trim_start().to_owned())))
        }
        all => Ok((all.to_vec(), None)),
    }
}

/// Whether the word can be nothing but a term of a filter, such as `event:GetUser`.
fn is_term(word: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    let rest = word.trim_start().trim_start_matches('-').trim_start_matches(name);
    !is_source(word) && rest.starts_with([':', '<', '>'])
}

/// Whether the word is there as a file, or can be nothing but the name of a source: a path that
/// was mistyped must not turn into a filter that finds nothing.
fn is_source(word: &str) -> bool {
    let there = !word.is_empty() && Path::new(word).try_exists().unwrap_or(true);
    let rooted = ["/", "./", "../", "~/"].iter().any(|root| word.starts_with(root));
    let path = rooted && !word.contains(' ') && !word.ends_with('/');
    let scheme = word.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'3')
    });
    word == "-" || there || path || scheme
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str], workspace: bool) -> Option<(Vec<String>, Option<String>)> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        split(&words, workspace).ok()
    }

    #[test]
    fn the_last_word_is_the_filter_unless_it_is_a_source() {
        let own = env!("CARGO_MANIFEST_DIR");
        for (words, workspace, sources, filter) in [
            (vec![own], false, 1, None),
            (vec![own, own], false, 2, None),
            (vec![own, "-"], false, 2, None),
            (vec!["event:Get*"], false, 1, None),
            (vec![own, "event:Get*"], false, 1, Some("event:Get*")),
            (vec![own, " -event:Get*"], false, 1, Some("-event:Get*")),
            (vec![own, "/re/"], false, 1, Some("/re/")),
            (vec![own, "/re/ or /a b/"], false, 1, Some("/re/ or /a b/")),
            (vec![own, ""], false, 1, Some("")),
            (vec![own, "/no/such/file.log"], false, 2, None),
            (vec![own, "../nothing"], false, 2, None),
            (vec![own, "s3://bucket/prefix"], false, 2, None),
            (vec![], true, 0, None),
            (vec!["event:x"], true, 0, Some("event:x")),
        ] {
            let found = of(&words, workspace).expect("these are right");
            assert_eq!((found.0.len(), found.1.as_deref()), (sources, filter), "{words:?}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (words, workspace) in [(vec![], false), (vec!["a", "b"], true)] {
            assert_eq!(of(&words, workspace), None, "{words:?}");
        }
    }
}
