//! Everything a person can ask the screen to do. The palette, the help and the keymap files are
//! all made from this one list.

use crate::event::classes::words;

words! {
    /// Where an action belongs in the help.
    Area {
        Program = "program",
        Moving = "moving",
        Filter = "filter",
        Axis = "time axis",
        Detail = "detail",
        Values = "values",
        Alarms = "alarms",
        Case = "case",
        Text = "typing",
    }
}

macro_rules! actions {
    ($($area:ident { $($variant:ident = $text:literal, $help:literal;)* })*) => {
        /// One thing a person can ask for; its name is what keymap files say.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($($variant),*),* }

        impl Action {
            pub const ALL: &'static [Self] = &[$($(Self::$variant),*),*];

            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $text),*),* }
            }

            /// One line for the help and the palette.
            pub const fn help(self) -> &'static str {
                match self { $($(Self::$variant => $help),*),* }
            }

            pub const fn area(self) -> Area {
                match self { $($(Self::$variant => Area::$area),*),* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.as_str() == text)
            }
        }
    };
}

actions! {
    Program {
        Quit = "quit", "Leave trailcase; asks if something is not saved";
        Help = "help", "Show the keys that work here";
        Palette = "palette", "Find any action by name";
        Suspend = "suspend", "Stop and return to the shell; `fg` comes back";
        Redraw = "redraw", "Paint the whole screen again";
        ToggleMouse = "toggle-mouse", "Let the mouse point here, or leave it to the terminal";
        Escape = "escape", "Go up one: close, clear or step back; never leaves";
        Undo = "undo", "Take back the last change to the case";
        Redo = "redo", "Make the change again that was taken back";
        ViewTimeline = "view-timeline", "Show the lanes and the table";
        ViewAlarms = "view-alarms", "Show the alarms";
        ViewIntegrity = "view-integrity", "Show what is proven about the evidence";
        ViewCase = "view-case", "Show notes, exhibits and the journal";
        ViewSources = "view-sources", "Show what was read and what was not";
        NextView = "next-view", "Show the next view";
        PreviousView = "previous-view", "Show the view before";
        CancelJob = "cancel-job", "Stop what is running and keep what it has found";
        CopyValue = "copy-value", "Send the value under the cursor to the terminal's clipboard";
        CopyRow = "copy-row", "Send the row to the terminal's clipboard";
        CopyPath = "copy-path", "Send the path of the value to the terminal's clipboard";
        CopyCommand = "copy-command", "Send the command that gives these rows again";
        SaveRows = "save-rows", "Write the rows shown to a file";
        GiveCode = "give-code", "Type the code of an MFA device that AWS waits for";
        Problems = "problems", "List what went wrong so far";
    }
    Moving {
        Up = "up", "One up";
        Down = "down", "One down";
        PageUp = "page-up", "One page up";
        PageDown = "page-down", "One page down";
        HalfPageUp = "half-page-up", "Half a page up";
        HalfPageDown = "half-page-down", "Half a page down";
        Top = "top", "To the first";
        Follow = "follow", "Stay on the newest event while more come, or stop that";
        Bottom = "bottom", "To the last";
        Left = "left", "To the left";
        Right = "right", "To the right";
        NextError = "next-error", "To the next event that failed or was denied";
        PreviousError = "previous-error", "To the event before that failed or was denied";
        GoToTime = "go-to-time", "To a time: 10:42, +5m, a date, or one pasted from a log";
        Open = "open", "Open what the cursor is on";
        NextPane = "next-pane", "Give the next pane the keys";
        PreviousPane = "previous-pane", "Give the pane before the keys";
        ZoomPane = "zoom-pane", "Let the pane fill the screen, and back";
    }
    Filter {
        EditFilter = "edit-filter", "Type a filter";
        IncludeValue = "include-value", "Keep only events with the value under the cursor";
        ExcludeValue = "exclude-value", "Drop events with the value under the cursor";
        ToggleTerm = "toggle-term", "Switch one term of the filter off or on";
        ClearFilter = "clear-filter", "Show every event";
        HistoryBack = "history-back", "Back to the filter and place before";
        HistoryForward = "history-forward", "Forward to the filter and place after";
    }
    Axis {
        ZoomIn = "zoom-in", "Show a shorter time around the cursor, or the brushed one";
        ZoomOut = "zoom-out", "Show a longer time";
        ZoomFit = "zoom-fit", "Show all the time there is";
        IncludeWindow = "include-window", "Keep only events of the time on the axis";
        BrushStart = "brush-start", "Start or end a window of time at the cursor";
        BrushClear = "brush-clear", "Forget the window of time";
        NextBucket = "next-bucket", "To the next time at which something happened";
        PreviousBucket = "previous-bucket", "To the time before at which something happened";
        CycleScale = "cycle-scale", "Change how counts become heights: logarithmic or linear";
    }
    Detail {
        Fold = "fold", "Fold the value";
        Unfold = "unfold", "Unfold the value";
        FoldAll = "fold-all", "Fold or unfold every value";
        ShowRaw = "show-raw", "Show the record's own bytes, and back";
        SaveProof = "save-proof", "Write a page with which others can check that the record is untouched";
        ShowOrigin = "show-origin", "Show the file, the place in it and its hash";
    }
    Values {
        PickValue = "pick-value", "List the values of the field under the cursor, with counts";
        CountBy = "count-by", "Count the events by the field under the cursor";
        AroundEvent = "around-event", "Show what every source says around this event";
        WidenAround = "widen-around", "Look further around the event";
        NarrowAround = "narrow-around", "Look closer around the event";
    }
    Alarms {
        AckAlarm = "ack-alarm", "Have seen the alarm, and have it from now on";
        InvestigateAlarm = "investigate-alarm", "Say that the alarm is looked into";
        WaitAlarm = "wait-alarm", "Say that somebody else has to answer first";
        AssignAlarm = "assign-alarm", "Say who has the alarm from now on";
        CloseAlarm = "close-alarm", "Close the alarm, with a verdict and a reason";
        CloseAlike = "close-alike", "Close the alarm as the last one was closed";
        ReopenAlarm = "reopen-alarm", "Open the alarm again, with a reason";
        EscalateAlarm = "escalate-alarm", "Make the alarm part of the incident";
        MergeAlarm = "merge-alarm", "Let the alarm under the cursor stand for those selected; says why";
        SnoozeAlarm = "snooze-alarm", "Leave the alarm until a time";
        SuppressAlarm = "suppress-alarm", "Hide such alarms until a time, with a reason";
        TickQuestion = "tick-question", "Say that a question is answered, or that it is not";
        ShowDone = "show-done", "List alarms too that nobody has to look at";
        RaiseAlarm = "raise-alarm", "Raise an alarm by hand";
        ReviewAlarms = "review-alarms", "Write down that the alarms were looked through";
    }
    Case {
        AddNote = "add-note", "Write a note on the event or the case";
        EditNote = "edit-note", "Edit the note under the cursor";
        RemoveNote = "remove-note", "Take the note under the cursor out of the case";
        EditNoteExternal = "edit-note-external", "Write the note in $VISUAL or $EDITOR";
        Tag = "tag", "Tag the event, or the selected ones";
        Bookmark = "bookmark", "Mark the event, and unmark it";
        SelectRow = "select-row", "Select the row, and unselect it";
        SelectRange = "select-range", "Select from the last selected row to this one";
        ClearSelection = "clear-selection", "Select nothing";
        NextMark = "next-mark", "To the next marked event";
        PreviousMark = "previous-mark", "To the marked event before";
        WatchList = "watch-list", "Mark every event with a value of a file, or no longer";
        AddSource = "add-source", "Add a file, a folder, a bucket or a log group to the case and read it";
        FetchWindow = "fetch-window", "Say of what time sources elsewhere are fetched";
        FetchRest = "fetch-rest", "Fetch what the limit on bytes left of the source of this object";
        Estimate = "estimate", "Count what would be fetched, without fetching it";
        RemoveSource = "remove-source", "Take the source of this object out of the case";
        RereadSource = "reread-source", "Look for what is new or changed in the source of this object";
        SetZone = "set-zone", "Say in which zone the source of this object is, where times name none";
        AddPublicKeys = "add-public-keys", "Take public keys from a file or CloudTrail, and verify again";
        VerifyAgain = "verify-again", "Verify once more what is proven about the evidence";
        SaveReport = "save-report", "Write the report on what is proven to a file";
        SaveRecord = "save-record", "Write the incident record to a file, or all of it to a folder";
        NextWatched = "next-watched", "To the next event with a watched value";
        PreviousWatched = "previous-watched", "To the event before with a watched value";
    }
    Text {
        Accept = "accept", "Take what was typed or chosen";
        Cancel = "cancel", "Leave without taking it";
        Complete = "complete", "Take the completion";
        NewLine = "new-line", "Begin a new line, where there can be several";
        CursorLeft = "cursor-left", "One character to the left";
        CursorRight = "cursor-right", "One character to the right";
        CursorWordLeft = "cursor-word-left", "One word to the left";
        CursorWordRight = "cursor-word-right", "One word to the right";
        CursorStart = "cursor-start", "To the start of the line";
        CursorEnd = "cursor-end", "To the end of the line";
        DeleteBack = "delete-back", "Delete the character before the cursor";
        DeleteForward = "delete-forward", "Delete the character at the cursor";
        DeleteWord = "delete-word", "Delete the word before the cursor";
        DeleteToStart = "delete-to-start", "Delete to the start of the line";
        DeleteToEnd = "delete-to-end", "Delete to the end of the line";
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_their_own_and_can_be_read_back() {
        let names: BTreeSet<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(names.len(), Action::ALL.len());
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(*action));
            assert!(action.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
            assert!(!action.help().ends_with('.') && action.help().len() <= 72, "{action}");
        }
    }

    #[test]
    fn every_area_has_actions() {
        for area in Area::ALL {
            assert!(Action::ALL.iter().any(|action| action.area() == *area), "{area}");
        }
    }
}
