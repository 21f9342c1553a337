//! In what parts a prefix is listed: plainly, page by page, where nothing is known of its keys, and
//! folder by folder where they follow the layout of AWS, so that parts can be listed at one time
//! and what a window of time does not need is not listed at all.
//!
//! Whether there is a layout shows in the pages: **a bucket of other keys takes no request more
//! than it has pages.** Nothing here asks anybody.

use crate::event::Window;
use crate::event::layout::{self, Need, Position};
use aws_sdk_s3::types::Object;
use std::collections::HashSet;
use std::iter;

/// Behind every key that begins with a folder's name.
pub(super) const END: char = char::MAX;

/// A page that lies in no more folders than this says that folders are large: each is worth
/// requests of its own.
const LARGE: usize = 2;

/// What is to be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Branch {
    /// What its keys begin with.
    pub(super) prefix: String,
    pub(super) after: After,
    /// Folders are only named, not gone into.
    pub(super) by_folder: bool,
    /// A folder in it that is listed by others, with all before it.
    done: Option<String>,
}

/// Where the next page of a branch begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum After {
    Start,
    Key(String),
    Token(String),
}

/// What has a key.
pub(super) trait Keyed {
    fn key(&self) -> &str;
}

impl Keyed for Object {
    fn key(&self) -> &str {
        self.key().unwrap_or_default()
    }
}

/// A page of a branch.
#[derive(Debug)]
pub(super) struct Page<T = Object> {
    pub(super) objects: Vec<T>,
    /// With the slash at the end; none unless the branch is listed by folder.
    pub(super) folders: Vec<String>,
    /// There is more, and what asks for it.
    pub(super) next: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { objects: Vec::new(), folders: Vec::new(), next: None }
    }
}

/// What a listing consists of, in the order of the keys.
#[derive(Debug)]
pub(super) enum Part<T = Object> {
    Object(T),
    /// A folder that the window does not need.
    Left(String, Need),
    Branch(Branch),
}

impl Branch {
    /// What is listed of a folder, or nothing but the folder itself.
    pub(super) fn of<T>(prefix: &str, after: After, window: Window) -> Part<T> {
        if let Some((folder, need)) = layout::left_out(prefix, window) {
            return Part::Left(folder.to_owned(), need);
        }
        let at = Position::of(prefix);
        let by_folder = at.is_inside() && at.need(window) == Need::Some;
        Part::Branch(Self { prefix: prefix.to_owned(), after, by_folder, done: None })
    }

    /// The folders directly below a prefix, and nothing in them.
    pub(super) fn folders(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), after: After::Start, by_folder: true, done: None }
    }

    /// Its next page.
    pub(super) fn on(&self, token: String) -> Self {
        Self { after: After::Token(token), ..self.clone() }
    }

    /// What the keys to be listed come behind, if that has to be said.
    pub(super) fn start_after(&self) -> Option<String> {
        match (&self.after, &self.done) {
            (After::Token(_), _) | (After::Start, None) => None,
            (After::Key(key), _) => Some(key.clone()),
            (After::Start, Some(folder)) => Some(format!("{folder}{END}")),
        }
    }

    /// What is to be done with a page of it.
    pub(super) fn parts<T: Keyed>(&self, page: Page<T>, window: Window) -> Vec<Part<T>> {
        let rest = match (page.next.clone(), self.by_folder) {
            (None, _) => Vec::new(),
            (Some(token), true) => {
                vec![Part::Branch(self.on(token))]
            }
            (Some(token), false) => self.rest(&page, token, window),
        };
        let mut parts = Vec::with_capacity(page.objects.len() + page.folders.len() + rest.len());
        // Keys behind the end that a folder is given here may still be in it.
        let is_done = |key: &str| self.done.as_deref().is_some_and(|done| key.starts_with(done));
        let mut folders = page.folders.into_iter().filter(|folder| !is_done(folder)).peekable();
        for object in page.objects {
            let key = object.key();
            if is_done(key) {
                continue;
            }
            while let Some(folder) = folders.next_if(|folder| folder.as_str() < key) {
                parts.push(Self::of(&folder, After::Start, window));
            }
            match layout::left_out(key, window) {
                None => parts.push(Part::Object(object)),
                Some((folder, need)) => parts.push(Part::Left(folder.to_owned(), need)),
            }
        }
        parts.extend(folders.map(|folder| Self::of(&folder, After::Start, window)));
        parts.extend(rest);
        parts
    }

    /// What comes behind a page of a plain listing: the folders that its last key lies in, from
    /// the inside to the outside.
    fn rest<T: Keyed>(&self, page: &Page<T>, token: String, window: Window) -> Vec<Part<T>> {
        let keys = || page.objects.iter().map(T::key);
        let Some(last) = keys().next_back() else {
            return vec![Part::Branch(self.on(token))];
        };
        let begin = self.prefix.len();
        let inner = last.match_indices('/').map(|(at, _)| at + 1).filter(|end| *end > begin);
        let folders: Vec<&str> = iter::once(begin).chain(inner).map(|end| &last[..end]).collect();
        let is_whole = |at: usize| {
            let (folder, position) = (folders[at], Position::of(folders[at]));
            match position.need(window) {
                _ if !position.is_inside() => {
                    // Whatever lies in no layout is listed plainly, up to one that it leads to.
                    !folders[at..].iter().any(|folder| Position::of(folder).is_inside())
                }
                Need::Some => false,
                Need::Before | Need::After => true,
                Need::All => at + 1 == folders.len() || children(folder, keys()) > LARGE,
            }
        };
        let depth = (0..folders.len()).find(|at| is_whole(*at)).unwrap_or(folders.len() - 1);
        let mut rest = Vec::new();
        if depth == 0 {
            rest.push(Part::Branch(self.on(token)));
        } else {
            rest.push(Self::of(folders[depth], After::Key(last.to_owned()), window));
        }
        for at in (0..depth).rev() {
            let (prefix, done) = (folders[at].to_owned(), Some(folders[at + 1].to_owned()));
            let by_folder = Position::of(folders[at]).is_inside();
            rest.push(Part::Branch(Self { prefix, after: After::Start, by_folder, done }));
        }
        rest
    }
}

/// How many folders in this one the keys lie in; all that lies elsewhere counts as one.
fn children<'a>(folder: &str, keys: impl Iterator<Item = &'a str>) -> usize {
    let child = |key: &'a str| {
        let (child, _) = key.strip_prefix(folder)?.split_once('/')?;
        Some(child)
    };
    keys.map(child).collect::<HashSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Time, Timestamp};
    use proptest::prelude::*;
    use std::collections::{BTreeSet, VecDeque};

    /// A bucket that answers in pages of this size, and remembers what it was asked.
    struct Bucket {
        keys: BTreeSet<String>,
        page: usize,
        asked: Vec<Branch>,
    }

    impl Bucket {
        fn ask(&mut self, branch: &Branch) -> Page {
            self.asked.push(branch.clone());
            let after = match &branch.after {
                After::Token(token) => token.clone(),
                _ => branch.start_after().unwrap_or_default(),
            };
            let mut page = Page::default();
            let mut last = None;
            for key in self.keys.iter().filter(|key| key.starts_with(&branch.prefix)) {
                let folder = key[branch.prefix.len()..]
                    .split_once('/')
                    .map(|(folder, _)| format!("{}{folder}/", branch.prefix));
                let name = folder.filter(|_| branch.by_folder);
                let is_seen = name.as_ref().is_some_and(|name| page.folders.contains(name));
                // A token is the last name of a page, and stands for all that is rolled up in it.
                let is_past = match (&branch.after, &name) {
                    (After::Token(token), Some(name)) => name <= token,
                    _ => *key <= after,
                };
                if is_past || is_seen {
                    continue;
                }
                if page.objects.len() + page.folders.len() == self.page {
                    page.next = last;
                    break;
                }
                last = Some(name.clone().unwrap_or_else(|| key.clone()));
                match name {
                    Some(name) => page.folders.push(name),
                    None => page.objects.push(Object::builder().key(key).build()),
                }
            }
            page
        }

        /// Keys and folders that were left out, as they come.
        fn list(&mut self, prefix: &str, window: Window) -> (Vec<String>, Vec<String>) {
            let (mut keys, mut left) = (Vec::new(), Vec::new());
            let mut parts: VecDeque<Part> = [Branch::of(prefix, After::Start, window)].into();
            while let Some(part) = parts.pop_front() {
                match part {
                    Part::Object(object) => keys.push(object.key().unwrap().to_owned()),
                    Part::Left(folder, _) => left.push(folder),
                    Part::Branch(branch) => {
                        assert!(self.asked.len() < 10_000, "{branch:?}");
                        let page = self.ask(&branch);
                        for part in branch.parts(page, window).into_iter().rev() {
                            parts.push_front(part);
                        }
                    }
                }
            }
            (keys, left)
        }
    }

    fn bucket(keys: impl IntoIterator<Item = String>, page: usize) -> Bucket {
        Bucket { keys: keys.into_iter().collect(), page, asked: Vec::new() }
    }

    fn day(text: &str) -> Timestamp {
        Time::parse_rfc3339(&format!("{text}T00:00:00Z")).unwrap().at
    }

    #[test]
    fn a_bucket_of_other_keys_takes_as_many_requests_as_it_has_pages() {
        let keys = (0..95).map(|number| format!("logs/{:02}/{number}", number / 5));
        let mut bucket = bucket(keys, 10);
        let window = Window { from: Some(day("2026-03-04")), to: None };
        assert_eq!(bucket.list("", window).0.len(), 95);
        assert_eq!(bucket.asked.len(), 10);
        assert!(bucket.asked.iter().all(|branch| !branch.by_folder));
    }

    #[test]
    fn a_small_layout_is_one_request_and_a_large_one_many_at_a_time() {
        let trail = "AWSLogs/111122223333/CloudTrail";
        let key = |region: &str, day: usize, number: usize| {
            format!("{trail}/{region}/2026/03/{day:02}/{number:03}")
        };
        let all: Vec<String> = ["eu-west-1", "us-east-1"]
            .iter()
            .flat_map(|region| {
                (1..5).flat_map(move |day| (0..30).map(move |n| key(region, day, n)))
            })
            .collect();
        let mut one = bucket(all.clone(), 1000);
        assert_eq!(one.list("", Window::default()).0.len(), 240);
        assert_eq!(one.asked.len(), 1);
        let mut many = bucket(all, 10);
        assert_eq!(many.list("", Window::default()).0.len(), 240);
        let days = many.asked.iter().filter(|asked| asked.prefix.ends_with("/2026/03/02/"));
        assert_eq!(days.count(), 6, "three pages of each");
        assert!(many.asked.len() < 50, "{}", many.asked.len());
    }

    #[test]
    fn what_the_window_does_not_need_is_not_asked_for() {
        let trail = "o/AWSLogs/111122223333/CloudTrail/eu-west-1";
        let days = (1..=28).flat_map(|day| (0..9).map(move |number| (day, number)));
        let keys = days.map(|(day, number)| format!("{trail}/2026/02/{day:02}/{number}"));
        let old = (0..9).map(|number| format!("{trail}/2025/11/01/{number}"));
        let mut bucket = bucket(keys.chain(old).chain(["a".to_owned()]), 5);
        let window = Window { from: Some(day("2026-02-10")), to: Some(day("2026-02-12")) };
        let (keys, left) = bucket.list("", window);
        assert_eq!(keys.len(), 1 + 3 * 9);
        assert_eq!(left.first().unwrap(), &format!("{trail}/2025/"));
        let deepest = bucket.asked.iter().filter(|asked| asked.prefix.contains("/2026/02/"));
        let days: BTreeSet<&str> =
            deepest.map(|asked| &asked.prefix[asked.prefix.len() - 3..]).collect();
        assert_eq!(days.into_iter().collect::<Vec<_>>(), ["02/", "10/", "11/", "12/"]);
    }

    fn keys() -> impl Strategy<Value = Vec<String>> {
        let folder = prop::sample::select(vec!["", "a/", "AWSLogs/", "z/"]);
        let account =
            prop::sample::select(vec!["111122223333/", "o-ab12cd34ef/111122223333/", "x/"]);
        let service = prop::sample::select(vec![
            "CloudTrail/eu-west-1",
            "vpcflowlogs/eu-west-1",
            "Config/eu-west-1",
            "WAFLogs/cloudfront/acl",
            "ours/eu-west-1",
        ]);
        let date = (2025..=2026, prop::sample::select(vec![1, 2, 12]), 1..=3, 0..=2);
        let key = (folder, account, service, date, 0..=2, prop::bool::ANY).prop_map(
            |(folder, account, service, (year, month, day, hour), number, logs)| {
                let logs = if logs { "AWSLogs/" } else { "" };
                let root = format!("{folder}{logs}{account}{service}");
                match service.split_once('/').unwrap().0 {
                    "Config" => format!("{root}/{year}/{month}/{day}/{number}"),
                    "vpcflowlogs" => {
                        format!("{root}/{year}/{month:02}/{day:02}/{hour:02}/{number}")
                    }
                    _ => format!("{root}/{year}/{month:02}/{day:02}/{number}"),
                }
            },
        );
        let flat = "[ab/\u{10FFFF}]{1,4}";
        let odd = (key.clone(), flat)
            .prop_map(|(key, flat)| format!("{}/{flat}", key.rsplit_once('/').unwrap().0));
        prop::collection::vec(prop_oneof![5 => key, 1 => flat, 1 => odd], 0..80)
    }

    proptest! {
        /// A naive twin lists everything and leaves out what is not needed, key by key.
        #[test]
        fn all_that_is_needed_is_listed_once_and_in_order(
            keys in keys(),
            page in 1..6_usize,
            from in prop::option::of(0..500_i64),
            length in prop::option::of(1..48 * 60_i64),
            cut in 0..40_usize,
        ) {
            let begin = day("2024-12-28");
            let from = from.map(|days| begin.saturating_add(days * Timestamp::DAY));
            let to = length.map(|hours| {
                from.unwrap_or(begin).saturating_add(hours * Timestamp::HOUR)
            });
            let window = Window { from, to };
            let prefix: String = keys.first().map_or("", String::as_str).chars().take(cut).collect();
            let mut bucket = bucket(keys, page);
            let (found, left) = bucket.list(&prefix, window);
            let all = bucket.keys.iter().filter(|key| key.starts_with(&prefix));
            let (wanted, unwanted): (Vec<_>, Vec<_>) =
                all.cloned().partition(|key| layout::left_out(key, window).is_none());
            prop_assert_eq!(found, wanted);
            for key in unwanted {
                prop_assert!(left.iter().any(|folder| key.starts_with(folder.as_str())), "{}", key);
            }
            for branch in &bucket.asked {
                prop_assert!(layout::left_out(&branch.prefix, window).is_none());
            }
        }
    }
}
