//! One screen: what a view drew, swept for hostile cells, compared with what is shown, sent.

use super::painter::Painter;
use super::stats::{FrameStats, Statistics};
use super::{Glyphs, net};
use ratatui::Frame;
use ratatui::layout::Size;
use std::io::{self, Write};
use std::time::Instant;

/// Tests of views measure their bytes with one of these over a `Vec<u8>`.
pub(in crate::ui) struct Screen<W: Write> {
    inner: ratatui::Terminal<Painter<W>>,
    glyphs: Glyphs,
    pub(in crate::ui) slips: u64,
    pub(super) statistics: Statistics,
}

impl<W: Write> Screen<W> {
    pub(in crate::ui) fn new(
        out: W,
        size: Box<dyn Fn() -> Size + Send>,
        glyphs: Glyphs,
    ) -> io::Result<Self> {
        let inner = ratatui::Terminal::new(Painter::new(out, size))?;
        Ok(Self { inner, glyphs, slips: 0, statistics: Statistics::default() })
    }

    pub(in crate::ui) fn draw(
        &mut self,
        view: impl FnOnce(&mut Frame<'_>),
    ) -> io::Result<FrameStats> {
        let start = Instant::now();
        let (bytes, writes) = (self.painter().bytes, self.painter().writes);
        let mut slips = 0;
        let glyphs = self.glyphs;
        let mut drawn = start;
        self.inner.draw(|frame| {
            view(frame);
            slips = net::sweep(frame.buffer_mut(), glyphs);
            drawn = Instant::now();
        })?;
        self.slips += slips;
        let micros = |from: Instant, to: Instant| {
            u32::try_from(to.duration_since(from).as_micros()).unwrap_or(u32::MAX)
        };
        let stats = FrameStats {
            bytes: self.painter().bytes - bytes,
            writes: self.painter().writes - writes,
            micros_draw: micros(start, drawn),
            micros_write: micros(drawn, Instant::now()),
        };
        self.statistics.push(stats);
        Ok(stats)
    }

    /// Lets the next frame paint everything.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    pub(super) fn painter(&mut self) -> &mut Painter<W> {
        self.inner.backend_mut()
    }
}

#[cfg(test)]
mod tests;
