//! The codecs that [`Streams`](super::streams::Streams) reads: bzip2, xz, the framing format of
//! snappy (which has no end mark) and lz4 frames.

use super::streams::{Below, Stream};
use bzip2::bufread::BzDecoder;
use lz4_flex::frame::FrameDecoder as Lz4Decoder;
use lzma_rust2::XzReader;
use snap::read::FrameDecoder as SnapDecoder;

pub(super) type Bunzip2<'a, 'b> = BzDecoder<Below<'a, 'b>>;
pub(super) type Unxz<'a, 'b> = XzReader<Below<'a, 'b>>;
pub(super) type Unsnappy<'a, 'b> = SnapDecoder<Below<'a, 'b>>;
pub(super) type Unlz4<'a, 'b> = Lz4Decoder<Below<'a, 'b>>;

/// What a block of xz may take to decode, in KiB: `xz -9` asks for half as much. The dictionary
/// grows with what is decoded, whatever the block declares.
const XZ_MEMORY: u32 = 129 << 10;

impl<'a, 'b> Stream<'a, 'b> for Bunzip2<'a, 'b> {
    const NAME: &'static str = "bzip2";
    const COMMAND: &'static str = "bzip2 -dk";
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

impl<'a, 'b> Stream<'a, 'b> for Unxz<'a, 'b> {
    const NAME: &'static str = "xz";
    const COMMAND: &'static str = "xz -dk";
    const MAGIC: &'static [u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];

    fn begin(below: Below<'a, 'b>) -> Self {
        Self::new_mem_limit(below, false, XZ_MEMORY)
    }

    fn below(&self) -> &Below<'a, 'b> {
        self.inner()
    }

    fn end(self) -> Below<'a, 'b> {
        self.into_inner()
    }
}

impl<'a, 'b> Stream<'a, 'b> for Unsnappy<'a, 'b> {
    const NAME: &'static str = "snappy";
    const COMMAND: &'static str = "snzip -dk";
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
    const COMMAND: &'static str = "lz4 -dk";
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
