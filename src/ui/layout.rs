//! Where things stand on the screen, as plain arithmetic over its size. The same in every view:
//! tabs and filter on top, panes, hints and status at the bottom.

use ratatui::layout::Rect;

/// The smallest screen that shows everything; smaller ones say so, and still save and quit.
pub const SMALLEST: (u16, u16) = (60, 16);

/// The fixed lines of every view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    pub tabs: Rect,
    pub query: Rect,
    /// Below the query line: a caret and a message; empty unless something is wrong or typed.
    pub advice: Rect,
    pub body: Rect,
    pub hints: Rect,
    pub status: Rect,
}

impl Frame {
    /// `advice` is how many lines are wanted below the query.
    pub fn new(area: Rect, advice: u16) -> Self {
        let row = |y: u16, height: u16| {
            let y = y.min(area.height);
            Rect { y: area.y + y, height: height.min(area.height - y), ..area }
        };
        let foot = area.height.saturating_sub(2);
        let advice = advice.min(foot.saturating_sub(2));
        Self {
            tabs: row(0, 1),
            query: row(1, 1),
            advice: row(2, advice),
            body: row(2 + advice, foot.saturating_sub(2 + advice)),
            hints: row(foot, 1),
            status: row(foot + 1, 1),
        }
    }
}

/// The panes of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panes {
    /// One row for each lane, then the axis.
    pub lanes: Rect,
    /// Its first row is the header.
    pub table: Rect,
    /// Beside the table, or below it as a peek; its first row is the title.
    pub detail: Rect,
    /// Third pane on wide screens: counts and links of the event.
    pub context: Rect,
}

/// Which pane fills the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zoom {
    #[default]
    None,
    Table,
    Detail,
}

impl Panes {
    pub fn new(body: Rect, lanes: usize, zoom: Zoom) -> Self {
        let empty = Rect { x: body.x, y: body.y, width: 0, height: 0 };
        if zoom == Zoom::Detail {
            return Self { lanes: empty, table: empty, detail: body, context: empty };
        }
        let most = match body.height + 4 {
            0..30 => 6,
            30..44 => 8,
            _ => 12,
        };
        let rows = (lanes.clamp(1, most) as u16 + 1).min(body.height / 2);
        let lanes = Rect { height: rows, ..body };
        let below = Rect { y: body.y + rows, height: body.height - rows, ..body };
        if zoom == Zoom::Table {
            return Self { lanes, table: below, detail: empty, context: empty };
        }
        match body.width {
            0..100 => {
                // The peek: its title and three lines, if the table keeps more than it.
                let peek = if below.height >= 12 { 4 } else { 0 };
                let table = Rect { height: below.height - peek, ..below };
                let detail = Rect { y: table.bottom(), height: peek, ..below };
                Self { lanes, table, detail, context: empty }
            }
            100..160 => {
                let width = body.width * 2 / 5;
                let table = Rect { width: body.width - width - 1, ..below };
                let detail = Rect { x: table.right() + 1, width, ..below };
                Self { lanes, table, detail, context: empty }
            }
            _ => {
                let context_width = 36;
                let width = (body.width - context_width) * 2 / 5;
                let table = Rect { width: body.width - context_width - width - 1, ..below };
                let detail = Rect { x: table.right() + 1, width, ..below };
                let context = Rect { x: detail.right(), width: context_width, ..below };
                Self { lanes, table, detail, context }
            }
        }
    }
}

/// Columns beside a box that say nothing more: it takes them.
const SCRAPS: u16 = 12;

/// A box in the middle of the body, of this size at most; as wide as the body where next to
/// nothing of what lies below could be read beside it.
pub fn middle(body: Rect, width: u16, height: u16) -> Rect {
    let width = if width + SCRAPS >= body.width { body.width } else { width };
    let height = height.min(body.height);
    Rect {
        x: body.x + (body.width - width) / 2,
        y: body.y + (body.height - height) / 2,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_stands_outside_or_in_the_way(
            width in 0u16..260, height in 0u16..90, advice in 0u16..12, lanes in 0usize..40,
        ) {
            let area = Rect { x: 0, y: 0, width, height };
            let frame = Frame::new(area, advice);
            let lines = [frame.tabs, frame.query, frame.advice, frame.body, frame.hints, frame.status];
            for zoom in [Zoom::None, Zoom::Table, Zoom::Detail] {
                let p = Panes::new(frame.body, lanes, zoom);
                for pane in [p.lanes, p.table, p.detail, p.context] {
                    prop_assert_eq!(pane.intersection(frame.body).area(), pane.area());
                }
                let sum = p.lanes.area() + p.table.area() + p.detail.area() + p.context.area();
                prop_assert!(sum <= frame.body.area());
            }
            for line in lines {
                prop_assert_eq!(line.intersection(area).area(), line.area());
            }
        }
    }
}
