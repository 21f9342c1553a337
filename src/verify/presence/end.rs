//! The end of a lane: what its having no events since the last one means.

use super::cover::{Basis, Cover};
use super::gaps::is_long;
use crate::event::Timestamp;
use crate::event::classes::words;
use crate::format::Delivery;

words! {
    /// What the time after a lane's last event is.
    EndState {
        /// What happened since may still be on its way.
        NotYetDelivered = "not_yet_delivered",
        /// The source is often quiet for so long.
        Usual = "usual",
        /// It should have been heard of by now.
        Silent = "silent",
        /// Too few events to know what is usual.
        Unknown = "unknown",
    }
}

/// The time from a lane's last event to the newest event of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    pub state: EndState,
    /// Nanoseconds since the last event.
    pub since: i64,
    /// Of the part of it by which everything should have come.
    pub basis: Basis,
}

pub(super) fn end(
    last: i64,
    newest: i64,
    usual: Option<i64>,
    (cover, delivery): (&Cover, &Delivery),
) -> End {
    let since = newest.saturating_sub(last).max(0);
    let lag = delivery.lag.map(|lag| i64::from(lag.longest) * Timestamp::SECOND);
    let late = since.saturating_sub(lag.unwrap_or(0));
    let state = match (lag, usual) {
        (Some(lag), _) if since <= lag => EndState::NotYetDelivered,
        (_, Some(usual)) if is_long(late, usual) => EndState::Silent,
        (_, Some(_)) => EndState::Usual,
        (_, None) if since == 0 => EndState::Usual,
        (_, None) => EndState::Unknown,
    };
    End { state, since, basis: cover.basis(last, last.saturating_add(late.max(0))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_its_way_is_not_silent() {
        let state = |format: &str, minutes: i64, usual: Option<i64>| {
            let delivery = Delivery::of(format);
            let usual = usual.map(|usual| usual * Timestamp::MINUTE);
            end(0, minutes * Timestamp::MINUTE, usual, (&Cover::default(), &delivery)).state
        };
        assert_eq!(state("cloudtrail", 15, Some(1)), EndState::NotYetDelivered);
        assert_eq!(state("cloudtrail", 24, Some(1)), EndState::Usual);
        assert_eq!(state("cloudtrail", 26, Some(1)), EndState::Silent);
        assert_eq!(state("cloudtrail", 600, Some(60)), EndState::Usual);
        assert_eq!(state("cloudtrail", 16, None), EndState::Unknown);
        assert_eq!(state("guardduty", 60, Some(1)), EndState::NotYetDelivered);
        assert_eq!(state("guardduty", 120, Some(1)), EndState::Silent, "no guide says six hours");
        assert_eq!(state("syslog", 4, Some(1)), EndState::Usual, "nobody is asked to wait");
        assert_eq!(state("syslog", 11, Some(1)), EndState::Silent);
        assert_eq!(state("syslog", 0, None), EndState::Usual);
    }
}
