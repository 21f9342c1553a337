//! The object as acquired: every byte is hashed once, as it passes.

use super::budget::Budget;
use super::window::{Pull, REST};
use crate::event::{Reason, ReasonKind};
use crate::source::Input;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::time::Instant;

const PIECE: usize = 256 << 10;

pub(super) struct Raw<'a> {
    input: Input,
    budget: &'a Budget<'a>,
    hash: Option<Sha256>,
    bytes: u64,
    /// Set when the last byte was read, or no more can be.
    over: Option<Result<(), Reason>>,
}

impl<'a> Raw<'a> {
    pub(super) fn new(input: Input, budget: &'a Budget<'a>) -> Self {
        Self { input, budget, hash: Some(Sha256::new()), bytes: 0, over: None }
    }

    pub(super) fn unhashed(input: Input, budget: &'a Budget<'a>) -> Self {
        Self { hash: None, ..Self::new(input, budget) }
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The hash, if all bytes went into it.
    pub(super) fn sha256(self) -> Option<[u8; 32]> {
        match self.over {
            Some(Ok(())) => self.hash.map(|hash| hash.finalize().into()),
            _ => None,
        }
    }

    /// Reads what is left, for the hash.
    pub(super) fn drain(&mut self) -> Result<(), Reason> {
        // Most objects are over by now, and room that is not needed costs as much as reading them.
        let mut buffer = if self.over.is_none() { vec![0; PIECE] } else { Vec::new() };
        while self.over.is_none() {
            let _ = self.pull(&mut buffer);
        }
        self.over.clone().unwrap_or(Ok(()))
    }

    /// The file, unless it is a stream. What is read of it from anywhere changes nothing of what
    /// is hashed.
    pub(super) fn file(&self) -> Option<&File> {
        match &self.input {
            Input::File(file) => Some(file),
            Input::Stream(_) => None,
        }
    }

    /// The file, to be sought in, unless it is a stream. For a hash, all of it is read beforehand.
    pub(super) fn seekable(&mut self) -> Result<Option<&File>, Reason> {
        if self.hash.is_some() {
            self.drain()?;
        }
        match &mut self.input {
            Input::File(file) => {
                file.seek(SeekFrom::Start(0)).map_err(|error| io_reason(&error, 0))?;
                Ok(Some(file))
            }
            Input::Stream(_) => Ok(None),
        }
    }

    /// `None`: the stream rests.
    fn read(&mut self, into: &mut [u8]) -> Result<Option<usize>, Reason> {
        let mut silent = None;
        loop {
            self.budget.check_cancel()?;
            let result = match &mut self.input {
                Input::File(file) => file.read(into),
                Input::Stream(stream) => stream.read(into),
            };
            match result {
                Ok(count) => return Ok(Some(count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {
                    if silent.get_or_insert_with(Instant::now).elapsed() >= REST {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(io_reason(&error, self.bytes)),
            }
        }
    }
}

impl Pull for Raw<'_> {
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        loop {
            if let Some(count) = self.pull_or_rest(into)? {
                return Ok(count);
            }
        }
    }

    fn pull_or_rest(&mut self, into: &mut [u8]) -> Result<Option<usize>, Reason> {
        if let Some(over) = &self.over {
            return over.clone().map(|()| Some(0));
        }
        match self.read(into) {
            Ok(None) => return Ok(None),
            Ok(Some(0)) => self.over = Some(Ok(())),
            Ok(Some(count)) => {
                self.bytes += count as u64;
                if let Some(hash) = &mut self.hash {
                    hash.update(&into[..count]);
                }
                return Ok(Some(count));
            }
            Err(reason) => self.over = Some(Err(reason)),
        }
        self.over.clone().unwrap_or(Ok(())).map(|()| Some(0))
    }
}

pub(super) fn io_reason(error: &std::io::Error, offset: u64) -> Reason {
    Reason::new(ReasonKind::Io, format!("reading failed: {error}")).at(offset)
}
