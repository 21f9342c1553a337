//! The end of a text that somebody else has too: where there are very many, nothing is there twice.

use std::ops::Deref;
use std::sync::Arc;

/// Part of a shared text, up to its end.
#[derive(Debug, Clone)]
pub struct Ending {
    whole: Arc<str>,
    at: usize,
}

impl Ending {
    /// This text, as the end of the other if it is that.
    pub fn of(whole: &Arc<str>, end: &str) -> Self {
        match whole.strip_suffix(end) {
            Some(before) => Self { whole: Arc::clone(whole), at: before.len() },
            None => end.into(),
        }
    }
}

impl From<&str> for Ending {
    fn from(text: &str) -> Self {
        Self { whole: text.into(), at: 0 }
    }
}

impl Deref for Ending {
    type Target = str;

    fn deref(&self) -> &str {
        self.whole.get(self.at..).unwrap_or_default()
    }
}

impl PartialEq for Ending {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Ending {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_takes_no_memory_of_its_own_and_any_text_will_do() {
        let path: Arc<str> = "s3://logs/a/b".into();
        let key = Ending::of(&path, "a/b");
        assert_eq!((&*key, Arc::strong_count(&path)), ("a/b", 2));
        assert_eq!(&*Ending::of(&path, "c"), "c");
        assert_eq!(Ending::of(&path, ""), "".into());
        assert_eq!(Arc::strong_count(&path), 2);
    }
}
