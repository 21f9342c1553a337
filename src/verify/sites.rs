//! Where objects lie, and what their addresses in S3 are.
//!
//! A copy may have a folder for each bucket, or none, or begin further down. The digests say
//! themselves what their addresses were; what most of those below one `AWSLogs/` say is believed
//! for all that lies there, so that one that was moved stands out.

use super::address::{self, Address, packed};
use super::objects::{Object, Seen};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Everything below one `[prefix/]AWSLogs/[o-ORG/]` of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Site {
    /// The bucket, where that is known.
    pub(super) bucket: Option<String>,
    /// The name of the folder, when the digests all name another bucket.
    pub(super) renamed_from: Option<String>,
    /// What stands in S3 before `ACCOUNT/CloudTrail…/`.
    base: String,
    /// The organization's id, in trails of one.
    pub(super) organization: Option<String>,
}

/// Where an object lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot<'a> {
    /// Number of its site; `None` where only the name says what the object is.
    pub(super) site: Option<usize>,
    /// The key in S3; where it has no site, the name. Most paths end in it.
    pub(super) key: Cow<'a, str>,
}

/// All sites, and where each object lies; `None` for metadata.
#[derive(Debug, Default)]
pub(super) struct Sites<'a> {
    pub(super) sites: Vec<Site>,
    pub(super) spots: Vec<Option<Spot<'a>>>,
}

/// What one site's digests say.
#[derive(Default)]
struct Votes {
    /// By base and bucket.
    counts: BTreeMap<(String, String), usize>,
    /// Digests whose name or folders are not what they say.
    against: usize,
}

impl Site {
    fn at(base: String) -> Self {
        let organization = address::parts(&base)
            .rev()
            .find(|part| !part.is_empty())
            .filter(|part| part.starts_with("o-"))
            .map(str::to_owned);
        Self { base, organization, ..Self::default() }
    }
}

impl<'a> Sites<'a> {
    pub(super) fn of(objects: &'a [Object]) -> Self {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut votes: Vec<Votes> = Vec::new();
        let (mut locals, mut names): (Vec<String>, Vec<String>) = Default::default();
        let mut places = Vec::with_capacity(objects.len());
        for object in objects {
            let place = match (&object.seen, address::read(&object.path)) {
                (Seen::Metadata(_), _) | (_, None) => None,
                (_, Some(Address { base: None, .. })) => Some(None),
                (_, Some(Address { base: Some(base), .. })) => {
                    let local = &object.path[..base];
                    let number = *numbers.entry(local).or_insert_with(|| {
                        votes.push(Votes::default());
                        locals.push(relative(object, base));
                        names.push(local.to_owned());
                        votes.len() - 1
                    });
                    votes[number].cast(&object.seen, &packed(&object.path[base..]));
                    Some(Some((number, base)))
                }
            };
            places.push(place);
        }
        let depth = votes.iter().zip(&locals).find_map(|(votes, local)| votes.mount(local));
        let mut sites: Vec<Site> =
            votes.iter().zip(&locals).map(|(votes, local)| votes.site(local, depth)).collect();
        settle(&mut sites, &votes, &names);
        settle_roots(&mut sites, &votes, &names, &locals);
        let spot = |(object, place): (&'a Object, Option<Option<(usize, usize)>>)| {
            Some(match place? {
                Some((number, base)) => {
                    Spot { site: Some(number), key: key(&object.path, base, &sites[number].base) }
                }
                None => Spot { site: None, key: alone(object) },
            })
        };
        let spots = objects.iter().zip(places).map(spot).collect();
        Self { sites, spots }
    }

    /// Whether an object that lies here is at home in the bucket, as far as can be told.
    pub(super) fn may_be_in(&self, spot: &Spot<'_>, bucket: &str) -> bool {
        self.bucket(spot).is_none_or(|known| known == bucket)
    }

    /// Whether two objects lie in different buckets.
    pub(super) fn are_apart(&self, one: &Spot<'_>, other: &Spot<'_>) -> bool {
        self.bucket(one).is_some_and(|bucket| !self.may_be_in(other, bucket))
    }

    fn bucket(&self, spot: &Spot<'_>) -> Option<&str> {
        spot.site.and_then(|site| self.sites[site].bucket.as_deref())
    }
}

/// Where one folder is known to be a bucket, all that lies in it lies in that bucket, whatever
/// digests say that were put below another prefix of it. A folder is a renamed copy only if none of
/// its digests is at home in it.
fn settle(sites: &mut [Site], votes: &[Votes], names: &[String]) {
    let mut buckets: HashMap<&str, (String, Option<String>)> = HashMap::new();
    for ((site, votes), name) in sites.iter().zip(votes).zip(names) {
        let Some(bucket) = site.bucket.clone().filter(|_| !votes.counts.is_empty()) else {
            continue;
        };
        let folder = name.strip_suffix(&site.base).filter(|folder| !folder.is_empty());
        let Some(folder) = folder else { continue };
        if site.renamed_from.is_none() || !buckets.contains_key(folder) {
            buckets.insert(folder, (bucket, site.renamed_from.clone()));
        }
    }
    for ((site, votes), name) in sites.iter_mut().zip(votes).zip(names) {
        let mut ends =
            name.char_indices().filter(|(_, c)| matches!(c, '/' | '!')).map(|(at, _)| at + 1);
        let around = ends.find_map(|at| Some((at, buckets.get(&name[..at])?)));
        let Some((at, (bucket, renamed_from))) = around else { continue };
        let is_at_home = !votes.counts.is_empty() && site.renamed_from.is_none();
        let is_other = is_at_home && site.bucket.as_ref().is_some_and(|known| known != bucket);
        if !is_other {
            let told = site.renamed_from.take().filter(|_| renamed_from.is_some());
            *site = Site::at(name[at..].to_owned());
            (site.bucket, site.renamed_from) = (Some(bucket.clone()), told);
        }
    }
}

/// Where digests are at home at the root of their source, the root is their bucket: others of that
/// bucket which lie elsewhere below it were moved, unless a folder there is called like the bucket.
fn settle_roots(sites: &mut [Site], votes: &[Votes], names: &[String], locals: &[String]) {
    let root = |number: usize| names[number].strip_suffix(locals[number].as_str());
    let mut roots: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (number, votes) in votes.iter().enumerate() {
        if let (Some(root), true) = (root(number), votes.base() == Some(&locals[number])) {
            roots.entry(root).or_default().extend(votes.buckets());
        }
    }
    for (number, site) in sites.iter_mut().enumerate() {
        let mut buckets = votes[number].buckets().peekable();
        let is_at_home = site.bucket.is_some() && site.renamed_from.is_none();
        if is_at_home || buckets.peek().is_none() {
            continue;
        }
        let Some(known) = root(number).and_then(|root| roots.get(root)) else { continue };
        if buckets.all(|bucket| known.contains(bucket)) {
            *site = Site::at(locals[number].clone());
        }
    }
}

/// The base below the source's root.
fn relative(object: &Object, base: usize) -> String {
    object.path.get((object.key_at as usize).min(base)..base).unwrap_or_default().to_owned()
}

/// The key of what lies at `path[at..]` below this base.
fn key<'a>(path: &'a str, at: usize, base: &str) -> Cow<'a, str> {
    let whole = at.checked_sub(base.len()).filter(|start| path.get(*start..at) == Some(base));
    match (whole, packed(&path[at..])) {
        (Some(start), Cow::Borrowed(_)) => path[start..].into(),
        (_, below) => format!("{base}{below}").into(),
    }
}

/// The key of an object without folders: what a digest says of itself, or its name.
fn alone(object: &Object) -> Cow<'_, str> {
    let name = packed(address::file_name(&object.path));
    match &object.seen {
        Seen::Digest { digest: Ok(digest), .. } if address::file_name(&digest.object) == name => {
            digest.object.as_str().into()
        }
        _ => name,
    }
}

impl Votes {
    fn cast(&mut self, seen: &Seen, below: &str) {
        let Seen::Digest { digest: Ok(digest), .. } = seen else { return };
        let base = address::read(&digest.object).and_then(|address| address.base);
        match base {
            Some(base) if digest.object[base..] == *below => {
                let claim = (digest.object[..base].to_owned(), digest.bucket.clone());
                *self.counts.entry(claim).or_default() += 1;
            }
            _ => self.against += 1,
        }
    }

    /// The base that most digests name.
    fn base(&self) -> Option<&str> {
        let mut bases: BTreeMap<&str, usize> = BTreeMap::new();
        for ((base, _), count) in &self.counts {
            *bases.entry(base).or_default() += count;
        }
        bases.into_iter().max_by_key(|(_, count)| *count).map(|(base, _)| base)
    }

    fn buckets(&self) -> impl Iterator<Item = &str> {
        self.counts.keys().map(|(_, bucket)| bucket.as_str())
    }

    /// Parts of the path before the key, if that can be told.
    fn mount(&self, local: &str) -> Option<usize> {
        let mount = local.strip_suffix(self.base()?)?;
        Some(address::parts(mount).count() - 1)
    }

    /// `depth`: parts before the key elsewhere in the evidence, for a site without digests.
    fn site(&self, local: &str, depth: Option<usize>) -> Site {
        let (mount, base) = match self.base() {
            Some(base) => (local.strip_suffix(base), base.to_owned()),
            None => {
                let at = guess(local, depth);
                (Some(&local[..at]), local[at..].to_owned())
            }
        };
        let mut site = Site::at(base);
        let mount = mount.unwrap_or_default();
        let inside = mount.rsplit('!').next().unwrap_or(mount).trim_end_matches('/');
        let folder = inside.rsplit('/').next().filter(|folder| !folder.is_empty());
        let buckets: BTreeSet<&str> = self.buckets().collect();
        match (folder, buckets.len()) {
            (Some(folder), 0) => site.bucket = Some(folder.to_owned()),
            (Some(folder), _) if buckets.contains(folder) => site.bucket = Some(folder.to_owned()),
            (Some(folder), 1) if inside == folder && is_bucket(folder) && self.against == 0 => {
                site.bucket = buckets.first().map(|bucket| (*bucket).to_owned());
                site.renamed_from = Some(folder.to_owned());
            }
            _ => {}
        }
        site
    }
}

/// Where the key begins in a path that no digest explains: as elsewhere, else behind the first
/// folder.
fn guess(local: &str, depth: Option<usize>) -> usize {
    if local.starts_with("AWSLogs/") || local.is_empty() {
        return 0;
    }
    let mut ends =
        local.char_indices().filter(|(_, c)| matches!(c, '/' | '!')).map(|(at, _)| at + 1);
    match depth.unwrap_or(1) {
        0 => 0,
        depth => ends.nth(depth - 1).filter(|at| *at <= local.len()).unwrap_or(0),
    }
}

/// Whether this could be the name of a bucket.
fn is_bucket(name: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    (3..=63).contains(&name.len()) && name.bytes().all(plain)
}
