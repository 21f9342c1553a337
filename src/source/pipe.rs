//! Reading what may have nothing to give for a long time, without being stuck in it: whoever
//! reads is asked again and again, and can stop.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, ErrorKind, Read};

/// Work looks at its cancel flag at least this often.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// A pipe, terminal or device. A read fails with [`ErrorKind::Interrupted`] when nothing has come
/// for a tenth of a second, which readers take for "try again"; ours look at their cancel flag
/// before they do.
#[derive(Debug)]
pub(super) struct Pipe(pub(super) File);

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut wanted = [PollFd::new(&self.0, PollFlags::IN)];
        if poll(&mut wanted, Some(&PATIENCE))? == 0 {
            return Err(ErrorKind::Interrupted.into());
        }
        self.0.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => ErrorKind::Interrupted.into(),
            _ => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::OwnedFd;

    #[test]
    fn silence_can_be_left_and_nothing_is_lost() {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut pipe = Pipe(File::from(OwnedFd::from(reader)));
        let mut buffer = [0; 8];
        let silent = |pipe: &mut Pipe, buffer: &mut [u8]| {
            pipe.read(buffer).is_err_and(|error| error.kind() == ErrorKind::Interrupted)
        };
        assert!(silent(&mut pipe, &mut buffer));
        writer.write_all(b"one").unwrap();
        assert_eq!(pipe.read(&mut buffer).unwrap(), 3);
        assert_eq!(&buffer[..3], b"one");
        assert!(silent(&mut pipe, &mut buffer));
        drop(writer);
        assert_eq!(pipe.read(&mut buffer).unwrap(), 0);
    }
}
