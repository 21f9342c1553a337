//! What colours and glyphs mean. Roles are meanings, never colours or places.

use crate::event::classes::words;

words! {
    /// What something on the screen is; a theme gives each a style.
    Role {
        Text = "text",
        Muted = "muted",
        /// Text that stands for hostile bytes.
        Hazard = "hazard",
        Border = "border",
        BorderFocus = "border.focus",
        Title = "title",
        Header = "header",
        Tab = "tab",
        TabActive = "tab.active",
        RowCursor = "row.cursor",
        RowSelected = "row.selected",
        RowMark = "row.mark",
        RowDimmed = "row.dimmed",
        Status = "status",
        StatusBusy = "status.busy",
        StatusSaved = "status.saved",
        StatusSaving = "status.saving",
        StatusUnsaved = "status.unsaved",
        Query = "query",
        QueryField = "query.field",
        QueryOperator = "query.operator",
        QueryValue = "query.value",
        QueryOff = "query.off",
        QueryError = "query.error",
        Match = "match",
        Completion = "completion",
        SeverityInfo = "severity.info",
        SeverityLow = "severity.low",
        SeverityMedium = "severity.medium",
        SeverityHigh = "severity.high",
        SeverityCritical = "severity.critical",
        OutcomeSuccess = "outcome.success",
        OutcomeFailure = "outcome.failure",
        OutcomeDenied = "outcome.denied",
        StandingVerified = "standing.verified",
        StandingModified = "standing.modified",
        StandingUnlisted = "standing.unlisted",
        StandingUnverifiable = "standing.unverifiable",
        LaneBar = "lane.bar",
        LaneZero = "lane.zero",
        LaneGap = "lane.gap",
        LaneNoData = "lane.nodata",
        LanePending = "lane.pending",
        LaneMark = "lane.mark",
        Axis = "axis",
        AxisCursor = "axis.cursor",
        Brush = "brush",
        JsonKey = "json.key",
        JsonString = "json.string",
        JsonNumber = "json.number",
        JsonWord = "json.word",
        JsonPunctuation = "json.punctuation",
        DiffAdded = "diff.added",
        DiffRemoved = "diff.removed",
        DiffChanged = "diff.changed",
        Source1 = "source.1",
        Source2 = "source.2",
        Source3 = "source.3",
        Source4 = "source.4",
        Source5 = "source.5",
        Source6 = "source.6",
        Source7 = "source.7",
        Source8 = "source.8",
        HintKey = "hint.key",
        HintText = "hint.text",
        Placeholder = "placeholder",
        Link = "link",
        Error = "error",
        Warning = "warning",
        Success = "success",
    }
}

impl Role {
    /// The role of the `index`th source; they repeat after eight.
    pub fn source(index: usize) -> Self {
        const SOURCES: [Role; 8] = [
            Role::Source1,
            Role::Source2,
            Role::Source3,
            Role::Source4,
            Role::Source5,
            Role::Source6,
            Role::Source7,
            Role::Source8,
        ];
        SOURCES[index % SOURCES.len()]
    }

    /// The contrast with the background that the role needs: 7 for what is read, 4.5 for what is
    /// read besides, 3 for lines and fills (WCAG 2.2, 1.4.3, 1.4.6 and 1.4.11).
    pub const fn contrast(self) -> f64 {
        match self {
            Self::Text | Self::RowCursor | Self::Query | Self::Header => 7.0,
            Self::Border
            | Self::BorderFocus
            | Self::LaneBar
            | Self::LaneZero
            | Self::LaneGap
            | Self::LaneNoData
            | Self::LanePending
            | Self::Brush => 3.0,
            _ => 4.5,
        }
    }
}

macro_rules! glyphs {
    ($($variant:ident = $name:literal, $unicode:literal, $ascii:literal;)*) => {
        words! {
            /// A mark of the screen's own. All are one column wide, except the ellipsis and the
            /// severities.
            Glyph { $($variant = $name),* }
        }

        impl Glyph {
            pub const fn unicode(self) -> &'static str {
                match self { $(Self::$variant => $unicode),* }
            }

            pub const fn ascii(self) -> &'static str {
                match self { $(Self::$variant => $ascii),* }
            }
        }
    };
}

glyphs! {
    Cursor = "cursor", "▶", ">";
    Selected = "selected", "●", "*";
    Bookmark = "bookmark", "◆", "#";
    Note = "note", "✎", "n";
    Watched = "watched", "◎", "w";
    Alarm = "alarm", "▲", "A";
    FoldOpen = "fold.open", "▾", "-";
    FoldClosed = "fold.closed", "▸", "+";
    Ellipsis = "ellipsis", "…", "...";
    Horizontal = "border.horizontal", "─", "-";
    Vertical = "border.vertical", "│", "|";
    TopLeft = "border.top-left", "┌", "+";
    TopRight = "border.top-right", "┐", "+";
    BottomLeft = "border.bottom-left", "└", "+";
    BottomRight = "border.bottom-right", "┘", "+";
    Tick = "axis.tick", "┬", "+";
    AxisCursor = "axis.cursor", "┃", "|";
    BrushEdge = "brush.edge", "▐", "|";
    LaneGap = "lane.gap", "╳", "X";
    LaneNoData = "lane.nodata", "·", ".";
    LanePending = "lane.pending", "╌", "~";
    Info = "severity.info", "·", ".";
    Low = "severity.low", "-", "-";
    Medium = "severity.medium", "*", "*";
    High = "severity.high", "!", "!";
    Critical = "severity.critical", "!!", "!!";
    Verified = "standing.verified", "✓", "v";
    Modified = "standing.modified", "✗", "X";
    Unlisted = "standing.unlisted", "?", "?";
    Unverifiable = "standing.unverifiable", "~", "~";
    NotCovered = "standing.not_covered", "–", "-";
    LogMissing = "cover.missing", "!", "!";
    Hole = "cover.hole", "▒", "H";
    Gap = "cover.gap", "╎", "G";
    Tail = "cover.tail", "┄", "T";
    Empty = "cover.empty", "○", "o";
    Separator = "separator", "›", ">";
    Slip = "slip", "␦", "?";
}

/// Heights of a lane's bar from nothing to full, one column each.
pub const BARS_UNICODE: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
pub const BARS_ASCII: [&str; 9] = [" ", "_", ":", "-", "=", "+", "*", "#", "@"];
