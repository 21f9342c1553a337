//! Where bytes come from: files, folders, standard input; and the containers around them.
//!
//! Sources are blocking and stream: nothing holds a whole object in memory. A source does not
//! know what the bytes mean.

use crate::event::{Cancel, Reason, State, Timestamp};
use std::io::Read;
use std::ops::ControlFlow;

/// Something that evidence objects can be listed in and read from.
pub trait Source: Send + Sync {
    /// The source as the person gave it, such as `./evidence` or `-`.
    fn name(&self) -> &str;

    /// Lists the objects, in the order of their keys, without holding them all.
    /// What cannot be listed or is left out on purpose is emitted too, with its reason.
    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>);

    /// Opens an object for reading from its first byte.
    fn open(&self, item: &Item) -> Result<Input, Reason>;
}

/// What a listing yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    Item(Item),
    /// Not to be read: `key` names it, `state` is `Skipped` or `Failed`.
    Left {
        path: String,
        key: String,
        state: State,
        reason: Reason,
    },
}

/// An outermost object: a file as it lies on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The source's name joined with the key: what people and output call the object.
    pub path: String,
    /// The name below the source's root, parts joined by `/`. Bytes that are no UTF-8 stand as
    /// `\xNN`; the key is for people and is never turned back into a path.
    pub key: String,
    /// Size in bytes as stored, if known beforehand.
    pub bytes: Option<u64>,
    pub modified: Option<Timestamp>,
    /// How the source finds the object again.
    pub locator: Locator,
}

/// How a source finds an object again; only the source that made it looks inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locator {
    File { path: std::path::PathBuf, stamp: Stamp },
    Stdin,
}

/// What tells whether a file is still the one that was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub size: u64,
    pub modified_nanos: i64,
    pub changed_nanos: i64,
    pub inode: u64,
}

/// An open object. A file can be read from anywhere, a stream only once.
pub enum Input {
    File(std::fs::File),
    Stream(Box<dyn Read + Send>),
}
