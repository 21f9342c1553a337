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
        let scope = Scope::of(prefix);
        let wanted = Wanted { scope: &scope, window };
        let mut parts: VecDeque<Part> = Branch::of(scope.literal(), After::Start, wanted).into();
        while let Some(part) = parts.pop_front() {
            match part {
                Part::Object(object) => keys.push(object.key().unwrap().to_owned()),
                Part::Left(folder, _) => left.push(folder),
                Part::Branch(branch) => {
                    assert!(self.asked.len() < 10_000, "{branch:?}");
                    let page = self.ask(&branch);
                    for part in branch.parts(page, wanted).into_iter().rev() {
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
        .flat_map(|region| (1..5).flat_map(move |day| (0..30).map(move |n| key(region, day, n))))
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
    let account = prop::sample::select(vec!["111122223333/", "o-ab12cd34ef/111122223333/", "x/"]);
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

/// The beginning of a key with some of its folders as one of several.
fn patterned(key: impl Iterator<Item = char>, forms: &[u8]) -> String {
    let key: String = key.collect();
    let forms = forms.iter().copied().chain(iter::repeat(0));
    let folder = |(folder, form): (&str, u8)| match form {
        1 if !folder.is_empty() => "*".to_owned(),
        2 if !folder.is_empty() => format!("{{zz,{folder}}}"),
        3 if !folder.is_empty() => "{111122223333,Config,AWSLogs}".to_owned(),
        _ => folder.to_owned(),
    };
    key.split('/').zip(forms).map(folder).collect::<Vec<_>>().join("/")
}

#[test]
fn folders_that_are_not_meant_are_not_asked_for() {
    let days = |account: u64, service: &str| {
        let root = format!("AWSLogs/{account}/{service}/eu-west-1");
        (1..=9).map(move |day| format!("{root}/2026/03/{day:02}/x")).collect::<Vec<_>>()
    };
    let accounts = 111_122_223_330..111_122_223_336;
    let keys = accounts.flat_map(|account| {
        ["CloudTrail", "Config", "GuardDuty"].iter().flat_map(move |one| days(account, one))
    });
    let mut bucket = bucket(keys, 1000);
    let window = Window::default();
    let (keys, _) = bucket.list("AWSLogs/*/{CloudTrail,Config}/eu-west-1/", window);
    assert_eq!((keys.len(), bucket.asked.len()), (6 * 2 * 9, 1 + 6 * 2));
    bucket.asked.clear();
    let (keys, _) = bucket.list("AWSLogs/{111122223331,111122223334}/GuardDuty/", window);
    assert_eq!((keys.len(), bucket.asked.len()), (2 * 9, 2));
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
        forms in prop::collection::vec(0..4_u8, 0..6),
    ) {
        let begin = day("2024-12-28");
        let from = from.map(|days| begin.saturating_add(days * Timestamp::DAY));
        let to = length.map(|hours| {
            from.unwrap_or(begin).saturating_add(hours * Timestamp::HOUR)
        });
        let window = Window { from, to };
        let first = keys.first().map_or("", String::as_str);
        let prefix = patterned(first.chars().take(cut), &forms);
        let scope = Scope::of(&prefix);
        let mut bucket = bucket(keys, page);
        let (found, left) = bucket.list(&prefix, window);
        let all = bucket.keys.iter().filter(|key| scope.has(key));
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
