//! The one table of actions: what a user can ask for, its name, its keys, where they work and what it acts on.
//!
//! Keymap, hints, help, palette and the README's key table are all read from here; adding a key is one row.

use super::Pane;

/// Where an action's keys work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In every pane while nothing is typed.
    Everywhere,
    /// In the calendar and the queue.
    Plan,
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
    /// On the outbox page.
    Outbox,
    /// On the review page.
    Review,
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

/// What an action acts on, as the palette says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// What is shown, and nothing that is kept.
    Screen,
    /// The selected day.
    Day,
    /// The selected post.
    Post,
    /// Everything that leaves.
    Outbox,
}

impl Subject {
    /// Returns its word in the palette; empty for the screen itself.
    pub fn word(self) -> &'static str {
        match self {
            Self::Screen => "",
            Self::Day => "day",
            Self::Post => "post",
            Self::Outbox => "outbox",
        }
    }
}

/// A row: `Name Place Group "keys" "hint" "text" [Subject] ["more"];`. Left out, the subject is the screen itself, and
/// there is no more to say than the text.
macro_rules! actions {
    ($($id:ident $place:ident $group:ident $keys:literal $hint:literal $text:literal $($on:ident)? $($more:literal)?;)*) => {
        /// Something a user can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $(#[doc = $text] $id,)* }

        /// The table, in the order of help.
        pub const ACTIONS: &[Row] = &[
            $(Row {
                action: Action::$id,
                id: stringify!($id),
                place: Place::$place,
                group: Group::$group,
                subject: actions!(@subject $($on)?),
                keys: $keys,
                hint: $hint,
                text: $text,
                more: concat!($($more)?),
            },)*
        ];
    };
    (@subject) => { Subject::Screen };
    (@subject $on:ident) => { Subject::$on };
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The action.
    pub action: Action,
    /// Its name as the table writes it: `GoToDate`.
    pub id: &'static str,
    /// Where its keys work.
    pub place: Place,
    /// Its group in help.
    pub group: Group,
    /// What it acts on.
    pub subject: Subject,
    /// Its default keys, separated by blanks; a two-key sequence is written together (`gd`).
    pub keys: &'static str,
    /// One or two words for the hint line; empty when it is not hinted.
    pub hint: &'static str,
    /// What it does, in a short sentence without full stop.
    pub text: &'static str,
    /// What else is worth knowing before it is run, in whole sentences; may be empty.
    pub more: &'static str,
}

impl Row {
    /// Returns the row of an action.
    pub fn of(action: Action) -> Option<&'static Self> {
        ACTIONS.iter().find(|row| row.action == action)
    }

    /// Returns the word of the hint line where it has one, else all of its text.
    pub fn short(&self) -> &'static str {
        if self.hint.is_empty() {
            self.text
        } else {
            self.hint
        }
    }

    /// Returns the name that the configuration uses: `go-to-date`.
    pub fn name(&self) -> String {
        let mut name = String::with_capacity(self.id.len() + 4);
        for c in self.id.chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(c.to_ascii_lowercase());
        }
        name
    }
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
    GoToDate      Everywhere Move   "gd"              "date"     "go to a date"
        "Takes words: \"fri\", \"next mon\", \"27 nov\", \"week 50\", \"+10\".";
    First         Everywhere Move   "gg <home>"       "first"    "first day of the month, or first row";
    Last          Everywhere Move   "G <end>"         ""         "last day of the month, or last row";
    WeekStart     Calendar   Move   "0"               ""         "first day of the week";
    WeekEnd       Calendar   Move   "$"               ""         "last day of the week";
    NextPane      Everywhere Move   "<tab>"           ""         "next pane";
    PreviousPane  Everywhere Move   "<s-tab>"         ""         "previous pane";
    PaneCalendar  Everywhere Move   "1"               ""         "calendar";
    PaneQueue     Everywhere Move   "2"               ""         "queue";
    PaneEditor    Everywhere Move   "3"               ""         "editor";
    Add           Everywhere Change "a"               "add"      "add a post on the selected day" Day
        "Opens the editor on a new draft; it goes nowhere until it is scheduled.";
    Open          Everywhere Change "<enter>"         "open"     "open the selected post" Post
        "On a day without a post it adds one.";
    Edit          Everywhere Change "e"               "edit"     "edit the text here" Post
        "Every printable key is text then; leaving it saves.";
    Details       Everywhere Change "i"               "details"  "details: time, channels, pictures, warning" Post;
    Copy          Everywhere Change "y"               ""         "copy the post" Post
        "Its paste is a draft of its own, with the same text and channels.";
    Cut           Everywhere Change "x"               ""         "cut the post, to paste it on another day" Post;
    Paste         Everywhere Change "p"               ""         "paste the post onto the selected day, at its clock time" Day
        "A copy is pasted as a draft, a cut post is moved.";
    DayBack       Everywhere Change "<"               ""         "move the post a day back" Post
        "It keeps its clock time. What has left stays where it was.";
    DayOn         Everywhere Change ">"               ""         "move the post a day on" Post
        "It keeps its clock time. What has left stays where it was.";
    Earlier       Everywhere Change "-"               ""         "move the post 15 minutes back" Post
        "A time of its own, to the quarter of an hour. What has left stays where it was.";
    Later         Everywhere Change "+"               ""         "move the post 15 minutes on" Post
        "A time of its own, to the quarter of an hour. What has left stays where it was.";
    Schedule      Everywhere Change "s"               "schedule" "schedule post at a time" Post
        "Ask when this post should leave. Takes words: \"fri 14:00\", \"in 2 h\", \"nov 30\".";
    Trash         Everywhere Change "d"               "trash"    "move the post to the trash" Post
        "At once, without asking; undo brings it back.";
    Undo          Everywhere Change "u"               "undo"     "undo your last change"
        "The last thing you changed, also before a restart; nothing that has left.";
    Redo          Everywhere Change "ctrl-r"          ""         "redo what you undid"
        "Until you change something else; nothing that somebody changed since.";
    Mark          Everywhere Change "m <space>"       ""         "mark the post, for one action on all that are marked" Post
        "Trashing, moving, scheduling, copying and cutting then act on all of them, undone as one; Esc takes the marks away.";
    EditOutside   Everywhere Change "E"               ""         "edit in your own editor ($VISUAL, $EDITOR)" Post
        "As Markdown with front matter; a colleague's save meanwhile is kept beside yours.";
    Pipe          Everywhere Change "|"               ""         "pipe the text through a command of your own" Post
        "What it makes of the text is shown as a difference, to take over or to leave. [[filters]] in the configuration.";
    History       Everywhere Look   "gh"              "history"  "what was done, by whom, and every message"
        "Goes back to where a change was made, or takes your own back down to it.";
    Connections   Everywhere Look   "gc"              "connections" "connections: accounts, what ends when, quota"
        "What is known here at once; a key in it asks every platform. Also: masthead channels --check.";
    PublishNow    Everywhere Change "!"               "now"      "publish now, after asking" Post
        "Names the accounts and wants a typed word; what leaves cannot be taken back.";
    Freeze        Everywhere Change "P"               ""         "freeze or thaw everything that leaves" Outbox
        "Nothing leaves until it is thawed, for everybody on this database. A thaw first shows what would go.";
    Skip          Everywhere Change "X"               "skip"     "skip the post, or call it back before it leaves" Post
        "Everywhere it has not left; undo lets it go again. Once its request leaves it is too late, and that is said.";
    StartDaemon   Plan       Change "D"               ""         "start the daemon where nothing publishes" Outbox
        "From the alarm that says so. It goes on when this screen is closed; its words are in daemon.log of the data folder.";
    StaleText     EditorPane Change "D"               "difference" "what changed in the master under a channel's own text" Post
        "For a text marked ~: what was changed since it was written, and then to keep it as it is or to inherit again.";
    ByHand        Everywhere Change "B"               "by hand"  "post by hand: copy the text, bring its address" Post
        "On a channel that a person serves: what to copy, attach and open, as a checklist.";
    Outbox        Everywhere Look   "o"               "outbox"   "outbox: every delivery, what became of it, what helps" Outbox;
    AskReview     Everywhere Change "gr"              "ask for review" "ask for a review of the post" Post
        "It then waits on the review page, for everybody on this database.";
    Review        Everywhere Look   "r"               "review"   "review: what waits for a second pair of eyes" Outbox;
    ReviewApprove Review     Change "A"               "approve"  "review: approve it as it is, on every channel"
        "A changed text, picture, channel or option takes that back; a changed time does not.";
    ReviewChanges Review     Change "C"               "request changes" "review: request changes, with a reason"
        "Takes an approval back; the reason stays with the post.";
    ReviewPostpone Review    Change "w"               "postpone" "review: postpone it by a day, at its clock time";
    ReviewNote    Review     Change "c"               "note"     "review: say something about it";
    ReviewDifference Review  Look   "D"               "difference" "review: what changed since it was approved last";
    OutboxTryNow  Outbox     Change "R"               "try now"  "outbox: try a failed, missed or waiting one now" Outbox
        "A failed or missed one asks first, as publishing now does; what is unknown is never sent again on a guess.";
    OutboxTries   Outbox     Look   "H"               "tries of this one" "outbox: every try at it and what was sent" Outbox;
    OutboxLogin   Outbox     Look   "L"               "log in"   "outbox: how its channel is logged in again" Outbox;
    OutboxCopy    Outbox     Look   "ctrl-y"          "copy"     "outbox: copy the address of what was published" Outbox
        "Into the clipboard of the terminal that you sit at, over SSH too, where it allows that.";
    OutboxDelete  Outbox     Change "D"               "delete there" "outbox: delete it on its platform, after asking" Outbox
        "For everybody, and it cannot be brought back; the post stays in the calendar.";
    OutboxUpdate  Outbox     Change "U"               "update there" "outbox: put the post's present text in its place there" Outbox
        "Where the platform edits: the text and the pictures as the post has them now. A thread is not edited.";
    OutboxDryRun  Outbox     Look   "W"               "dry run"  "outbox: what would leave, and what would stop it" Outbox
        "Each call that would be made, in order, with text, pictures, count and account. Nothing is sent.";
    OutboxBack    Outbox     Look   "b"               ""         "outbox: back to where you were" Outbox;
    Search        Everywhere Look   "/"               "find"     "search for words: titles, texts, tags, alt texts"
        "Every word as it is typed, accents and capitals aside; the calendar shows the day of each match.";
    Preview       Everywhere Look   "v"               "preview"  "preview what is sent, part by part" Post
        "As each channel gets it, every part with its count; on the review page all channels one after the other.";
    NextMatch     Everywhere Look   "n"               ""         "next match of the search";
    PreviousMatch Everywhere Look   "N"               ""         "previous match of the search";
    People        Everywhere Look   ""                ""         "people: who is who, for @@ in a text"
        "People, packages and institutions with their handle on each platform: add, edit, take out.";
    Filter        Everywhere Look   "f"               "filter"   "filter by channel, state, kind, campaign, tag, author"
        "Hides posts from calendar, queue and lists, never what needs you. Kept under names of your own; in the outbox it turns the sections.";
    MonthView     Everywhere Look   "gm"              "month"    "days as a month";
    WeekView      Everywhere Look   "gw"              "week"     "days as a week, hour by hour";
    ListView      Everywhere Look   "gl"              "list"     "days as a list";
    Palette       Everywhere Look   ": ctrl-p"        "all"      "all commands, by name";
    Help          Everywhere Look   "? <f1>"          "help"     "all keys";
    Quit          Everywhere Look   "q"               "quit"     "back, or quit"
        "From another pane back to the calendar. What is planned goes out only while a screen or the daemon runs.";
    Leave         Everywhere Look   "<esc>"           ""         "back to the calendar, or clear the message";
    QuitSafely    Everywhere Look   "ctrl-c"          ""         "save and quit"
        "What is typed is kept as a draft.";
    Suspend       Everywhere Look   "ctrl-z"          ""         "suspend to the shell"
        "Nothing is published from here meanwhile; fg comes back.";
    Redraw        Everywhere Look   "ctrl-l"          ""         "draw the screen again"
        "For a terminal that another program wrote onto.";
    TypeSave      Typing     Type   "<esc>"           "saves"    "save and stop typing";
    TypeNextTab   Typing     Type   "<tab>"           "channel"  "next channel";
    TypePrevTab   Typing     Type   "<s-tab>"         ""         "previous channel";
    TypeDetails   Typing     Type   "ctrl-d"          "details"  "details";
    TypeAttach    Typing     Type   "ctrl-o"          "attach"   "attach a picture";
    TypePreview   Typing     Type   "ctrl-v"          "preview"  "preview what is sent";
    TypeThread    Typing     Type   "ctrl-t"          "thread"   "split into a thread, numbered, or one part again";
    TypeTrim      Typing     Type   "ctrl-k"          "trim"     "trim: strike words until the channel's limit holds";
    TypeOwn       Typing     Type   "ctrl-g"          "own text" "own text for this channel, or inherit again";
    TypeCard      Typing     Type   "ctrl-f"          ""         "link card: ask its page again";
    TypeNoCard    Typing     Type   "ctrl-n"          ""         "link card: none, or one again";
    TypePipe      Typing     Type   "ctrl-p"          "pipe"     "pipe this text through a command of your own";
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
    FieldCard     Details    Type   "ctrl-f"          ""         "link card: ask its page again";
    FieldNoCard   Details    Type   "ctrl-n"          ""         "link card: none, or one again";
    FieldRemove   Details    Type   "<delete> ctrl-x" ""         "take the picture away";
    FieldDone     Details    Type   "<esc> q"         "done"     "save and close";
    FieldHelp     Details    Type   "? <f1>"          ""         "all keys";
    FieldQuit     Details    Type   "ctrl-c"          ""         "save and quit";
}

impl Place {
    /// Every place in which keys are pressed.
    pub const ALL: [Self; 7] = [
        Self::Calendar,
        Self::Queue,
        Self::EditorPane,
        Self::Typing,
        Self::Details,
        Self::Outbox,
        Self::Review,
    ];

    /// Returns the name of its section of keys in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Plan => "plan",
            Self::Calendar => "calendar",
            Self::Queue => "queue",
            Self::EditorPane => "editor",
            Self::Typing => "typing",
            Self::Details => "form",
            Self::Outbox => "outbox-page",
            Self::Review => "review-page",
        }
    }

    /// Returns the place of a pane while nothing is typed.
    pub fn of(pane: Pane) -> Self {
        match pane {
            Pane::Calendar => Self::Calendar,
            Pane::Queue => Self::Queue,
            Pane::Editor => Self::EditorPane,
        }
    }

    /// Whether an action of this place can be asked for in another one, where keys are pressed.
    pub fn reaches(self, place: Self) -> bool {
        let is_typed = matches!(place, Self::Typing | Self::Details);
        match self {
            Self::Everywhere => !is_typed,
            Self::Plan => matches!(place, Self::Calendar | Self::Queue),
            own => own == place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_configuration_come_from_the_table() {
        let name = |action| Row::of(action).map(Row::name);
        assert_eq!(name(Action::GoToDate).as_deref(), Some("go-to-date"));
        assert_eq!(name(Action::Undo).as_deref(), Some("undo"));
    }

    #[test]
    fn every_action_has_one_row() {
        for row in ACTIONS {
            let rows = ACTIONS.iter().filter(|other| other.action == row.action);
            assert_eq!(rows.count(), 1, "{}", row.id);
        }
    }

    #[test]
    fn no_action_is_called_like_a_section_of_keys() {
        for row in ACTIONS {
            let is_section = Place::ALL.iter().any(|place| place.word() == row.name());
            assert!(!is_section, "TOML has one {} in [keys]", row.name());
        }
    }

    #[test]
    fn every_action_can_be_asked_for_somewhere() {
        for row in ACTIONS {
            let reached = Place::ALL.iter().any(|place| row.place.reaches(*place));
            assert!(reached, "{}", row.id);
        }
    }
}
