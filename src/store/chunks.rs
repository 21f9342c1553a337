//! A list that only grows, of which there may be very many: in pieces of one size, so that it never
//! has much more room than it needs, nor is copied to get it.

use std::ops::{Index, IndexMut};

/// Entries in a piece.
const PIECE: usize = 1 << 10;

#[derive(Debug)]
pub struct Chunks<T> {
    pieces: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { pieces: Vec::new(), len: 0 }
    }
}

impl<T> Chunks<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn push(&mut self, entry: T) {
        match self.pieces.last_mut().filter(|piece| piece.len() < PIECE) {
            Some(piece) => piece.push(entry),
            None => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(entry);
                self.pieces.push(piece);
            }
        }
        self.len += 1;
    }

    pub fn get(&self, at: usize) -> Option<&T> {
        self.pieces.get(at / PIECE)?.get(at % PIECE)
    }

    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.pieces.get_mut(at / PIECE)?.get_mut(at % PIECE)
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flatten()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.pieces.iter_mut().flatten()
    }
}

impl<T> Index<usize> for Chunks<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.pieces[at / PIECE][at % PIECE]
    }
}

impl<T> IndexMut<usize> for Chunks<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.pieces[at / PIECE][at % PIECE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_a_vector_does() {
        let mut chunks = Chunks::default();
        for number in 0..3 * PIECE + 5 {
            assert_eq!((chunks.len(), chunks.get(number)), (number, None));
            chunks.push(number);
        }
        assert!(chunks.iter().copied().eq(0..3 * PIECE + 5));
        chunks[PIECE] = 7;
        *chunks.get_mut(0).unwrap() += 9;
        assert_eq!((chunks[0], chunks[PIECE], chunks[PIECE + 1]), (9, 7, PIECE + 1));
    }
}
