//! The closed lists: what kind of thing happened, how it ended, and what is proven of the record.

/// Declares an enum whose variants have one fixed text each, with `ALL`, `as_str` and `parse`.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$inner])* $variant),* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

/// Lets words stand in files: as their texts, and nothing else is read.
macro_rules! words_in_files {
    ($($name:ident),* $(,)?) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(from)?;
                Self::parse(&word).ok_or_else(|| {
                    serde::de::Error::custom(format_args!(
                        concat!("{:?} is no ", stringify!($name)), word
                    ))
                })
            }
        }
    )*};
}
pub(crate) use words_in_files;

words_in_files!(Standing);

words! {
    /// What kind of thing an event is; every format sets it.
    Class {
        Auth = "auth",
        Account = "account",
        Permission = "permission",
        Config = "config",
        DataRead = "data-read",
        DataWrite = "data-write",
        DataDelete = "data-delete",
        Process = "process",
        Network = "network",
        AuditSystem = "audit-system",
        SystemError = "system-error",
        Intrusion = "intrusion",
        Finding = "finding",
        Cost = "cost",
        Other = "other",
    }
}

words! {
    /// How an event ended. `Denied` is a failure because somebody was not allowed.
    Outcome {
        Success = "success",
        Failure = "failure",
        Denied = "denied",
        Unknown = "unknown",
    }
}

words! {
    /// What is proven about a record's integrity.
    Standing {
        Verified = "verified",
        Modified = "modified",
        Unlisted = "unlisted",
        Unverifiable = "unverifiable",
        NotCovered = "not_covered",
    }
}
