//! Which arguments of `query` are sources, and which is the filter.

use crate::cli::error::CliError;
use crate::source::{path_of, typed};
use std::ffi::{OsStr, OsString};

/// The sources, and the filter if there is one: the last argument, unless it is a source. With a
/// workspace there are no sources, and the one argument is the filter.
pub(super) fn split(
    words: &[OsString],
    workspace: bool,
) -> Result<(Vec<String>, Option<String>), CliError> {
    let sources = |words: &[OsString]| words.iter().map(|word| typed(word)).collect();
    match words {
        [] if workspace => Ok((Vec::new(), None)),
        [filter] if workspace => Ok((Vec::new(), Some(text(filter)?.trim_start().to_owned()))),
        [first, ..] if workspace => Err(CliError::usage(format!(
            "{}: with -w there is one argument, the filter; put it in quotes",
            typed(first)
        ))),
        [] => Err(CliError::usage(
            "no source was named; name a file, a folder or - for standard input, or a workspace \
             with -w",
        )),
        [only] => Ok((sources(std::slice::from_ref(only)), None)),
        [_, between @ .., _] if between.iter().any(|word| is_term(word)) => {
            let first = between.iter().position(|word| is_term(word)).unwrap_or(0);
            let filter = words[1 + first..].join(OsStr::new(" "));
            let filter = text(&filter)?;
            Err(CliError::usage(format!("put the filter in one pair of quotes: '{filter}'")))
        }
        [before @ .., last] if !is_source(last) => {
            Ok((sources(before), Some(text(last)?.trim_start().to_owned())))
        }
        all => Ok((sources(all), None)),
    }
}

fn text(filter: &OsStr) -> Result<&str, CliError> {
    filter.to_str().ok_or_else(|| {
        CliError::usage(format!(
            "{}: no such source, and no filter: it is not UTF-8",
            typed(filter)
        ))
    })
}

/// Whether the word can be nothing but a term of a filter, such as `event:GetUser`.
fn is_term(word: &OsStr) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    let text = word.to_str().unwrap_or_default();
    let rest = text.trim_start().trim_start_matches('-').trim_start_matches(name);
    !is_source(word) && rest.starts_with([':', '<', '>'])
}

/// Whether the word is there as a file, or can be nothing but the name of a source: a path that
/// was mistyped must not turn into a filter that finds nothing.
fn is_source(word: &OsStr) -> bool {
    let there = !word.is_empty() && path_of(&typed(word)).try_exists().unwrap_or(true);
    let Some(word) = word.to_str() else { return there };
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
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
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
