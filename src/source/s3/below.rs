//! The folders directly below an address, for who looks for the part of a bucket that is wanted.

use super::walk::Branch;
use super::{Place, S3, pages};
use crate::event::layout::{self, Level, Position};
use crate::event::scope::Fit;
use crate::event::{Cancel, Reason, ReasonKind, label};
use crate::source::{Choice, Choices, Kind, Means};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Pages that are asked for of one folder: who has to choose among more names is better off with a
/// longer address.
const PAGES: usize = 10;

/// Folders that are looked into where a pattern names several; in the others there are the same
/// services and Regions, most likely.
const FOLDERS: usize = 64;

/// Folders that are looked into at one time.
const AT_ONCE: usize = 8;

/// What lies directly in some folders.
#[derive(Debug, Default)]
struct Found {
    /// The folders, with the slash at the end.
    folders: Vec<String>,
    objects: u64,
    more: bool,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.folders.extend(other.folders);
        self.objects += other.objects;
        self.more |= other.more;
    }
}

/// The folders directly below `s3://BUCKET/PATTERN`, and what they stand for in the layout of AWS.
/// What lies in several folders of a pattern is one choice.
pub(in crate::source) fn folders(
    address: &str,
    means: &Means,
    cancel: &Cancel,
) -> Result<Choices, Reason> {
    let source = match S3::new(address, means) {
        Some(Ok(source)) => source,
        Some(Err(error)) => return Err(Reason::new(ReasonKind::NotFound, error.to_string())),
        None => return Err(Reason::new(ReasonKind::NotFound, "is no address in S3")),
    };
    let place = &source.place;
    let (parents, found) = place.aws.wait(cancel, Box::pin(look(Arc::clone(place))))?;
    let below = if address.ends_with('/') { address.to_owned() } else { format!("{address}/") };
    let (objects, more) = (found.objects, found.more);
    let all = choices(&found.folders, parents);
    Ok(Choices { below, kind: Kind::Folder, all, objects, more })
}

/// Looks into all folders of the address's pattern; also gives how many there are.
async fn look(place: Arc<Place>) -> Result<(usize, Found), Reason> {
    let scope = &place.address.scope;
    let mut at = vec![scope.literal().to_owned()];
    let mut more = false;
    while at.first().is_some_and(|folder| scope.fit(folder) == Fit::Some) {
        let mut deeper = Vec::new();
        for folder in &at {
            match scope.named(folder) {
                Some(named) => deeper.extend(named),
                None => {
                    let found = inside(&place, vec![folder.clone()]).await?;
                    more |= found.more;
                    deeper.extend(found.folders);
                }
            }
        }
        deeper.retain(|folder| scope.fit(folder) != Fit::None);
        more |= deeper.len() > FOLDERS;
        deeper.truncate(FOLDERS);
        at = deeper;
    }
    let parents = at.len();
    let mut found = inside(&place, at).await?;
    found.more |= more;
    Ok((parents, found))
}

/// What lies directly in these folders.
async fn inside(place: &Arc<Place>, folders: Vec<String>) -> Result<Found, Reason> {
    // Who asks, and where, is found out once and not by all at one time.
    place.client().await?;
    let (mut waiting, mut asked) = (folders.into_iter(), JoinSet::new());
    let mut all = Found::default();
    loop {
        for folder in waiting.by_ref().take(AT_ONCE - asked.len()) {
            let place = Arc::clone(place);
            asked.spawn(async move { in_one(&place, &folder).await });
        }
        match asked.join_next().await {
            None => return Ok(all),
            Some(Ok(found)) => all.add(found?),
            Some(Err(error)) => return Err(Reason::new(ReasonKind::Io, error.to_string())),
        }
    }
}

async fn in_one(place: &Place, folder: &str) -> Result<Found, Reason> {
    let mut found = Found::default();
    let mut next = Some(Branch::folders(folder));
    for _ in 0..PAGES {
        let Some(branch) = next.take() else { break };
        let page = pages::ask(place, &branch).await?;
        found.objects += page.objects.len() as u64;
        found.folders.extend(page.folders);
        next = page.next.map(|token| branch.on(token));
    }
    found.more = next.is_some();
    Ok(found)
}

/// Each name once, in the order of the names.
fn choices(folders: &[String], parents: usize) -> Vec<Choice> {
    let mut names: BTreeMap<&str, (usize, Level)> = BTreeMap::new();
    for folder in folders {
        let folder = folder.strip_suffix('/').unwrap_or(folder);
        let name = folder.rsplit('/').next().unwrap_or(folder);
        let level = Position::of(&format!("{folder}/")).level().unwrap_or(Level::Folder);
        names.entry(name).or_insert((0, level)).0 += 1;
    }
    let choice = |(name, (count, level)): (&str, (usize, Level))| Choice {
        name: label(layout::value(name).as_bytes()),
        part: label(name.as_bytes()),
        level,
        last: None,
        bytes: None,
        about: if count < parents { format!("in {count} of {parents}") } else { String::new() },
    };
    names.into_iter().map(choice).collect()
}
