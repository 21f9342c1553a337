//! Events of a log group of CloudWatch Logs: fetched in cells of time into the vault, and from
//! then on read like files.

mod address;
mod cells;
mod choosing;
mod fetching;
mod group;
mod kept;
mod line;
mod live;

pub(super) use address::SCHEME;
pub(super) use choosing::{groups, streams};

use super::aws::{Aws, Kept, Patience};
use super::fetches::{Far, Fetches};
use super::limit::Limit;
use super::traffic::OnWay;
use super::vault::Vault;
use super::{Amount, Elsewhere, Input, Item, Listed, Locator, Means, News, Source, SourceError};
use crate::event::{Cancel, Reason, ReasonKind, State, Timestamp, Window};
use address::Address;
use aws_config::Region;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_cloudwatchlogs::{Client, config};
use cells::Cell;
use group::Group;
use kept::is_live;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The service looks through much for one page.
const ATTEMPT: Duration = Duration::from_secs(20);
const OPERATION: Duration = Duration::from_secs(25);

/// The events of one log group, or of some of its streams.
pub(super) struct Logs {
    window: Window,
    place: Arc<Place>,
    fetches: Fetches<Place>,
}

/// Where the events are, and where they go.
pub(super) struct Place {
    /// The argument as it was given.
    name: String,
    aws: Aws,
    limit: Limit,
    address: Address,
    vault: Vault,
    patience: Patience,
    client: Kept<Client>,
    group: OnceLock<Group>,
}

impl Logs {
    /// Nothing is asked so far. `None` if the argument is no address of a log group.
    pub(super) fn new(argument: &str, means: &Means) -> Option<Result<Self, SourceError>> {
        let name = argument.to_owned();
        Some(match Address::parse(argument)? {
            Err(message) => Err(SourceError::Io { argument: name, message }),
            Ok(address) => {
                let window = means.window_of(argument);
                let Means { aws, vault, most, .. } = means.clone();
                let (client, group) = (Kept::default(), OnceLock::new());
                let patience = aws.patience("CloudWatch Logs");
                let limit = Limit::new(most);
                let place = Place { name, aws, limit, address, vault, patience, client, group };
                let place = Arc::new(place);
                let fetches = Fetches::new(Arc::clone(&place), fetching::AT_ONCE);
                Ok(Self { window, place, fetches })
            }
        })
    }

    /// What there is to be read, and what of it is left out.
    fn plan(&self, group: &Group, now: i64) -> Vec<Listed> {
        let whole = group.range(now);
        let wanted = within(whole, self.window);
        let kept = self.place.fetched_before();
        let there: Vec<Cell> = kept.iter().filter_map(|item| Cell::of(&item.key)).collect();
        let mut listed = Vec::new();
        listed.extend(self.outside(Cell { until: wanted.from, ..whole }));
        if wanted.from < wanted.until {
            let cells = cells::plan(wanted, group.bytes(wanted, now), &there);
            let cells = cells.into_iter().map(|cell| self.place.item(cell, group, now));
            listed.extend(self.affordable(cells.collect()));
        }
        listed.extend(self.outside(Cell { from: wanted.until, ..whole }));
        listed.extend(kept.into_iter().filter(|item| is_live(&item.key)).map(Listed::Item));
        listed
    }

    /// What lies outside of the window that was asked for.
    fn outside(&self, part: Cell) -> Option<Listed> {
        let detail = "outside of the time that was asked for, and not fetched: give --since and \
                      --until anew to get it";
        (part.from < part.until).then(|| self.left(part, ReasonKind::OutsideWindow, detail))
    }

    fn left(&self, part: Cell, kind: ReasonKind, detail: &str) -> Listed {
        let key = part.rounded().key();
        let path = self.place.path(&key);
        let (state, reason) = (State::Skipped, Reason::new(kind, detail));
        Listed::Left { path, key, bytes: None, state, reason }
    }

    /// The newest of them that are not more than what may be fetched.
    fn affordable(&self, items: Vec<Item>) -> Vec<Listed> {
        let (limit, mut bytes, mut from) = (&self.place.limit, 0_u64, items.len());
        for (at, item) in items.iter().enumerate().rev() {
            if item.locator.is_elsewhere() {
                bytes = bytes.saturating_add(item.bytes.unwrap_or(0));
            }
            if bytes > limit.left() {
                break;
            }
            from = at;
        }
        let mut rest = Amount::default();
        let left = items[..from].iter().filter(|item| item.locator.is_elsewhere());
        left.for_each(|item| rest.add(item));
        limit.leave(rest);
        let most = limit.most();
        let detail = format!(
            "was not fetched, for no more than {most} bytes of a source are, the newest first: ask \
             for less with --since and --until, for the rest from the Sources view, or for more with \
             --fetch-limit"
        );
        let listed = |(at, item): (usize, Item)| match &item.locator {
            Locator::Logs if at < from => {
                let reason = Reason::new(ReasonKind::Size, detail.clone());
                let (path, key) = (item.path.to_string(), item.key.to_string());
                Listed::Left { path, key, bytes: item.bytes, state: State::Skipped, reason }
            }
            _ => Listed::Item(item),
        };
        items.into_iter().enumerate().map(listed).collect()
    }
}

/// The part of it that is in the window.
fn within(whole: Cell, window: Window) -> Cell {
    let millis = |at: Timestamp| at.0.div_euclid(1_000_000);
    let from = window.from.map_or(whole.from, |from| millis(from).max(whole.from));
    let until = window.to.map_or(whole.until, |to| (millis(to) + 1).min(whole.until));
    Cell { from: from.min(whole.until), until: until.max(whole.from) }
}

impl Place {
    /// What people call an object of this key.
    fn path(&self, key: &str) -> String {
        format!("{}/{key}", self.name.trim_end_matches('/'))
    }

    async fn client(&self) -> Result<Client, Reason> {
        let era = match self.client.get(&self.aws) {
            Ok(client) => return Ok(client),
            Err(era) => era,
        };
        let client = client(&self.aws, self.address.region.as_deref()).await?;
        Ok(self.client.keep(era, client))
    }

    /// The group, which is found out once.
    async fn group(&self) -> Result<Group, Reason> {
        if let Some(group) = self.group.get() {
            return Ok(group.clone());
        }
        let group = group::find(self).await.map_err(|reason| self.aws.note(reason))?;
        Ok(self.group.get_or_init(|| group).clone())
    }
}

/// Where a Region's groups are asked for, or those of the Region that one is in.
async fn client(aws: &Aws, region: Option<&str>) -> Result<Client, Reason> {
    let config = aws.config().await?;
    let timeouts =
        config.timeout_config().map_or_else(TimeoutConfig::builder, TimeoutConfig::to_builder);
    let timeouts = timeouts.operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION);
    let mut builder = config::Builder::from(&config).timeout_config(timeouts.build());
    if let Some(region) = region {
        builder = builder.region(Region::new(region.to_owned()));
    }
    if aws.has_endpoint() {
        builder = builder.interceptor(live::PlainHost);
    }
    Ok(Client::from_conf(builder.build()))
}

impl Far for Place {
    fn aws(&self) -> &Aws {
        &self.aws
    }

    fn vault(&self) -> &Vault {
        &self.vault
    }

    fn kept(&self, item: &Item) -> Option<Item> {
        if item.locator != Locator::Logs {
            return None;
        }
        let (about, locator) = self.vault.latest(&item.path)?;
        Some(Item { bytes: Some(about.bytes), locator, ..item.clone() })
    }

    async fn fetch(&self, item: &Item, way: &OnWay) -> Result<(), Reason> {
        fetching::fetch(self, item, way).await.map_err(|reason| self.aws.note(reason))?;
        self.limit.spend(item.bytes.unwrap_or(0));
        Ok(())
    }
}

impl Source for Logs {
    fn name(&self) -> &str {
        &self.place.name
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        let place = &self.place;
        let listed = match place.aws.wait(cancel, Box::pin(place.group())) {
            Ok(group) => self.plan(&group, group::now()),
            Err(reason) if reason.kind == ReasonKind::Cancelled => return,
            Err(mut reason) => {
                let kept = self.at_hand();
                if !kept.is_empty() {
                    reason.detail.push_str("; of it there is what was fetched before");
                }
                let mut listed: Vec<Listed> = kept.into_iter().map(Listed::Item).collect();
                let (path, key) = (place.name.clone(), String::new());
                listed.push(Listed::Left { path, key, bytes: None, state: State::Failed, reason });
                listed
            }
        };
        for one in listed {
            if cancel.is_cancelled() || emit(one).is_break() {
                return;
            }
        }
    }

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        if is_live(&item.key) {
            self.place.open_kept(item)
        } else {
            self.fetches.open(item, cancel)
        }
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        if is_live(&item.key) { self.place.open_kept(item) } else { self.fetches.reopen(item) }
    }

    fn refresh(&self, item: &Item) -> Option<Item> {
        self.place.kept(item)
    }

    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        Some(self)
    }
}

impl Elsewhere for Logs {
    fn at_hand(&self) -> Vec<Item> {
        let kept = self.place.fetched_before().into_iter();
        kept.filter(|item| !self.leaves_out(&item.path)).collect()
    }

    fn rest(&self) -> Amount {
        self.place.limit.rest()
    }

    fn lift(&self) {
        self.place.limit.lift();
    }

    fn leaves_out(&self, path: &str) -> bool {
        let key = path.strip_prefix(&self.place.path(""));
        let cell = key.and_then(Cell::of);
        cell.is_some_and(|cell| {
            let wanted = within(cell, self.window);
            wanted.from >= wanted.until
        })
    }

    fn ahead(&self, item: &Item, cancel: &Cancel) {
        if item.locator == Locator::Logs {
            self.fetches.ahead(item, cancel);
        }
    }

    fn watch(&self, cancel: &Cancel, news: &mut dyn FnMut(News)) -> Result<(), Reason> {
        let place = &self.place;
        let watching = async { live::watch(place, self.window, place.caught(), news).await };
        place.aws.wait(cancel, Box::pin(watching))
    }

    fn silence(&self, item: &Item) -> Option<&'static str> {
        Cell::of(&item.key).map(|_| "there were no events of this time when it was asked for them")
    }

    fn growing(&self) -> Vec<Item> {
        let growing = self.place.vault.growing(&self.place.path(""));
        growing.into_iter().filter_map(|kept| self.place.as_kept(kept)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const NOW: i64 = 1_772_618_400_000;

    fn logs(window: Window, most: u64) -> Logs {
        let means = Means { most, window, ..Means::default() };
        Logs::new("logs://trail", &means).unwrap().unwrap()
    }

    fn at(millis: i64) -> Option<Timestamp> {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn what_is_outside_of_the_window_is_told_and_not_asked_for() {
        let window = Window { from: at(NOW - 2 * HOUR), to: at(NOW - HOUR) };
        let listed = logs(window, 1 << 30).plan(&Group::default(), NOW);
        let is_left = |one: &Listed| matches!(one, Listed::Left { state: State::Skipped, .. });
        assert!(is_left(&listed[0]) && is_left(&listed[listed.len() - 1]));
        let cells = listed.iter().filter_map(|one| match one {
            Listed::Item(item) => Cell::of(&item.key),
            Listed::Left { .. } => None,
        });
        let cells: Vec<Cell> = cells.collect();
        assert_eq!(cells[0].from, NOW - 2 * HOUR);
        assert!(cells[cells.len() - 1].until <= NOW - HOUR + 60_000);
        assert!(listed.len() < 40);
    }

    #[test]
    fn the_newest_are_fetched_first() {
        let source = logs(Window::default(), 1_000);
        let item = |bytes: u64| Item {
            path: "a".into(),
            key: "a".into(),
            bytes: Some(bytes),
            modified: None,
            locator: Locator::Logs,
        };
        let listed = source.affordable(vec![item(600), item(600), item(400)]);
        let is_item: Vec<bool> = listed.iter().map(|one| matches!(one, Listed::Item(_))).collect();
        assert_eq!(is_item, [false, true, true]);
    }
}
