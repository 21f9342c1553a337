//! Codecs whose crates' decoders are those of [`Streams`](super::streams::Streams): bzip2, the
//! framing format of snappy (which has no end mark) and lz4 frames.

use super::streams::{Below, Stream};
use bzip2::bufread::BzDecoder;
use lz4_flex::frame::FrameDecoder as Lz4Decoder;
use snap::read::FrameDecoder as SnapDecoder;

pub(super) type Bunzip2<'a, 'b> = BzDecoder<Below<'a, 'b>>;
pub(super) type Unsnappy<'a, 'b> = SnapDecoder<Below<'a, 'b>>;
pub(super) type Unlz4<'a, 'b> = Lz4Decoder<Below<'a, 'b>>;

impl<'a, 'b> Stream<'a, 'b> for Bunzip2<'a, 'b> {
    const NAME: &'static str = "bzip2";
    const MAGIC: &'static [u8] = b"BZh";

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

impl<'a, 'b> Stream<'a, 'b> for Unsnappy<'a, 'b> {
    const NAME: &'static str = "snappy";
    const MAGIC: &'static [u8] = b"\xff\x06\0\0sNaPpY";
    const ENDS: bool = false;

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

impl<'a, 'b> Stream<'a, 'b> for Unlz4<'a, 'b> {
    const NAME: &'static str = "lz4";
    const MAGIC: &'static [u8] = &[0x04, 0x22, 0x4d, 0x18];

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
