//! What kind of thing an OCSF event is, by the number of its class.

use crate::event::Class;
use crate::format::activity::cloudtrail::class;

/// What is known of an event's kind.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// `class_uid`, without the extension that it may come from.
    pub(super) number: u32,
    pub(super) category: u32,
    pub(super) activity: u32,
}

impl Kind {
    /// Whether such events are about calls of an interface.
    pub(super) fn is_call(self) -> bool {
        !matches!(self.category, 1 | 4 | 7)
    }

    pub(super) fn is_sign_in(self) -> bool {
        matches!(self.number, 3002 | 3003)
    }

    pub(super) fn is_finding(self) -> bool {
        self.category == 2
    }

    /// Early versions numbered classes otherwise; calls are told by the title of theirs.
    pub(super) fn class(self, title: &str, service: &str, operation: &str) -> Class {
        if title == "API Activity" || self.number == 6003 {
            return self.call(service, operation);
        }
        match self.number {
            1001 | 6001 => self.data(),
            1006 => Class::Config,
            1008 => Class::AuditSystem,
            3001 => Class::Account,
            3002 | 3003 => Class::Auth,
            3005 | 3006 => Class::Permission,
            // Connecting, encrypting and decrypting count from another number.
            6005 => match self.activity {
                1 | 4 | 8 | 10 => Class::DataRead,
                2 | 5 | 6 | 9 => Class::DataWrite,
                7 => Class::DataDelete,
                _ => Class::Other,
            },
            6006 => match self.activity {
                1 | 3 | 5 | 8 => Class::DataWrite,
                2 | 6 | 7 => Class::DataRead,
                4 => Class::DataDelete,
                _ => Class::Other,
            },
            6004 => Class::DataRead,
            6008 => Class::SystemError,
            _ => match self.category {
                1 => Class::Process,
                2 => Class::Finding,
                3 => Class::Config,
                4 => Class::Network,
                _ => Class::Other,
            },
        }
    }

    /// Calls of AWS are what they are in its own logs; of others no more is known than whether
    /// they read.
    fn call(self, service: &str, operation: &str) -> Class {
        if service.ends_with(".amazonaws.com") {
            return class::of(service, operation, self.activity == 2);
        }
        match self.activity {
            1 | 3 | 4 => Class::Config,
            _ => Class::Other,
        }
    }

    /// Creating, reading, updating and deleting, which most classes about data number from 1.
    fn data(self) -> Class {
        match self.activity {
            2 | 7..=9 => Class::DataRead,
            4 => Class::DataDelete,
            1 | 3 | 5 | 6 => Class::DataWrite,
            _ => Class::Other,
        }
    }
}
