//! Objects of S3: listed, fetched into the vault, and from then on read like files.

mod address;
mod apart;
mod archive;
mod below;
mod buckets;
mod facts;
mod fetching;
mod history;
mod lifecycle;
mod listing;
mod pages;
mod payer;
mod version;
mod walk;
mod watching;

pub(super) use address::SCHEME;
pub(super) use below::folders;
pub(super) use buckets::buckets;

use super::aws::policy::LIST_BUCKET;
use super::aws::{Asked, Aws, Failure, Kept, Patience};
use super::fetches::{Far, Fetches};
use super::limit::Limit;
use super::traffic::OnWay;
use super::vault::Vault;
use super::{
    Amount, Elsewhere, Ending, Input, Item, Listed, Locator, Means, News, Past, Source, SourceError,
};
use crate::event::layout;
use crate::event::scope::Unmet;
use crate::event::{
    Cancel, Fact, Reason, ReasonKind, State, Time, Timestamp, Window, label, unlabel,
};
use address::Address;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Region;
use history::Ended;
use payer::RequesterPays;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// The objects below a prefix of one bucket.
pub struct S3 {
    /// The argument as it was given.
    name: String,
    /// What happened outside of it is not fetched.
    window: Window,
    /// When it was listed last, or begun to be, in nanoseconds since 1970; 0 if it never was.
    asked: AtomicI64,
    place: Arc<Place>,
    fetches: Fetches<Place>,
}

/// Where the objects are, and where they go.
pub(super) struct Place {
    aws: Aws,
    limit: Limit,
    address: Address,
    vault: Vault,
    patience: Patience,
    /// Former versions are listed too.
    versions: bool,
    /// Whoever asks agrees to pay for it.
    requester_pays: bool,
    /// Whether that would be needed, if it was asked and is known.
    payer: OnceLock<Option<bool>>,
    /// What the last listing with former versions told of what ended, until that was asked for.
    ended: Mutex<Option<Vec<Ended>>>,
    client: Kept<Client>,
}

impl S3 {
    /// Nothing is asked so far. `None` if the argument is no address in S3.
    pub fn new(argument: &str, means: &Means) -> Option<Result<Self, SourceError>> {
        Some(match Address::parse(argument)? {
            Err(message) => Err(SourceError::Io { argument: argument.to_owned(), message }),
            Ok(address) => {
                let window = means.window_of(argument);
                let Means { aws, vault, most, versions, requester_pays, .. } = means.clone();
                let patience = aws.patience("S3");
                let place = Arc::new(Place {
                    aws,
                    limit: Limit::new(most),
                    address,
                    vault,
                    patience,
                    versions,
                    requester_pays,
                    payer: OnceLock::new(),
                    ended: Mutex::default(),
                    client: Kept::default(),
                });
                let fetches = Fetches::new(Arc::clone(&place), fetching::AT_ONCE);
                let (name, asked) = (argument.to_owned(), AtomicI64::new(0));
                Ok(Self { name, window, asked, place, fetches })
            }
        })
    }
}

impl Place {
    /// The client for the bucket's own region, which is found out once.
    async fn client(&self) -> Result<Client, Reason> {
        let era = match self.client.get(&self.aws) {
            Ok(client) => return Ok(client),
            Err(era) => era,
        };
        let config = self.aws.config().await?;
        let mut builder = aws_sdk_s3::config::Builder::from(&config);
        if self.aws.has_endpoint() {
            // Others than AWS have no name for each bucket.
            builder = builder.force_path_style(true);
        }
        if self.requester_pays {
            builder = builder.interceptor(RequesterPays);
        }
        let client = Client::from_conf(builder.clone().build());
        let client = match self.region_elsewhere(&client).await? {
            None => client,
            Some(region) => Client::from_conf(builder.region(Region::new(region)).build()),
        };
        Ok(self.client.keep(era, client))
    }

    /// The region of the bucket, if the one that is asked says that it is another.
    async fn region_elsewhere(&self, client: &Client) -> Result<Option<String>, Reason> {
        let refused = |failure: &Failure| {
            let on = self.address.path("");
            self.aws.note(failure.reason(Asked { permission: LIST_BUCKET, on: &on }))
        };
        let asked = client.head_bucket().bucket(&self.address.bucket).send();
        // An access point may be in another Region than others, and be reached in another way.
        let service = if self.address.is_access_point() { &*self.address.bucket } else { "s3" };
        let asked = self.aws.first(service, asked).await.map_err(|failure| refused(&failure))?;
        let Err(error) = asked else { return Ok(None) };
        let header = |name| error.raw_response()?.headers().get(name).map(str::to_owned);
        let status = error.raw_response().map_or(0, |answer| answer.status().as_u16());
        match (status, header("x-amz-bucket-region")) {
            (301 | 307 | 400, Some(region)) => Ok(Some(region)),
            // Whether there is one, and whether it may be listed, is asked by listing it.
            (100.., _) => Ok(None),
            _ => Err(refused(&Failure::of(&error))),
        }
    }

    /// An object, or a former version of it, as listed, or as the vault has it.
    fn item(
        &self,
        (key, version): (&str, Option<&str>),
        etag: &str,
        bytes: u64,
        modified: Option<Timestamp>,
    ) -> Item {
        let key = version::name(&label(key.as_bytes()), version);
        let path: Arc<str> = self.address.path(&key).into();
        let kept = self.vault.find(&path, etag, bytes);
        let locator = kept.unwrap_or_else(|| Locator::S3 { etag: etag.into() });
        Item { key: Ending::of(&path, &key), path, bytes: Some(bytes), modified, locator }
    }

    /// What the vault has behind this path that the window needs.
    fn fetched_before(&self, last: &str, window: Window) -> Vec<Item> {
        let root = self.address.path("");
        let literal = label(self.address.scope.literal().as_bytes());
        let below = self.vault.below(&self.address.path(&literal));
        let (last, _) = version::parts(last);
        let behind = below.into_iter().filter(|(one, ..)| {
            let (path, version) = version::parts(&one.address);
            path > last && (self.versions || version.is_none())
        });
        let items = behind.filter_map(|(one, locator)| {
            let key = one.address.strip_prefix(&root)?;
            if !self.address.scope.has(key) || layout::left_out(key, window).is_some() {
                return None;
            }
            let path: Arc<str> = one.address.as_str().into();
            let modified = one.modified.as_deref().and_then(Time::parse_rfc3339);
            Some(Item {
                key: Ending::of(&path, key),
                path,
                bytes: Some(one.bytes),
                modified: modified.map(|time| time.at),
                locator,
            })
        });
        items.collect()
    }

    /// The key of an item, and the version that it is, if it is a former one.
    fn raw_key(item: &Item) -> Result<(String, Option<&str>), Reason> {
        let (key, version) = version::parts(&item.key);
        let key = String::from_utf8(unlabel(key).into_owned())
            .map_err(|_| Reason::new(ReasonKind::Unsupported, "its key is not UTF-8"))?;
        Ok((key, version))
    }
}

impl Far for Place {
    fn aws(&self) -> &Aws {
        &self.aws
    }

    fn vault(&self) -> &Vault {
        &self.vault
    }

    fn kept(&self, item: &Item) -> Option<Item> {
        let Locator::S3 { etag } = &item.locator else { return None };
        let locator = self.vault.find(&item.path, etag, item.bytes?)?;
        Some(Item { locator, ..item.clone() })
    }

    async fn fetch(&self, item: &Item, way: &OnWay) -> Result<(), Reason> {
        fetching::fetch(self, item, way).await.map_err(|reason| self.aws.note(reason))?;
        self.limit.spend(item.bytes.unwrap_or(0));
        Ok(())
    }
}

/// An object that is left because so many bytes before it were fetched.
fn too_much(listed: Listed, most: u64) -> Listed {
    let Listed::Item(Item { path, key, bytes, .. }) = listed else { return listed };
    // The same words for all of them: there may be very many, and they are kept once.
    let detail = format!(
        "was not fetched, for no more than {most} bytes of a source are: name a longer prefix, fetch \
         the rest from the Sources view, or ask for more with --fetch-limit"
    );
    let (path, key) = (path.to_string(), key.to_string());
    let reason = Reason::new(ReasonKind::Size, detail);
    Listed::Left { path, key, bytes, state: State::Skipped, reason }
}

impl S3 {
    /// Lists with former versions if they are wanted; where they may not be listed, without.
    fn listed(
        &self,
        cancel: &Cancel,
        emit: &mut dyn FnMut(Listed) -> ControlFlow<()>,
    ) -> Result<(), Reason> {
        if !self.place.versions {
            return listing::list(&self.place, self.window, cancel, emit);
        }
        let mut any = false;
        let listed = history::list(&self.place, self.window, cancel, &mut |listed| {
            any = true;
            emit(listed)
        });
        match listed {
            Err(mut reason) if reason.kind == ReasonKind::Permission && !any => {
                reason.detail.insert_str(0, "former versions were not listed: ");
                let (path, key) =
                    (self.name.clone(), self.place.address.scope.literal().to_owned());
                let left = Listed::Left { path, key, bytes: None, state: State::Failed, reason };
                if emit(left).is_break() {
                    return Ok(());
                }
                listing::list(&self.place, self.window, cancel, emit)
            }
            listed => listed,
        }
    }
}

impl S3 {
    /// What the address names among others, and is not there.
    fn unmet(&self, key: String) -> Listed {
        let detail = "no key there begins so, which the address names among others";
        let reason = Reason::new(ReasonKind::NotFound, detail);
        let path = self.place.address.path(&key);
        Listed::Left { path, key, bytes: None, state: State::Failed, reason }
    }
}

impl Source for S3 {
    fn name(&self) -> &str {
        &self.name
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        // What is fetched meanwhile is counted here.
        let (limit, most) = (&self.place.limit, self.place.limit.left());
        let (mut wanted, mut rest, mut is_whole) = (0_u64, Amount::default(), true);
        let (mut last, begun) = (String::new(), Timestamp::now());
        let mut unmet = Unmet::of(&self.place.address.scope);
        let left = self.listed(cancel, &mut |listed| {
            let mut listed = listed;
            unmet.take(listed.key());
            if let Listed::Item(item) = &listed {
                (*item.path).clone_into(&mut last);
                if matches!(item.locator, Locator::S3 { .. }) {
                    wanted = wanted.saturating_add(item.bytes.unwrap_or(0));
                    if wanted > most {
                        rest.add(item);
                        listed = too_much(listed, limit.most());
                    }
                }
            }
            let went_on = emit(listed);
            is_whole &= went_on.is_continue();
            went_on
        });
        limit.leave(rest);
        let Err(reason) = left else {
            // Whoever watches goes on from where a listing was whole.
            if is_whole && !cancel.is_cancelled() {
                self.asked.store(begun.0, Ordering::Relaxed);
                let _ = unmet.addresses().into_iter().try_for_each(|key| emit(self.unmet(key)));
            }
            return;
        };
        let mut reason = self.place.hinted(self.place.aws.note(reason), cancel);
        if reason.kind != ReasonKind::Cancelled {
            let kept = self.place.fetched_before(&last, self.window);
            if !kept.is_empty() {
                reason.detail.push_str("; of it there is what was fetched before");
            }
            if kept.into_iter().any(|item| emit(Listed::Item(item)).is_break()) {
                return;
            }
        }
        let (path, key) = (self.name.clone(), self.place.address.scope.literal().to_owned());
        let _ = emit(Listed::Left { path, key, bytes: None, state: State::Failed, reason });
    }

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        self.fetches.open(item, cancel).map_err(|reason| self.place.hinted(reason, cancel))
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.fetches.reopen(item)
    }

    fn refresh(&self, item: &Item) -> Option<Item> {
        self.place.kept(item)
    }

    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        Some(self)
    }
}

impl Elsewhere for S3 {
    fn at_hand(&self) -> Vec<Item> {
        self.place.fetched_before("", self.window)
    }

    fn rest(&self) -> Amount {
        self.place.limit.rest()
    }

    fn lift(&self) {
        self.place.limit.lift();
    }

    fn leaves_out(&self, path: &str) -> bool {
        let key = path.strip_prefix(&self.place.address.path(""));
        key.is_some_and(|key| layout::left_out(key, self.window).is_some())
    }

    fn ahead(&self, item: &Item, cancel: &Cancel) {
        if matches!(item.locator, Locator::S3 { .. }) {
            self.fetches.ahead(item, cancel);
        }
    }

    fn watch(&self, cancel: &Cancel, news: &mut dyn FnMut(News)) -> Result<(), Reason> {
        watching::watch(&self.place, (&self.asked, self.window), cancel, news)
    }

    fn metadata(&self, item: &Item) -> Option<Vec<u8>> {
        let about = self.place.vault.about(&item.path)?;
        serde_json::to_vec(&serde_json::json!({ "Metadata": about.metadata })).ok()
    }

    fn lock(&self, item: &Item) -> Option<String> {
        Some(self.place.vault.about(&item.path)?.lock?.to_string())
    }

    fn former<'a>(&self, item: &'a Item) -> Option<&'a str> {
        let (path, version) = version::parts(&item.path);
        version.map(|_| path)
    }

    fn past(
        &self,
        cancel: &Cancel,
        emit: &mut dyn FnMut(Past) -> ControlFlow<()>,
    ) -> Result<(), Reason> {
        history::past(&self.place, self.window, cancel, emit)
    }

    fn facts(&self, cancel: &Cancel) -> Vec<Fact> {
        facts::ask(&self.place, cancel)
    }
}
