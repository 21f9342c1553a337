//! What sources are there and what their silence means, as members of the JSON document.

use super::Told;
use crate::cli::session::time_text;
use crate::event::{Place as Spot, Time, Timestamp};
use crate::format::{Delivery, Service};
use crate::store::RowRef;
use crate::verify::presence::{Expected, Found, Lane, Presence, Reach, Switched};
use serde_json::{Map, Value, json};

/// The gaps of all lanes.
pub(in super::super) fn gaps(presence: &Presence) -> Value {
    fn of_lane(lane: &Lane) -> impl Iterator<Item = Value> + '_ {
        lane.gaps.iter().map(move |gap| {
            json!({
                "format": lane.format,
                "account": lane.place.account,
                "region": lane.place.region,
                "from": time_text(gap.from),
                "to": time_text(gap.to),
                "seconds": gap.seconds(),
                "median_seconds": lane.usual.map(seconds),
                "basis": gap.basis.as_str(),
            })
        })
    }
    presence.lanes.iter().flat_map(of_lane).collect()
}

/// All the rest.
pub(in super::super) fn document(told: &Told<'_>) -> Value {
    let presence = told.presence;
    let strangers = presence.strangers.iter();
    let strangers: Vec<Value> = strangers
        .map(|stranger| json!({"account": stranger.account, "events": stranger.events}))
        .collect();
    json!({
        "newest": presence.newest.map(|time| time_text(time.0)),
        "lanes": presence.lanes.iter().map(lane).collect::<Vec<_>>(),
        "lanes_shared": presence.crowded,
        "expected": presence.expected.iter().flat_map(expected).collect::<Vec<_>>(),
        "named_only": strangers,
        "switched": presence.switched.iter().map(|one| switched(one, told)).collect::<Vec<_>>(),
        "switched_not_listed": presence.more_switched,
        "retention": retention(presence),
        "clock": clock(told),
    })
}

fn seconds(nanos: i64) -> f64 {
    nanos as f64 / Timestamp::SECOND as f64
}

fn lane(lane: &Lane) -> Value {
    let delivery = Delivery::of(&lane.format);
    let lag = delivery.lag.map(|lag| json!({"usual": lag.usual, "longest": lag.longest}));
    let end = lane.end.map(|end| {
        json!({
            "state": end.state.as_str(),
            "seconds": seconds(end.since),
            "basis": end.basis.as_str(),
        })
    });
    json!({
        "format": lane.format,
        "source": delivery.service.map(Service::as_str),
        "lag_seconds": lag,
        "account": lane.place.account,
        "region": lane.place.region,
        "events": lane.events,
        "first": lane.span.map(|(first, _)| time_text(first)),
        "last": lane.span.map(|(_, last)| time_text(last)),
        "usual_seconds": lane.usual.map(seconds),
        "hours": {
            "with": lane.hours,
            "without": lane.empty_hours,
            "proven_empty": lane.proven_hours,
        },
        "gaps": lane.gaps.len(),
        "end": end,
    })
}

fn expected(expected: &Expected) -> Vec<Value> {
    let source = |found: &Found| {
        json!({
            "account": expected.place.account,
            "region": expected.place.region,
            "source": found.service.as_str(),
            "state": found.standing.as_str(),
            "events": found.events,
            "last": found.last.map(time_text),
            "off": found.off.map(time_text),
        })
    };
    expected.sources.iter().map(source).collect()
}

fn switched(one: &Switched, told: &Told<'_>) -> Value {
    let time = |time: Option<Time>| time.map(Time::to_rfc3339);
    let again = one.again.as_ref().map(|again| {
        let mut all = origin(again.at, told);
        all.insert("time".to_owned(), time(again.time).into());
        all.insert("event".to_owned(), again.event.into());
        all.insert("by".to_owned(), again.by.clone().into());
        Value::from(all)
    });
    let mut all = origin(one.at, told);
    let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
    put("time", time(one.time).into());
    put("event", one.event.into());
    put("source", one.service.as_str().into());
    put("turn", one.turn.as_str().into());
    put("outcome", one.outcome.as_str().into());
    put("code", one.code.clone().into());
    put("account", one.place.account.clone().into());
    put("region", one.place.region.clone().into());
    put("target", one.target.clone().into());
    put("by", one.by.clone().into());
    put("from", one.from.clone().into());
    put("times", one.times.into());
    put("last", time(one.last).into());
    put("again", again.into());
    all.into()
}

/// Where the record is.
fn origin(at: RowRef, told: &Told<'_>) -> Map<String, Value> {
    let origin = told.snapshot.segment(at).origin(usize::from(at.row));
    let path = told.ledger.path(origin.object);
    let (name, number) = match origin.place {
        Spot::Line(line) => ("line", line),
        Spot::Index(index) => ("index", index),
    };
    let mut all = Map::new();
    all.insert("object".to_owned(), path.as_deref().into());
    all.insert(name.to_owned(), number.into());
    all
}

fn retention(presence: &Presence) -> Value {
    let Some(retention) = &presence.retention else { return Value::Null };
    let reach = |name: Option<&str>, reach: &Reach| {
        let periods = retention.periods.iter().zip(&reach.missing);
        let periods: Vec<Value> = periods
            .map(|((period, from), &missing)| {
                json!({
                    "period": period.to_string(),
                    "from": time_text(from.0),
                    "reached": missing == 0,
                    "missing_seconds": seconds(missing),
                })
            })
            .collect();
        json!({"format": name, "oldest": time_text(reach.oldest), "periods": periods})
    };
    let formats = retention.formats.iter().map(|(format, it)| reach(Some(format), it));
    json!({
        "newest": time_text(retention.newest.0),
        "all": reach(None, &retention.whole),
        "formats": formats.collect::<Vec<_>>(),
    })
}

fn clock(told: &Told<'_>) -> Value {
    let mut formats: Map<String, Value> = Map::new();
    // They are sorted by format.
    for lanes in told.presence.lanes.chunk_by(|one, next| one.format == next.format) {
        let one = json!({
            "clock": Delivery::of(&lanes[0].format).clock.as_str(),
            "untimed": lanes.iter().map(|lane| lane.untimed).sum::<u64>(),
            "later_than_now": lanes.iter().map(|lane| lane.ahead).sum::<u64>(),
        });
        formats.insert(lanes[0].format.clone(), one);
    }
    json!({"formats": formats, "objects_without_zone": told.zoneless.0})
}
