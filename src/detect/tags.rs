//! Tags of resources, as configuration items and bills have them, where they say how much a resource
//! matters or who can reach it.

use super::detectors::parts;
use crate::store::{Cell, Segment, Snapshot};
use std::collections::{BTreeMap, HashMap};

/// Columns with all tags of a row's resource, as a JSON object of names and values.
const OBJECTS: [&str; 2] = ["config.tags", "bill.tags"];

/// What begins the names of columns with one tag each.
const COLUMN: &str = "tag.";

/// Tags by resource: the name or the ARN, as records have it.
#[derive(Debug, Default)]
pub struct Tags(HashMap<String, BTreeMap<String, String>>);

/// What tags are about, by their names without marks, small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Where it stands, in the words that names of assets use.
    Place,
    /// How much it matters, in words of its own.
    Worth,
}

const PLACES: [&str; 7] = ["environment", "env", "stage", "tier", "exposure", "visibility", "zone"];

const WORTHS: [&str; 6] = [
    "classification",
    "dataclassification",
    "confidentiality",
    "sensitivity",
    "criticality",
    "datasensitivity",
];

/// What a tag of this name is about; `None` of those that say nothing of how much an asset matters.
pub(super) fn about(name: &str) -> Option<About> {
    let name = name.strip_prefix("user:").unwrap_or(name);
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let is = |names: &[&str]| names.contains(&name.as_str());
    if is(&PLACES) { Some(About::Place) } else { is(&WORTHS).then_some(About::Worth) }
}

impl Tags {
    /// The tags of every resource of which visible events tell any, as the latest of them says.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut latest: HashMap<String, (i64, BTreeMap<String, String>)> = HashMap::new();
        for part in parts(snapshot, |segment| !columns(segment).is_empty()) {
            let segment = &part.segment;
            let columns = columns(segment);
            let mut read = HashMap::new();
            for row in (0..segment.len()).filter(|row| part.is_visible(*row)) {
                let tags = tags(segment, row, &columns, &mut read);
                if tags.is_empty() {
                    continue;
                }
                let time = segment.time(row).map_or(i64::MIN, |time| time.at.0);
                for name in resources(segment, row) {
                    match latest.get(&name) {
                        Some((known, _)) if *known > time => {}
                        _ => _ = latest.insert(name, (time, tags.clone())),
                    }
                }
            }
        }
        Self(latest.into_iter().map(|(name, (_, tags))| (name, tags)).collect())
    }

    /// The tags of a resource; of an object in S3 those of its bucket.
    pub fn get(&self, resource: &str) -> impl Iterator<Item = (&str, &str)> {
        let bucket = || {
            let object = resource.strip_prefix("arn:aws:s3:::")?;
            let bucket = object.split_once('/').map_or(object, |(bucket, _)| bucket);
            self.0.get(bucket).or_else(|| self.0.get(&format!("arn:aws:s3:::{bucket}")))
        };
        let tags = self.0.get(resource).or_else(bucket).into_iter().flatten();
        tags.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The columns of a segment that may have tags, each with the tag it is for, or all of them.
fn columns(segment: &Segment) -> Vec<(&str, Option<&str>)> {
    let fields = segment.schema().fields.iter().map(|field| &*field.name);
    let one = fields.filter_map(|name| match name.strip_prefix(COLUMN) {
        Some(tag) => about(tag).map(|_| (name, Some(tag))),
        None => OBJECTS.contains(&name).then_some((name, None)),
    });
    one.collect()
}

/// The tags of a row. Many rows have the same text; what it says is `read` once.
fn tags<'s>(
    segment: &'s Segment,
    row: usize,
    columns: &[(&str, Option<&str>)],
    read: &mut HashMap<&'s str, BTreeMap<String, String>>,
) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    for (column, tag) in columns {
        let Cell::Text(text) = segment.value(row, column) else { continue };
        match tag {
            _ if text.is_empty() => {}
            Some(tag) => _ = tags.insert((*tag).to_owned(), text.to_owned()),
            None => tags.extend(read.entry(text).or_insert_with(|| telling(text)).clone()),
        }
    }
    tags
}

/// Of an object of tags those that say anything. What is no object of texts has no tags that could be
/// told apart.
fn telling(object: &str) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = serde_json::from_str(object).unwrap_or_default();
    all.retain(|name, _| about(name).is_some());
    all
}

/// The names of the resource that a row is of. An item of AWS Config names others beside it.
fn resources(segment: &Segment, row: usize) -> Vec<String> {
    let text = |name| match segment.value(row, name) {
        Cell::Text(text) if !text.is_empty() => Some(text.to_owned()),
        _ => None,
    };
    let all: Vec<String> = match segment.value(row, "resource") {
        Cell::Text(text) => vec![text.to_owned()],
        Cell::List(items) => items.into_iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let Some(id) = text("config.resource_id") else { return all };
    let own = [Some(id.clone()), text("config.resource_name")];
    let is_own = |arn: &String| {
        arn.starts_with("arn:") && own.iter().flatten().any(|name| arn.ends_with(name.as_str()))
    };
    all.into_iter().filter(is_own).chain([id]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_says_where_or_how_much_or_nothing() {
        for (name, wanted) in [
            ("Environment", Some(About::Place)),
            ("user:Env", Some(About::Place)),
            ("data-classification", Some(About::Worth)),
            ("Data_Classification", Some(About::Worth)),
            ("owner", None),
            ("", None),
        ] {
            assert_eq!(about(name), wanted, "{name}");
        }
    }

    #[test]
    fn objects_have_the_tags_of_their_buckets() {
        let tags = |value: &str| BTreeMap::from([("env".to_owned(), value.to_owned())]);
        let all = Tags(HashMap::from([
            ("arn:aws:s3:::orders".to_owned(), tags("a")),
            ("plain".to_owned(), tags("b")),
        ]));
        let get = |name: &str| all.get(name).map(|(_, value)| value.to_owned()).collect::<Vec<_>>();
        assert_eq!(get("arn:aws:s3:::orders/2026/x"), ["a"]);
        assert_eq!(get("arn:aws:s3:::plain/x"), ["b"]);
        assert_eq!(get("plain"), ["b"]);
        assert!(get("arn:aws:s3:::orders2/x").is_empty());
    }
}
