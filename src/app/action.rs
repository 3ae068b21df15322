//! The one table of actions: what a user can ask for, its name, its keys and where they work.
//!
//! Keymap, hints, help and the README's key table are all read from here; adding a key is one row.

use super::Pane;

/// Where an action's keys work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In every pane while nothing is typed.
    Everywhere,
    /// In the calendar.
    Calendar,
    /// In the queue.
    Queue,
    /// In the editor pane while nothing is typed.
    EditorPane,
    /// While a text is typed.
    Typing,
    /// In the details form.
    Details,
}

/// The group an action stands under in help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Moving about.
    Move,
    /// Changing posts.
    Change,
    /// Looking at things.
    Look,
    /// While typing.
    Type,
}

impl Group {
    /// Every group, in the order of the help page.
    pub const ALL: [Self; 4] = [Self::Move, Self::Change, Self::Look, Self::Type];

    /// Returns its head in help.
    pub fn word(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Change => "change",
            Self::Look => "look",
            Self::Type => "while typing",
        }
    }
}

macro_rules! actions {
    ($($id:ident $place:ident $group:ident $keys:literal $hint:literal $text:literal;)*) => {
        /// Something a user can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $(#[doc = $text] $id,)* }

        /// The table, in the order of help.
        pub const ACTIONS: &[Row] = &[
            $(Row { action: Action::$id, place: Place::$place, group: Group::$group, keys: $keys, hint: $hint, text: $text },)*
        ];
    };
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The action.
    pub action: Action,
    /// Where its keys work.
    pub place: Place,
    /// Its group in help.
    pub group: Group,
    /// Its default keys, separated by blanks; a two-key sequence is written together (`gd`).
    pub keys: &'static str,
    /// One or two words for the hint line; empty when it is not hinted.
    pub hint: &'static str,
    /// What it does, in a short sentence without full stop.
    pub text: &'static str,
}

actions! {
    Left          Everywhere Move   "h <left>"        ""         "a day back, or the previous tab";
    Right         Everywhere Move   "l <right>"       ""         "a day on, or the next tab";
    Down          Everywhere Move   "j <down>"        ""         "a week on, or the next row";
    Up            Everywhere Move   "k <up>"          ""         "a week back, or the row above";
    PreviousPost  Everywhere Move   "K"               ""         "previous post";
    NextPost      Everywhere Move   "J"               ""         "next post";
    PreviousMonth Everywhere Move   "[ <pgup>"        ""         "a month back";
    NextMonth     Everywhere Move   "] <pgdn>"        ""         "a month on";
    Today         Everywhere Move   "t"               ""         "today";
    GoToDate      Everywhere Move   "gd"              ""         "go to a date";
    First         Everywhere Move   "gg <home>"       ""         "first day of the month, or first row";
    Last          Everywhere Move   "G <end>"         ""         "last day of the month, or last row";
    WeekStart     Calendar   Move   "0"               ""         "first day of the week";
    WeekEnd       Calendar   Move   "$"               ""         "last day of the week";
    NextPane      Everywhere Move   "<tab>"           ""         "next pane";
    PreviousPane  Everywhere Move   "<s-tab>"         ""         "previous pane";
    PaneCalendar  Everywhere Move   "1"               ""         "calendar";
    PaneQueue     Everywhere Move   "2"               ""         "queue";
    PaneEditor    Everywhere Move   "3"               ""         "editor";
    Add           Everywhere Change "a"               "add"      "add a post on the selected day";
    Open          Everywhere Change "<enter>"         "open"     "open the selected post";
    Edit          Everywhere Change "e"               "edit"     "edit the text here";
    Details       Everywhere Change "i"               "details"  "details: time, channels, pictures, warning";
    Copy          Everywhere Change "y"               ""         "copy the post";
    Cut           Everywhere Change "x"               ""         "cut the post, to paste it on another day";
    Paste         Everywhere Change "p"               ""         "paste the post onto the selected day, at its clock time";
    DayBack       Everywhere Change "<"               ""         "move the post a day back";
    DayOn         Everywhere Change ">"               ""         "move the post a day on";
    Earlier       Everywhere Change "-"               ""         "move the post 15 minutes back";
    Later         Everywhere Change "+"               ""         "move the post 15 minutes on";
    Schedule      Everywhere Change "s"               "schedule" "schedule the post at a time";
    Trash         Everywhere Change "d"               "trash"    "move the post to the trash";
    Undo          Everywhere Change "u"               "undo"     "undo your last change";
    PublishNow    Everywhere Change "!"               "now"      "publish now, after asking";
    Freeze        Everywhere Change "P"               ""         "freeze or thaw everything that leaves";
    Search        Everywhere Look   "/"               "find"     "search for words: titles, texts, tags, alt texts";
    NextMatch     Everywhere Look   "n"               ""         "next match of the search";
    PreviousMatch Everywhere Look   "N"               ""         "previous match of the search";
    Filter        Everywhere Look   "f"               "filter"   "filter by channel, state, kind, campaign, tag, author";
    MonthView     Everywhere Look   "gm"              "month"    "days as a month";
    WeekView      Everywhere Look   "gw"              "week"     "days as a week, hour by hour";
    ListView      Everywhere Look   "gl"              "list"     "days as a list";
    Help          Everywhere Look   "? <f1>"          "help"     "all keys";
    Quit          Everywhere Look   "q"               "quit"     "back, or quit";
    Leave         Everywhere Look   "<esc>"           ""         "back to the calendar, or clear the message";
    QuitSafely    Everywhere Look   "ctrl-c"          ""         "save and quit";
    Suspend       Everywhere Look   "ctrl-z"          ""         "suspend to the shell";
    Redraw        Everywhere Look   "ctrl-l"          ""         "draw the screen again";
    TypeSave      Typing     Type   "<esc>"           "saves"    "save and stop typing";
    TypeNextTab   Typing     Type   "<tab>"           "channel"  "next channel";
    TypePrevTab   Typing     Type   "<s-tab>"         ""         "previous channel";
    TypeDetails   Typing     Type   "ctrl-d"          "details"  "details";
    TypeAttach    Typing     Type   "ctrl-o"          "attach"   "attach a picture";
    TypePreview   Typing     Type   "ctrl-v"          "preview"  "preview what is sent";
    TypeThread    Typing     Type   "ctrl-t"          "thread"   "split into a thread, numbered, or one part again";
    TypeOwn       Typing     Type   "ctrl-g"          "own text" "own text for this channel, or inherit again";
    TypeUndo      Typing     Type   "ctrl-u"          ""         "undo typing";
    TypeRedo      Typing     Type   "ctrl-r"          ""         "redo typing";
    TypeHelp      Typing     Type   "<f1>"            ""         "all keys";
    TypeQuit      Typing     Type   "ctrl-c"          ""         "save and quit";
    TypeSuspend   Typing     Type   "ctrl-z"          ""         "save what is typed and suspend";
    FieldNext     Details    Type   "<tab> j <down>"  "field"    "next field";
    FieldPrevious Details    Type   "<s-tab> k <up>"  ""         "previous field";
    FieldChoose   Details    Type   "<space> l <right>" "choose" "next choice, or tick";
    FieldBack     Details    Type   "h <left>"        ""         "previous choice";
    FieldEdit     Details    Type   "<enter>"         "edit"     "type into the field";
    FieldAttach   Details    Type   "ctrl-o"          "attach"   "attach a picture";
    FieldRemove   Details    Type   "<delete> ctrl-x" ""         "take the picture away";
    FieldDone     Details    Type   "<esc> q"         "done"     "save and close";
    FieldHelp     Details    Type   "? <f1>"          ""         "all keys";
    FieldQuit     Details    Type   "ctrl-c"          ""         "save and quit";
}

impl Place {
    /// Returns the place of a pane while nothing is typed.
    pub fn of(pane: Pane) -> Self {
        match pane {
            Pane::Calendar => Self::Calendar,
            Pane::Queue => Self::Queue,
            Pane::Editor => Self::EditorPane,
        }
    }

    /// Whether keys of this place work while `pane` has the focus and nothing is typed.
    pub fn covers(self, pane: Pane) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Calendar => pane == Pane::Calendar,
            Self::Queue => pane == Pane::Queue,
            Self::EditorPane => pane == Pane::Editor,
            Self::Typing | Self::Details => false,
        }
    }
}
