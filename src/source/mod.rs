//! Where bytes come from: files, folders, standard input; and the containers around them.
//!
//! Sources are blocking and stream: nothing holds a whole object in memory. A source does not
//! know what the bytes mean.

/// AWS, or what stands in for it in a program that was built without.
#[cfg_attr(not(feature = "aws"), path = "without.rs")]
pub mod aws;
mod choices;
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "who fetches uses the rest"))]
mod elsewhere;
mod ending;
#[cfg(feature = "aws")]
mod fetches;
mod files;
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "who fetches uses the rest"))]
mod limit;
#[cfg(feature = "aws")]
mod logs;
mod once;
#[cfg(test)]
pub(crate) mod packed;
mod past;
mod pipe;
#[cfg(feature = "aws")]
pub mod s3;
mod stdin;
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "who fetches uses the rest"))]
mod traffic;
pub mod unpack;
#[cfg(feature = "aws")]
mod vault;
#[cfg(all(test, feature = "aws"))]
#[expect(dead_code, unreachable_pub, reason = "here it is there to be tested")]
mod without;

pub use aws::{Aws, Vault};
pub use choices::{Choice, Choices, Kind, choose, is_wide, start};
pub use elsewhere::{Elsewhere, News};
pub use ending::Ending;
pub use files::{Files, LEADS_OUTSIDE, path_of, typed};
pub use limit::Amount;
pub use once::Once;
pub use past::{Cause, End, Past, Version};
pub use stdin::Stdin;
pub use traffic::{Held, Traffic, Transfer, Why};
pub use unpack::{
    Access, HEAD as PACKED_HEAD, Leaves, Limits, Outcome, Unpacked, Visit, begins_packed,
    is_packed, members, reread, unpack,
};

use crate::event::{Cancel, Reason, State, Timestamp, Window, label, layout};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Something that evidence objects can be listed in and read from.
pub trait Source: Send + Sync {
    /// The source as the person gave it, such as `./evidence` or `-`.
    fn name(&self) -> &str;

    /// Lists the objects, in the order of their keys, without holding them all.
    /// What cannot be listed or is left out on purpose is emitted too, with its reason.
    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>);

    /// Opens an object for reading from its first byte. One that lies elsewhere is fetched before,
    /// unless that is called off.
    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason>;

    /// Opens an object again that was opened before; fails with `Changed` if it is no longer the
    /// one that was listed.
    fn reopen(&self, item: &Item) -> Result<Input, Reason>;

    /// The same object as it is now, if that can be told without reading it.
    fn refresh(&self, _: &Item) -> Option<Item> {
        None
    }

    /// What it has besides, if its objects are fetched from elsewhere.
    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        None
    }
}

/// What a listing yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    Item(Item),
    /// Not to be read: `key` names it (a folder's ends in `/`), `state` is `Skipped` or `Failed`.
    Left {
        path: String,
        key: String,
        /// Size as stored, if it is one object and that is known.
        bytes: Option<u64>,
        state: State,
        reason: Reason,
    },
}

impl Listed {
    pub fn key(&self) -> &str {
        match self {
            Self::Item(item) => &item.key,
            Self::Left { key, .. } => key,
        }
    }

    pub fn path(&self) -> &str {
        match self {
            Self::Item(item) => &item.path,
            Self::Left { path, .. } => path,
        }
    }
}

/// An outermost object: a file as it lies on the disk. There may be very many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The source's name joined with the key: what people and output call the object, as a
    /// [`label`](crate::event::label).
    pub path: Arc<str>,
    /// The name below the source's root, parts joined by `/`, as a [`label`](crate::event::label).
    pub key: Ending,
    /// Size in bytes as stored, if known beforehand.
    pub bytes: Option<u64>,
    pub modified: Option<Timestamp>,
    /// How the source finds the object again.
    pub locator: Locator,
}

impl Item {
    /// Its name with all that lies above it, from the root of the file system or the bucket on, as a
    /// [`label`](crate::event::label): what a name says does not depend on how much of it was typed.
    /// Links are followed only if the name as it was typed lies in no layout that says an account, and
    /// that of where they lead does.
    pub fn place(&self) -> Cow<'_, str> {
        let spelled = self.spelled();
        let real = || match &self.locator {
            Locator::File { path, .. } if layout::account(&spelled).is_none() => {
                let real = label(std::fs::canonicalize(path).ok()?.as_os_str().as_bytes());
                layout::account(&real).is_some().then_some(real)
            }
            _ => None,
        };
        match real() {
            Some(real) => Cow::Owned(real),
            None => spelled,
        }
    }

    fn spelled(&self) -> Cow<'_, str> {
        let is_local = matches!(self.locator, Locator::File { .. } | Locator::Pipe(_))
            && &*self.path != "-"
            && scheme(&self.path).is_none();
        let is_plain = self.path.starts_with('/') && !self.path.contains("/..");
        if !is_local || is_plain {
            return Cow::Borrowed(&self.path);
        }
        let Ok(path) = std::path::absolute(path_of(&self.path)) else {
            return Cow::Borrowed(&self.path);
        };
        let mut place = PathBuf::new();
        for part in path.components() {
            match part {
                Component::ParentDir => drop(place.pop()),
                part => place.push(part),
            }
        }
        Cow::Owned(label(place.as_os_str().as_bytes()))
    }
}

/// How a source finds an object again; only the source that made it looks inside.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Locator {
    File {
        path: Box<Path>,
        stamp: Stamp,
    },
    /// A pipe or character device that was named as an argument: can be read once.
    Pipe(PathBuf),
    Stdin,
    /// An object of S3 that was not fetched so far; `etag` tells versions apart.
    S3 {
        etag: Box<str>,
    },
    /// Events of a log group that were not fetched so far, or not all of them.
    Logs,
    /// What was fetched, and is in the vault under this SHA-256.
    Kept {
        sha256: [u8; 32],
        stamp: Stamp,
    },
}

impl Locator {
    /// Whether what it leads to has to be fetched first.
    pub fn is_elsewhere(&self) -> bool {
        matches!(self, Self::S3 { .. } | Self::Logs)
    }

    /// What tells whether the file that it leads to is still what it was.
    pub fn stamp(&self) -> Option<&Stamp> {
        match self {
            Self::File { stamp, .. } | Self::Kept { stamp, .. } => Some(stamp),
            _ => None,
        }
    }
}

/// What tells whether a file is still the one that was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub size: u64,
    pub modified_nanos: i64,
    pub changed_nanos: i64,
    pub inode: u64,
    pub device: u64,
}

/// What makes a file the same under any name: its device and inode.
pub type Identity = (u64, u64);

impl Stamp {
    pub fn identity(&self) -> Identity {
        (self.device, self.inode)
    }

    /// Whether a file of this stamp is what one of the other was. Devices are numbered anew when
    /// they are mounted, so that theirs says nothing.
    pub fn is_still(&self, other: &Self) -> bool {
        *self == Self { device: self.device, ..*other }
    }
}

/// An open object. A file can be read from anywhere, a stream only once.
pub enum Input {
    File(std::fs::File),
    Stream(Box<dyn Read + Send>),
}

/// Why an argument is no source. The message names the argument and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("{argument}: no such file or folder; check the path")]
    NotFound { argument: String },
    #[error(
        "{argument}: {scheme}:// is not supported in this version; copy the objects to a local folder and name that"
    )]
    Scheme { argument: String, scheme: String },
    #[error("{argument}: is a {kind}, which cannot be read as a log; name a file, a folder or -")]
    Kind { argument: String, kind: &'static str },
    #[error("{argument}: no permission to read it; ask for read access")]
    Permission { argument: String },
    #[error("{argument}: {message}")]
    Io { argument: String, message: String },
    #[error("no source was named; name a file, a folder or - for standard input")]
    Empty,
}

/// What it takes to open arguments that name something elsewhere.
#[derive(Debug, Clone)]
pub struct Means {
    pub aws: Aws,
    /// Where what is fetched is kept.
    pub vault: Vault,
    /// Bytes that are fetched of one source at most; what is kept already does not count.
    pub most: u64,
    /// What happened outside it need not be fetched.
    pub window: Window,
    /// The same of single sources, by name.
    pub windows: Arc<BTreeMap<String, Window>>,
    /// Former versions are listed too, as objects of their own.
    pub versions: bool,
    /// Whoever asks agrees to pay for requests and what they bring, where a bucket wants that.
    pub requester_pays: bool,
}

/// Bytes that are fetched unless somebody asks for more: enough for a month of most accounts, and
/// no surprise on a bill or a disk.
pub const FETCHED: u64 = 20_000_000_000;

impl Default for Means {
    fn default() -> Self {
        Self {
            aws: Aws::default(),
            vault: Vault::temporary(),
            most: FETCHED,
            window: Window::default(),
            windows: Arc::default(),
            versions: false,
            requester_pays: false,
        }
    }
}

impl Means {
    /// What is fetched of a source.
    pub fn window_of(&self, source: &str) -> Window {
        self.windows.get(source).copied().unwrap_or(self.window)
    }

    /// The same for everything, whatever holds of single sources.
    #[must_use]
    pub fn within(self, window: Window) -> Self {
        Self { window, windows: Arc::default(), ..self }
    }
}

/// The source that an argument of the command line names: `-`, or the [`label`](crate::event::label)
/// of a file or folder.
pub fn open(argument: &str, means: &Means) -> Result<Box<dyn Source>, SourceError> {
    if argument == "-" {
        return Ok(Box::new(Stdin::new()));
    }
    aws::open(argument, means).unwrap_or_else(|| Ok(Box::new(Files::new(argument)?)))
}

/// Whether an argument names something that does not lie on this host.
pub fn is_elsewhere(argument: &str) -> bool {
    aws::is_named(argument)
}

/// The scheme of `scheme://rest`, if the argument looks like one.
fn scheme(argument: &str) -> Option<&str> {
    let (scheme, _) = argument.split_once("://")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    (!scheme.is_empty() && scheme.chars().all(plain)).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_an_object_is_whole_however_it_was_named() {
        let here = label(std::env::current_dir().unwrap().as_os_str().as_bytes());
        let of = |path: &str, locator| Item {
            path: path.into(),
            key: "a.log".into(),
            bytes: None,
            modified: None,
            locator,
        };
        let file = || Locator::Pipe(PathBuf::new());
        for (path, place) in [
            ("a.log", format!("{here}/a.log")),
            ("./x/../a.log", format!("{here}/a.log")),
            ("/x/y/../a.log", "/x/a.log".to_owned()),
            ("/x/a.log", "/x/a.log".to_owned()),
            ("-", "-".to_owned()),
            ("s3://logs/x/a.log", "s3://logs/x/a.log".to_owned()),
        ] {
            assert_eq!(of(path, file()).place(), place, "{path}");
        }
        assert_eq!(of("a.log", Locator::Stdin).place(), "a.log");
    }

    #[test]
    fn errors_name_the_argument_and_what_to_do() {
        let means = Means::default();
        let open = |argument| open(argument, &means);
        let message = |argument| open(argument).err().map(|error| error.to_string());
        assert!(message("athena://x").unwrap().contains("athena:// is not supported"));
        assert!(message("/no/such/file").unwrap().starts_with("/no/such/file: no such file"));
        assert_eq!(open("").err(), Some(SourceError::Empty));
        assert_eq!(open("-").unwrap().name(), "-");
    }
}
