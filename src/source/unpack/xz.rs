//! xz (<https://tukaani.org/xz/xz-file-format.txt>, version 1.2.1): one stream of blocks. What is
//! around the blocks' data is read here, because of the readers of `lzma-rust2` one loses what came
//! of a chunk that is cut off, and the other remembers every block.

mod check;

use super::streams::{Below, Stream};
use check::Check;
use crc32fast::Hasher;
use lzma_rust2::{Action, Lzma2Stream};
use std::io::{self, BufRead, ErrorKind, Read};

/// The largest dictionary: `xz -9` asks for half as much. It grows with what is decoded, whatever
/// the block declares.
const LARGEST_DICTIONARY: u32 = 128 << 20;

/// The only filter that is undone: the compression itself.
const LZMA2: u64 = 0x21;

pub(super) struct Unxz<'a, 'b> {
    below: Below<'a, 'b>,
    /// The stream's flags: how its blocks are checked.
    flags: [u8; 2],
    stage: Stage,
    /// The blocks read so far, with which the index must agree.
    blocks: Blocks,
    /// What went wrong after the last bytes that were given.
    failed: Option<io::Error>,
}

enum Stage {
    Begin,
    Between,
    Block(Box<Block>),
    End,
}

struct Block {
    data: Lzma2Stream,
    header: u64,
    check: Check,
}

#[derive(Default, PartialEq)]
struct Blocks {
    count: u64,
    packed: u64,
    unpacked: u64,
}

impl Unxz<'_, '_> {
    fn stream_header(&mut self) -> io::Result<()> {
        let header: [u8; 12] = bytes(&mut self.below)?;
        if crc32fast::hash(&header[6..8]).to_le_bytes() != header[8..] {
            return Err(damaged("its header has a wrong checksum"));
        }
        self.flags = [header[6], header[7]];
        Ok(())
    }

    /// The next block; `None` at the end of the stream.
    fn block(&mut self) -> io::Result<Option<Block>> {
        let [size] = bytes(&mut self.below)?;
        if size == 0 {
            return self.index().and_then(|size| self.footer(size)).map(|()| None);
        }
        let mut header = vec![0; (usize::from(size) + 1) * 4];
        header[0] = size;
        self.below.read_exact(&mut header[1..])?;
        let Some((told, checksum)) = header.split_last_chunk::<4>() else { return Ok(None) };
        if crc32fast::hash(told).to_le_bytes() != *checksum {
            return Err(damaged("a block's header has a wrong checksum"));
        }
        let dictionary = dictionary(&told[1..])?;
        Ok(Some(Block {
            data: Lzma2Stream::new(dictionary),
            header: header.len() as u64,
            check: Check::new(self.flags)?,
        }))
    }

    /// Gives the next bytes of the block; none at its end.
    fn data(&mut self, block: &mut Block, into: &mut [u8]) -> io::Result<usize> {
        while !block.data.is_finished() {
            let input = if block.data.has_output() { &[] } else { self.below.fill_buf()? };
            let ended = input.is_empty() && !block.data.has_output();
            let action = if ended { Action::Finish } else { Action::Run };
            let before = (block.data.total_in(), block.data.total_out());
            let result = block.data.process(input, into, action);
            let taken = (block.data.total_in() - before.0) as usize;
            let given = (block.data.total_out() - before.1) as usize;
            self.below.consume(taken);
            block.check.update(&into[..given]);
            if given > 0 {
                self.failed = result.err();
                return Ok(given);
            }
            result?;
            if taken == 0 && !block.data.is_finished() {
                return Err(if ended {
                    ErrorKind::UnexpectedEof.into()
                } else {
                    damaged("no progress")
                });
            }
        }
        Ok(0)
    }

    /// What follows the data of a block.
    fn block_end(&mut self, block: Block) -> io::Result<()> {
        let packed = block.data.total_in();
        padding(&mut self.below, packed)?;
        let header = block.header;
        let unpacked = block.data.total_out();
        let check = block.check.verify(&mut self.below)?;
        self.blocks.add(header + packed + check, unpacked);
        Ok(())
    }

    /// The index, after its first byte, which tells it from a block; gives its length.
    fn index(&mut self) -> io::Result<u64> {
        let mut index = Summed { below: &mut self.below, crc: Hasher::new(), size: 1 };
        index.crc.update(&[0]);
        let mut told = Blocks::default();
        for _ in 0..number(&mut index)? {
            if told.count >= self.blocks.count {
                return Err(damaged("the index tells of more blocks than there are"));
            }
            told.add(number(&mut index)?, number(&mut index)?);
        }
        let size = index.size;
        padding(&mut index, size)?;
        let (size, checksum) = (index.size, index.crc.finalize());
        if told != self.blocks {
            return Err(damaged("the index tells of other blocks than there are"));
        }
        if checksum.to_le_bytes() != bytes(&mut self.below)? {
            return Err(damaged("the index has a wrong checksum"));
        }
        Ok(size + 4)
    }

    fn footer(&mut self, index: u64) -> io::Result<()> {
        let footer: [u8; 12] = bytes(&mut self.below)?;
        let mut told = [0; 4];
        told.copy_from_slice(&footer[4..8]);
        let right = crc32fast::hash(&footer[4..10]).to_le_bytes() == footer[..4]
            && (u64::from(u32::from_le_bytes(told)) + 1) * 4 == index
            && footer[8..10] == self.flags
            && &footer[10..] == b"YZ";
        if right {
            Ok(())
        } else {
            Err(damaged("the end of the stream is not that of this stream"))
        }
    }
}

impl Read for Unxz<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            self.stage = match std::mem::replace(&mut self.stage, Stage::End) {
                Stage::Begin => {
                    self.stream_header()?;
                    Stage::Between
                }
                Stage::Between => match self.block()? {
                    Some(block) => Stage::Block(Box::new(block)),
                    None => Stage::End,
                },
                Stage::Block(mut block) => {
                    let given = self.data(&mut block, into)?;
                    if given > 0 {
                        self.stage = Stage::Block(block);
                        return Ok(given);
                    }
                    self.block_end(*block)?;
                    Stage::Between
                }
                Stage::End => return Ok(0),
            }
        }
    }
}

impl<'a, 'b> Stream<'a, 'b> for Unxz<'a, 'b> {
    const NAME: &'static str = "xz";
    const MAGIC: &'static [u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];

    fn begin(below: Below<'a, 'b>) -> Self {
        let (stage, blocks) = (Stage::Begin, Blocks::default());
        Self { below, flags: [0; 2], stage, blocks, failed: None }
    }

    fn below(&self) -> &Below<'a, 'b> {
        &self.below
    }

    fn end(self) -> Below<'a, 'b> {
        self.below
    }
}

impl Blocks {
    fn add(&mut self, packed: u64, unpacked: u64) {
        self.count += 1;
        self.packed = self.packed.wrapping_add(packed);
        self.unpacked = self.unpacked.wrapping_add(unpacked);
    }
}

/// Reads, and sums what it read.
struct Summed<'r, R> {
    below: &'r mut R,
    crc: Hasher,
    size: u64,
}

impl<R: Read> Read for Summed<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.below.read(into)?;
        self.crc.update(&into[..count]);
        self.size += count as u64;
        Ok(count)
    }
}

fn bytes<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A number of at most 63 bits, seven in a byte, the lowest first.
fn number(from: &mut impl Read) -> io::Result<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let [byte] = bytes(from)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(damaged("a number that is too long"))
}

/// Zeros, up to the next multiple of four after so many bytes.
fn padding(from: &mut impl Read, size: u64) -> io::Result<()> {
    for _ in 0..(4 - size % 4) % 4 {
        if bytes(from)? != [0] {
            return Err(damaged("padding that is not zero"));
        }
    }
    Ok(())
}

/// The size of the dictionary that a block's header tells, after its first byte.
fn dictionary(header: &[u8]) -> io::Result<u32> {
    let mut rest = header;
    let [flags] = bytes(&mut rest)?;
    if flags & 0x3c != 0 {
        return Err(unknown("a block of an unknown kind"));
    }
    let sizes = u32::from(flags & 0x40 != 0) + u32::from(flags & 0x80 != 0);
    for _ in 0..sizes {
        // What a block declares to hold is not believed; the index is compared with what it held.
        number(&mut rest)?;
    }
    if flags & 3 != 0 || number(&mut rest)? != LZMA2 {
        return Err(unknown("a filter for programs or pictures"));
    }
    let (size, [bits]) = (number(&mut rest)?, bytes(&mut rest)?);
    if size != 1 || bits > 40 {
        return Err(damaged("a block's header tells no dictionary"));
    }
    let dictionary = (2 | u64::from(bits & 1)) << (bits / 2 + 11);
    match u32::try_from(dictionary) {
        Ok(dictionary) if dictionary <= LARGEST_DICTIONARY => Ok(dictionary),
        _ => Err(unknown(&format!("a dictionary of more than {} MiB", LARGEST_DICTIONARY >> 20))),
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

fn unknown(what: &str) -> io::Error {
    let message = format!("{what}, which is not read here; unpack it first (xz -dk)");
    io::Error::new(ErrorKind::Unsupported, message)
}
