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
use aws_sdk_cloudwatchlogs::operation::describe_log_streams::builders::DescribeLogStreamsFluentBuilder;
use aws_sdk_cloudwatchlogs::types::{LogGroup, LogGroupClass, LogStream, OrderBy};
use std::collections::BTreeSet;
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
        let mut listed = list(&client, true).await;
        // Where nothing is linked that may be no question to ask.
        if listed.as_ref().is_err_and(|failure| failure.has_code("InvalidParameterException")) {
            listed = list(&client, false).await;
        }
        let (groups, more) = listed.map_err(|failure| {
            aws.note(failure.reason(Asked { permission: DESCRIBE_LOG_GROUPS, on: SCHEME }))
        })?;
        let accounts: BTreeSet<&str> = groups.iter().filter_map(account).collect();
        let is_linked = accounts.len() > 1;
        let all = groups.iter().filter_map(|one| group(one, is_linked)).collect();
        let mut choices =
            Choices { below: SCHEME.to_owned(), kind: Kind::Group, all, objects: 0, more };
        emit(choices.clone());
        newest(&client, &mut choices, emit).await;
        Ok(())
    };
    aws.wait(cancel, Box::pin(asked))
}

/// The groups, with those of the accounts that are linked to this one if that is asked, and whether
/// there are more.
async fn list(client: &Client, linked: bool) -> Result<(Vec<LogGroup>, bool), Failure> {
    let asked = client.describe_log_groups().limit(PAGE);
    let asked = asked.set_include_linked_accounts(linked.then_some(true));
    let mut pages = asked.into_paginator().stop_on_duplicate_token(true).send();
    let (mut groups, mut more) = (Vec::new(), false);
    for _ in 0..PAGES {
        let Some(page) = pages.next().await else { break };
        let page = page.map_err(|error| Failure::of(&error))?;
        more = page.next_token.is_some();
        groups.extend(page.log_groups.into_iter().flatten());
    }
    Ok((groups, more))
}

/// The account that a group is in.
fn account(group: &LogGroup) -> Option<&str> {
    group.log_group_arn()?.split(':').nth(4)
}

/// Asks for the newest event of each group. Where that is not allowed nothing is said of it.
async fn newest(client: &Client, choices: &mut Choices, emit: &mut dyn FnMut(Choices)) {
    let mut asked = JoinSet::new();
    let count = choices.all.len().min(ASKED);
    let mut waiting = 0..count;
    let mut done = 0;
    loop {
        for at in waiting.by_ref().take(AT_ONCE - asked.len()) {
            let stream = streams_of(client, &choices.all[at].part).limit(1);
            asked.spawn(async move { (at, stream.send().await) });
        }
        let Some(Ok((at, answer))) = asked.join_next().await else { break };
        done += 1;
        match answer.map_err(|error| Failure::of(&error)) {
            Ok(answer) => {
                choices.all[at].last = answer.log_streams.iter().flatten().next().and_then(last);
            }
            Err(failure) if failure.is_throttled() => {}
            Err(_) => break,
        }
        // Not each alone: the screen is drawn anew for it.
        if done % AT_ONCE == 0 || done == count {
            emit(choices.clone());
        }
    }
}

/// A group; one among those of several accounts is named by its ARN.
fn group(group: &LogGroup, is_linked: bool) -> Option<Choice> {
    let name = group.log_group_name()?;
    let arn = group.log_group_arn().filter(|_| is_linked);
    let account = account(group).filter(|_| is_linked).map(|account| format!("of {account}"));
    let days = group.retention_in_days().and_then(|days| u64::try_from(days).ok());
    let kept = days.map_or("never deleted".to_owned(), |days| {
        format!("kept for {}", counted(days, "day", "days"))
    });
    let key = group.kms_key_id().map(|_| "own KMS key".to_owned());
    let class = group.log_group_class().filter(|class| **class != LogGroupClass::Standard);
    let class = class.map(|class| class.as_str().to_ascii_lowercase().replace('_', " "));
    Some(Choice {
        name: label(name.as_bytes()),
        part: arn.unwrap_or(name).to_owned(),
        level: Level::Folder,
        last: None,
        bytes: group.stored_bytes().and_then(|bytes| u64::try_from(bytes).ok()),
        about: [account, Some(kept), key, class]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", "),
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
        let streams = streams_of(&place.client().await?, &group.id).limit(PAGE);
        let mut choices =
            Choices { below: address.to_owned(), kind: Kind::Stream, ..Choices::default() };
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
        say_what_comes_along(&mut choices.all);
        Ok(choices)
    };
    place.aws.wait(cancel, Box::pin(asked))
}

/// Those of the group of this name or ARN, with the newest events first.
fn streams_of(client: &Client, group: &str) -> DescribeLogStreamsFluentBuilder {
    let asked = client.describe_log_streams().order_by(OrderBy::LastEventTime).descending(true);
    if group.starts_with("arn:") {
        asked.log_group_identifier(group)
    } else {
        asked.log_group_name(group)
    }
}

/// A stream is asked for by what its name begins with, so that others may come with it.
fn say_what_comes_along(all: &mut [Choice]) {
    let mut names: Vec<String> = all.iter().map(|one| one.part.clone()).collect();
    names.sort_unstable();
    for one in all {
        let behind = names.partition_point(|name| *name <= one.part);
        let others = names[behind..].iter().take_while(|name| name.starts_with(&one.part)).count();
        if others > 0 {
            let others = counted(others as u64, "other", "others");
            one.about = format!("with {others} whose names begin so");
        }
    }
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
