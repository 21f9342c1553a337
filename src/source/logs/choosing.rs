//! The log groups that there are, and the streams of one, with what the service says of them.
//!
//! `DescribeLogGroups`, `DescribeLogStreams`: "Amazon CloudWatch Logs API Reference".

use super::{Logs, SCHEME, client};
use crate::event::layout::Level;
use crate::event::{Cancel, Reason, ReasonKind, Timestamp, counted, label};
use crate::source::aws::policy::{DESCRIBE_LOG_GROUPS, DESCRIBE_LOG_STREAMS};
use crate::source::aws::{Asked, Failure};
use crate::source::{Choice, Choices, Kind, Means};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{LogGroup, LogGroupClass, LogStream, OrderBy};
use tokio::task::JoinSet;

/// Pages of groups and of streams, each of 50: who has to choose among more is better off with a
/// longer name.
const PAGES: usize = 20;
const PAGE: i32 = 50;

/// Groups whose newest event is asked for, each with a request, and how many at one time.
const ASKED: usize = 200;
const AT_ONCE: usize = 5;

/// Tells the groups, and again as it becomes known when their newest events happened.
pub(in crate::source) fn groups(
    means: &Means,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Choices),
) -> Result<(), Reason> {
    let aws = &means.aws;
    let asked = async {
        let client = client(aws, None).await?;
        let mut choices =
            Choices { below: SCHEME.to_owned(), kind: Kind::Group, ..Choices::default() };
        let mut names = client
            .describe_log_groups()
            .limit(PAGE)
            .into_paginator()
            .stop_on_duplicate_token(true)
            .send();
        for _ in 0..PAGES {
            let Some(page) = names.next().await else { break };
            let page = page.map_err(|error| {
                let asked = Asked { permission: DESCRIBE_LOG_GROUPS, on: SCHEME };
                aws.note(Failure::of(&error).reason(asked))
            })?;
            choices.more = page.next_token.is_some();
            choices.all.extend(page.log_groups.iter().flatten().filter_map(group));
        }
        emit(choices.clone());
        newest(&client, &mut choices, emit).await;
        Ok(())
    };
    aws.wait(cancel, Box::pin(asked))
}

/// Asks for the newest event of each group. Where that is not allowed nothing is said of it.
async fn newest(client: &Client, choices: &mut Choices, emit: &mut dyn FnMut(Choices)) {
    let mut asked = JoinSet::new();
    let count = choices.all.len().min(ASKED);
    let mut waiting = 0..count;
    let mut done = 0;
    loop {
        for at in waiting.by_ref().take(AT_ONCE - asked.len()) {
            let stream = client
                .describe_log_streams()
                .log_group_name(&choices.all[at].part)
                .order_by(OrderBy::LastEventTime)
                .descending(true)
                .limit(1);
            asked.spawn(async move { (at, stream.send().await) });
        }
        let Some(Ok((at, answer))) = asked.join_next().await else { break };
        let Ok(answer) = answer else { break };
        choices.all[at].last = answer.log_streams.iter().flatten().next().and_then(last);
        done += 1;
        // Not each alone: the screen is drawn anew for it.
        if done % AT_ONCE == 0 || done == count {
            emit(choices.clone());
        }
    }
}

fn group(group: &LogGroup) -> Option<Choice> {
    let name = group.log_group_name()?;
    let days = group.retention_in_days().and_then(|days| u64::try_from(days).ok());
    let kept = days.map_or("never deleted".to_owned(), |days| {
        format!("kept for {}", counted(days, "day", "days"))
    });
    let key = group.kms_key_id().map(|_| "own KMS key".to_owned());
    let class = group.log_group_class().filter(|class| **class != LogGroupClass::Standard);
    let class = class.map(|class| class.as_str().to_ascii_lowercase().replace('_', " "));
    Some(Choice {
        name: label(name.as_bytes()),
        part: name.to_owned(),
        level: Level::Folder,
        last: None,
        bytes: group.stored_bytes().and_then(|bytes| u64::try_from(bytes).ok()),
        about: [Some(kept), key, class].into_iter().flatten().collect::<Vec<_>>().join(", "),
    })
}

/// Tells the streams of a group, those with the newest events first.
pub(in crate::source) fn streams(
    address: &str,
    means: &Means,
    cancel: &Cancel,
) -> Result<Choices, Reason> {
    let source = match Logs::new(address, means) {
        Some(Ok(source)) => source,
        Some(Err(error)) => return Err(Reason::new(ReasonKind::NotFound, error.to_string())),
        None => return Err(Reason::new(ReasonKind::NotFound, "is no log group")),
    };
    let place = &source.place;
    let asked = async {
        let group = place.group().await?;
        let streams = place.client().await?.describe_log_streams().order_by(OrderBy::LastEventTime);
        let streams = if group.is_arn() {
            streams.log_group_identifier(&group.id)
        } else {
            streams.log_group_name(&group.id)
        };
        let mut choices =
            Choices { below: address.to_owned(), kind: Kind::Stream, ..Choices::default() };
        let streams = streams.descending(true).limit(PAGE);
        let mut pages = streams.into_paginator().stop_on_duplicate_token(true).send();
        for _ in 0..PAGES {
            let Some(page) = pages.next().await else { break };
            let page = page.map_err(|error| {
                let asked = Asked { permission: DESCRIBE_LOG_STREAMS, on: address };
                place.aws.note(Failure::of(&error).reason(asked))
            })?;
            choices.more = page.next_token.is_some();
            choices.all.extend(page.log_streams.iter().flatten().filter_map(stream));
        }
        Ok(choices)
    };
    place.aws.wait(cancel, Box::pin(asked))
}

fn stream(stream: &LogStream) -> Option<Choice> {
    let name = stream.log_stream_name()?;
    Some(Choice {
        name: label(name.as_bytes()),
        part: name.to_owned(),
        level: Level::Folder,
        last: last(stream),
        bytes: None,
        about: String::new(),
    })
}

fn last(stream: &LogStream) -> Option<Timestamp> {
    Timestamp::from_millis(stream.last_event_timestamp()?)
}
