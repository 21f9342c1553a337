//! Codecs whose crates' decoders are those of [`Streams`](super::streams::Streams): bzip2, the
//! framing format of snappy (which has no end mark) and lz4 frames.

use super::streams::{Below, Stream};
use bzip2::bufread::BzDecoder;
use lz4_flex::frame::FrameDecoder as Lz4Decoder;
use snap::read::FrameDecoder as SnapDecoder;

pub(super) type Bunzip2<'a, 'b> = BzDecoder<Below<'a, 'b>>;
pub(super) type Unsnappy<'a, 'b> = SnapDecoder<Below<'a, 'b>>;
pub(super) type Unlz4<'a, 'b> = Lz4Decoder<Below<'a, 'b>>;

/// The decoders call these three things alike, and share no trait for them.
macro_rules! stream {
    ($decoder:ident, $name:literal, magic: $magic:expr, ends: $ends:literal) => {
        impl<'a, 'b> Stream<'a, 'b> for $decoder<'a, 'b> {
            const NAME: &'static str = $name;
            const MAGIC: &'static [u8] = $magic;
            const ENDS: bool = $ends;

            fn begin(below: Below<'a, 'b>) -> Self {
                Self::new(below)
            }

            fn below(&self) -> &Below<'a, 'b> {
                self.get_ref()
            }

            fn end(self) -> Below<'a, 'b> {
                self.into_inner()
            }
        }
    };
}

stream!(Bunzip2, "bzip2", magic: b"BZh", ends: true);
stream!(Unsnappy, "snappy", magic: b"\xff\x06\0\0sNaPpY", ends: false);
stream!(Unlz4, "lz4", magic: &[0x04, 0x22, 0x4d, 0x18], ends: true);
