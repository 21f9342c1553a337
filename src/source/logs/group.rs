//! What CloudWatch Logs says of a log group, and which group an address means.
//!
//! `DescribeLogGroups`: "Amazon CloudWatch Logs API Reference".

use super::Place;
use super::address::Reading;
use super::cells::Cell;
use crate::event::{Reason, ReasonKind, Timestamp};
use crate::source::aws::policy::DESCRIBE_LOG_GROUPS;
use crate::source::aws::{Asked, Failure};
use aws_sdk_cloudwatchlogs::types::LogGroup;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// How old an event may be when it is put into a group, and how far ahead of its time: `PutLogEvents`.
const LATE: i64 = 14 * DAY;
const EARLY: i64 = 2 * HOUR;

/// Expired events stay for some days until they are taken away, and are still given out.
const LINGERS: i64 = 4 * DAY;

/// Names of other groups that are told.
const SHOWN: usize = 6;

/// One log group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// Its name, or its ARN if it was named by that.
    pub(super) id: String,
    pub(super) arn: Option<String>,
    /// What the names of its streams begin with that are wanted.
    pub(super) streams: String,
    /// When it was made, in milliseconds since 1970.
    created: Option<i64>,
    /// Days that events are kept, if they are ever taken away.
    retention: Option<i64>,
    /// Bytes that are stored.
    stored: u64,
}

impl Group {
    fn new(id: String, streams: String, about: Option<&LogGroup>) -> Self {
        let stored = about.and_then(LogGroup::stored_bytes);
        Self {
            id,
            streams,
            arn: about.and_then(|about| about.log_group_arn()).map(str::to_owned),
            created: about.and_then(LogGroup::creation_time),
            retention: about.and_then(LogGroup::retention_in_days).map(i64::from),
            stored: stored.and_then(|stored| u64::try_from(stored).ok()).unwrap_or(0),
        }
    }

    /// Whether the group was named by its ARN.
    pub(super) fn is_arn(&self) -> bool {
        self.id.starts_with("arn:")
    }

    /// The time that its events may be of.
    pub(super) fn range(&self, now: i64) -> Cell {
        let created = self.created.map_or(0, |created| created - LATE);
        let kept = self.retention.map_or(0, |days| now - days * DAY - LINGERS);
        Cell { from: created.max(kept).max(0), until: now + EARLY }
    }

    /// Bytes that may be of this part of its time.
    pub(super) fn bytes(&self, part: Cell, now: i64) -> u64 {
        let whole = self.range(now).length().max(1) as u128;
        let part = part.length().max(0) as u128;
        u64::try_from(u128::from(self.stored) * part.min(whole) / whole).unwrap_or(u64::MAX)
    }
}

/// The group that the address means. If the service does not say what groups there are, the whole
/// address is one.
pub(super) async fn find(place: &Place) -> Result<Group, Reason> {
    let readings = place.address.readings();
    let mut refused = None;
    for Reading { group, streams } in &readings {
        match named(place, group).await {
            Ok(Some(about)) => {
                let id = place.address.arn().unwrap_or(group).to_owned();
                return Ok(Group::new(id, streams.clone(), Some(&about)));
            }
            Ok(None) => {}
            Err(reason) if reason.kind == ReasonKind::Permission => refused = Some(reason),
            Err(reason) => return Err(reason),
        }
        if refused.is_some() {
            break;
        }
    }
    let Some(Reading { group, streams }) = readings.into_iter().next() else {
        return Err(Reason::new(ReasonKind::NotFound, "names no log group"));
    };
    match (refused, place.address.arn()) {
        // One of another account is not always told of.
        (_, Some(arn)) => Ok(Group::new(arn.to_owned(), streams, None)),
        // Reading may be allowed where looking around is not; without credentials neither is.
        (Some(reason), None) if reason.detail.contains(DESCRIBE_LOG_GROUPS) => {
            Ok(Group::new(group, streams, None))
        }
        (Some(reason), None) => Err(reason),
        (None, None) => {
            let detail = format!(
                "there is no log group of this name: {}; or name another region with --region",
                near(place, &group).await?
            );
            Err(Reason::new(ReasonKind::NotFound, detail))
        }
    }
}

/// What groups there are instead, those in the same folder first.
async fn near(place: &Place, name: &str) -> Result<String, Reason> {
    let folder = name.rfind('/').map_or("", |at| &name[..=at]);
    let mut groups = list(place, folder).await?;
    if groups.is_empty() && !folder.is_empty() {
        groups = list(place, "").await?;
    }
    let names: Vec<&str> = groups.iter().filter_map(LogGroup::log_group_name).collect();
    let more = if names.len() > SHOWN { " and others" } else { "" };
    Ok(match names.as_slice() {
        [] => "there is none at all here".to_owned(),
        names => format!("there are {}{more}", names[..names.len().min(SHOWN)].join(", ")),
    })
}

/// The group of exactly this name.
async fn named(place: &Place, name: &str) -> Result<Option<LogGroup>, Reason> {
    // In the order of their names, so that the one is the first.
    let groups = list(place, name).await?;
    Ok(groups.into_iter().find(|group| group.log_group_name() == Some(name)))
}

/// The first page of groups whose names begin so.
async fn list(place: &Place, prefix: &str) -> Result<Vec<LogGroup>, Reason> {
    let client = place.client().await?;
    let prefix = Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty());
    let mut groups = client.describe_log_groups().set_log_group_name_prefix(prefix);
    if let Some(account) = &place.address.account {
        groups = groups.include_linked_accounts(true).account_identifiers(account);
    }
    let service = format!("logs {}", place.address.region.as_deref().unwrap_or_default());
    let answer = match place.aws.first(&service, groups.send()).await {
        Ok(asked) => asked.map_err(|error| Failure::of(&error)),
        Err(failure) => Err(failure),
    };
    let asked = Asked { permission: DESCRIBE_LOG_GROUPS, on: &place.name };
    let answer = answer.map_err(|failure| failure.reason(asked))?;
    Ok(answer.log_groups.unwrap_or_default())
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    Timestamp::now().0 / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_group_begins_with_it_or_with_what_is_kept() {
        let now = 1_772_618_400_000;
        let group = Group { created: Some(now - 400 * DAY), ..Group::default() };
        assert_eq!(group.range(now).from, now - 414 * DAY);
        let group = Group { retention: Some(30), stored: 1000, ..group };
        assert_eq!(group.range(now), Cell { from: now - 34 * DAY, until: now + EARLY });
        assert_eq!(group.bytes(group.range(now), now), 1000);
        assert_eq!(group.bytes(Cell { from: now - 17 * DAY, until: now }, now), 498);
        assert_eq!(Group::default().range(now).from, 0);
    }
}
