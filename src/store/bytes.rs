//! How the parts of a segment are spelled in a file: little-endian numbers, arrays behind their
//! length. **What is read is checked**, so that bytes of any kind make either a part that can be
//! used or none.

/// A part that can be written to a file and read again.
pub(super) trait Stored: Sized {
    fn write(&self, out: &mut Out);

    /// Reads a part with a value for each of `len` rows; `None` if these bytes are none.
    fn read(input: &mut Input<'_>, len: usize) -> Option<Self>;

    /// Bytes on the heap.
    fn heap(&self) -> usize;
}

/// A part of a segment that can be left out of memory.
pub(super) trait Blank: Stored {
    /// What stands for it when its bytes are lost.
    fn blank(len: usize) -> Self;
}

/// Bytes being written.
#[derive(Default)]
pub(super) struct Out(pub(super) Vec<u8>);

impl Out {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// An array of numbers of `N` bytes each.
    pub(super) fn array<T: Copy, const N: usize>(&mut self, values: &[T], spell: fn(T) -> [u8; N]) {
        self.number(values.len() as u64);
        let before = self.0.len();
        self.0.resize(before + N * values.len(), 0);
        let (places, _) = self.0[before..].as_chunks_mut::<N>();
        for (place, value) in places.iter_mut().zip(values) {
            *place = spell(*value);
        }
    }
}

/// Bytes being read; what is read is taken away from the front.
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    pub(super) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.size()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// An array as [`Out::array`] writes it.
    pub(super) fn array<T, const N: usize>(&mut self, read: fn([u8; N]) -> T) -> Option<Box<[T]>> {
        let bytes = self.size()?.checked_mul(N)?;
        let (bytes, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(bytes.as_chunks::<N>().0.iter().map(|value| read(*value)).collect())
    }

    /// `value`, if nothing is left.
    pub(super) fn end<T>(&self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

/// One for each row, or none at all.
impl Stored for Box<[u64]> {
    fn write(&self, out: &mut Out) {
        out.array(self, u64::to_le_bytes);
    }

    fn read(input: &mut Input<'_>, len: usize) -> Option<Self> {
        input.array(u64::from_le_bytes).filter(|values| values.is_empty() || values.len() == len)
    }

    fn heap(&self) -> usize {
        size_of_val(&**self)
    }
}

impl Blank for Box<[u64]> {
    fn blank(len: usize) -> Self {
        vec![0; len].into()
    }
}
