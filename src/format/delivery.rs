//! How logs get from what happens to where they can be read: who writes them, how late, and what
//! is promised of it.
//!
//! Without this nobody can tell silence from what is on its way. Numbers and promises are those of
//! the services' own guides; where a guide names no longest time, an hour is allowed for, since
//! to call a source silent is the heavier mistake.

use super::formats;
use crate::event::classes::words;

words! {
    /// What writes logs in an account: the sources whose absence says something.
    Service {
        CloudTrail = "CloudTrail",
        Config = "Config",
        GuardDuty = "GuardDuty",
        FlowLogs = "VPC flow logs",
        SecurityHub = "Security Hub",
        LoadBalancer = "ELB access logs",
        ObjectAccess = "S3 access logs",
        Dns = "Resolver query logs",
        Firewall = "WAF logs",
        LogGroups = "CloudWatch Logs",
        /// Where logs are kept.
        Buckets = "S3 buckets",
    }
}

words! {
    /// Whose clock the records' times are from.
    Clock {
        /// Those of AWS, which are kept right, and state UTC.
        Aws = "aws",
        /// Of the host or the program that wrote the record: nothing is known of it.
        Writer = "writer",
    }
}

/// Seconds between what happens and its record's being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    pub usual: u32,
    /// What is not there by then is late.
    pub longest: u32,
}

/// How a format's logs are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Who writes them; `None` for what hosts and programs write themselves.
    pub service: Option<Service>,
    /// `None` if it depends on who collects them.
    pub lag: Option<Lag>,
    /// How often something comes, in words.
    pub cadence: &'static str,
    /// What is promised of it, in words.
    pub guarantee: &'static str,
    pub clock: Clock,
}

impl Delivery {
    /// What hosts and programs write, whoever brought it here.
    pub const UNKNOWN: Self = Self {
        service: None,
        lag: None,
        cadence: "as they have something to say",
        guarantee: "nothing: it depends on who writes and who collects them",
        clock: Clock::Writer,
    };

    /// Of the format of this id; what is no format is delivered in ways unknown.
    pub fn of(format: &str) -> Self {
        let format = formats().iter().find(|known| known.schema().id == format);
        format.map_or(Self::UNKNOWN, |format| format.delivery())
    }
}

impl Service {
    /// Whether there is a format that reads what it writes.
    pub fn is_read(self) -> bool {
        formats().iter().any(|format| format.delivery().service == Some(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_states_a_lag_with_its_service_or_neither() {
        for format in formats() {
            let Delivery { service, lag, cadence, guarantee, .. } = format.delivery();
            let id = &format.schema().id;
            assert_eq!(service.is_some(), lag.is_some(), "{id}");
            assert!(lag.is_none_or(|lag| 0 < lag.usual && lag.usual <= lag.longest), "{id}");
            assert!(!cadence.is_empty() && !guarantee.is_empty(), "{id}");
        }
        assert_eq!(Delivery::of("vpc_flow").service, Some(Service::FlowLogs));
        assert_eq!(Delivery::of("nothing such"), Delivery::UNKNOWN);
        assert!(Service::CloudTrail.is_read());
    }
}
