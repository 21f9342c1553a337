//! What comes into a log group from now on, written down as it comes.
//!
//! `StartLiveTail`: "Amazon CloudWatch Logs API Reference". It is quick and not complete: it begins
//! somewhere, leaves out what is more than 500 events a second and what is not taken in time, and
//! ends after three hours. So when it begins, now and then, and where it is not to be had, the
//! service is asked for the newest events, and what was written down already is left out.

use super::Place;
use super::cells::Cell;
use super::fetching::{page, same_page};
use super::group::{Group, now};
use super::kept::LIVE;
use super::line::{Line, Seen};
use crate::event::{Reason, ReasonKind, Timestamp, Window};
use crate::source::aws::policy::START_LIVE_TAIL;
use crate::source::aws::{Asked, Failure};
use crate::source::vault::{Acquired, Growing, full};
use crate::source::{Ending, Item, News};
use aws_sdk_cloudwatchlogs::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_cloudwatchlogs::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_cloudwatchlogs::error::BoxError;
use aws_sdk_cloudwatchlogs::operation::start_live_tail::StartLiveTailOutput;
use aws_sdk_cloudwatchlogs::types::{LiveTailSessionMetadata, StartLiveTailResponseStream};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So far back is asked for what came late.
pub(super) const BACK: i64 = 2 * 60_000;

/// A session gives what came in since it began; so far may clocks differ.
const SKEW: i64 = 60_000;

/// Events may be ahead of their time.
const AHEAD: i64 = 2 * 3_600_000;

/// Time between two questions for the newest events; where the service cannot be reached, it
/// grows.
const EVERY: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_mins(1);

/// Time between two questions for what a session may have left out.
const CHECKED: Duration = Duration::from_mins(5);

/// Silence in which the service has to say at least that nothing happened.
const SILENT: Duration = Duration::from_secs(30);

const FORM: &str = "re-serialised: events of StartLiveTail and FilterLogEvents, one a line";

/// The file that grows, and what is in it or was fetched before.
struct Live<'a> {
    place: &'a Place,
    group: Group,
    /// What happened outside of it is not written down.
    window: Window,
    /// When it began.
    from: i64,
    /// Nothing is missing before this time, and what was since, or a little before, is in `seen`.
    caught: i64,
    seen: Seen,
    growing: Option<Growing>,
    news: &'a mut dyn FnMut(News),
}

/// Writes down what comes after this time, until it is called off or nothing can be written.
pub(super) async fn watch(
    place: &Place,
    window: Window,
    (caught, seen): (i64, Seen),
    news: &mut dyn FnMut(News),
) -> Result<(), Reason> {
    let (from, mut pause) = (now(), EVERY);
    let group = loop {
        match place.group().await {
            Ok(group) => break group,
            Err(reason) => pause = later(place, reason, pause, news).await?,
        }
    };
    let mut live = Live { place, group, window, from, caught, seen, growing: None, news };
    let mut tails = live.group.arn.is_some();
    pause = EVERY;
    loop {
        let session = if tails { live.start().await } else { None };
        match live.catch_up().await {
            Ok(ahead) => {
                pause = EVERY;
                match session {
                    Some(Ok(session)) => live.tail(session, ahead).await?,
                    Some(Err(why)) => {
                        tails = false;
                        live.say(&why);
                    }
                    None => {}
                }
            }
            Err(reason) => {
                pause = later(place, reason, pause, live.news).await?;
                continue;
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Waits until a service that could not be reached may be, or until a person may have signed in
/// again, and says so the first time; what else is wrong does not mend itself. Returns how long is
/// waited the next time.
async fn later(
    place: &Place,
    reason: Reason,
    pause: Duration,
    news: &mut dyn FnMut(News),
) -> Result<Duration, Reason> {
    let reason = place.aws.note(reason);
    if !reason.may_pass() {
        return Err(reason);
    }
    if pause == EVERY {
        news(News::away(&place.name, &reason));
    }
    tokio::time::sleep(pause).await;
    Ok((pause * 2).min(LONGEST))
}

impl Live<'_> {
    fn say(&mut self, what: &str) {
        (self.news)(News::Said(format!("{}: {what}", self.place.name)));
    }

    /// Begins a session; nothing if there can be none now.
    async fn start(&self) -> Option<Result<StartLiveTailOutput, String>> {
        let client = self.place.client().await.ok()?;
        let streams = Some(&self.group.streams).filter(|streams| !streams.is_empty());
        let asked = client
            .start_live_tail()
            .set_log_group_identifiers(self.group.arn.clone().map(|arn| vec![arn]))
            .set_log_stream_name_prefixes(streams.map(|streams| vec![streams.clone()]));
        match asked.send().await {
            Ok(session) => Some(Ok(session)),
            Err(error) => {
                let failure = Failure::of(&error);
                let asked = Asked { permission: START_LIVE_TAIL, on: &self.place.name };
                let reason = failure.reason(asked);
                let is_refused = matches!(failure, Failure::Service { .. })
                    && reason.kind != ReasonKind::Credentials;
                let why = format!("Live Tail: {reason}; it is asked for new events");
                is_refused.then_some(Err(why))
            }
        }
    }

    /// Writes down what the service has and was not written down; returns that.
    async fn catch_up(&mut self) -> Result<Seen, Reason> {
        let now = now();
        let cell = Cell { from: self.caught.min(now) - BACK, until: now + AHEAD };
        let (mut next, mut fresh) = (None, Vec::new());
        loop {
            let (events, after) = page(self.place, &self.group, cell, next.clone()).await?;
            fresh.extend(events);
            match after {
                None => break,
                after if after == next => return Err(same_page()),
                after => next = after,
            }
        }
        let mut ahead = self.seen.empty();
        let fresh = {
            let mut pass = self.seen.pass();
            fresh.iter().map(Line::of).filter(|line| pass.is_new(line)).collect::<Vec<_>>()
        };
        for line in &fresh {
            ahead.add(line);
        }
        self.write(&fresh)?;
        self.caught = now;
        self.seen.forget(now - BACK);
        Ok(ahead)
    }

    /// Writes down what a session gives, but for what was ahead of it, until it ends.
    async fn tail(&mut self, session: StartLiveTailOutput, mut ahead: Seen) -> Result<(), Reason> {
        let (mut events, began) = (session.response_stream, now());
        let mut due = Instant::now() + CHECKED;
        loop {
            if Instant::now() >= due {
                match self.catch_up().await {
                    Ok(more) => ahead.join(more, self.caught - BACK),
                    // It is tried again; what the session gives goes on without it.
                    Err(reason) => {
                        let reason = self.place.aws.note(reason);
                        if !reason.may_pass() {
                            return Err(reason);
                        }
                    }
                }
                due = Instant::now() + CHECKED;
            }
            let update = match tokio::time::timeout(SILENT, events.recv()).await {
                Ok(Ok(Some(StartLiveTailResponseStream::SessionUpdate(update)))) => update,
                Ok(Ok(Some(_))) => continue,
                // Silence, an error and the end are all taken up anew.
                Ok(Ok(None) | Err(_)) | Err(_) => return Ok(()),
            };
            let is_new = |line: &Line<'_>| {
                line.ingestion_time.is_none_or(|at| at >= began - SKEW) && !ahead.take(line)
            };
            let lines = update.session_results().iter().map(Line::of_tail);
            let lines: Vec<Line<'_>> = lines.filter(is_new).collect();
            self.write(&lines)?;
            if update.session_metadata().is_some_and(LiveTailSessionMetadata::sampled) {
                due = due.min(Instant::now() + EVERY);
            }
        }
    }

    /// Writes lines down that are wanted; the first make the file.
    fn write(&mut self, lines: &[Line<'_>]) -> Result<(), Reason> {
        let mut bytes = Vec::new();
        let at = |line: &Line<'_>| line.timestamp.and_then(Timestamp::from_millis);
        for line in lines.iter().filter(|line| self.window.holds(at(line))) {
            line.write(&mut bytes);
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let key = format!("{LIVE}{}", Cell { from: self.from, until: self.from }.begins());
        let path = self.place.path(&key);
        let is_first = self.growing.is_none();
        let growing = match &mut self.growing {
            Some(growing) => growing,
            none => {
                let made = self.place.vault.grow(&acquired(path.clone())).map_err(|e| full(&e))?;
                none.insert(made)
            }
        };
        growing.write(&bytes).map_err(|error| full(&error))?;
        // What a full disk did not take is asked for again.
        for line in lines {
            self.seen.add(line);
        }
        if is_first && let Ok(locator) = growing.locator() {
            let (bytes, modified) = (Some(bytes.len() as u64), Some(Timestamp::now()));
            let path: Arc<str> = path.into();
            let key = Ending::of(&path, &key);
            (self.news)(News::Item(Item { path, key, bytes, modified, locator }));
        }
        Ok(())
    }
}

/// Live Tail has a host of its own at AWS, before whose name `stream-` stands; another server that
/// a person named has none.
#[derive(Debug)]
pub(super) struct PlainHost;

impl Intercept for PlainHost {
    fn name(&self) -> &'static str {
        "PlainHost"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let plain = request.uri().replacen("://stream-", "://", 1);
        request.set_uri(plain)?;
        Ok(())
    }
}

fn acquired(address: String) -> Acquired {
    Acquired {
        address,
        etag: String::new(),
        version: None,
        bytes: 0,
        sha256: String::new(),
        modified: None,
        fetched: Timestamp::now().to_rfc3339(3),
        form: Some(FORM.to_owned()),
        lock: None,
        metadata: BTreeMap::new(),
    }
}
