//! Small states of the screen: panes, who publishes, the welcome, and how the terminal is to look.
//!
//! Plain data; the whole is `App` in `mod.rs`.

use super::theme::Paints;
use crate::domain::{ChannelName, PostId};
use chrono::{DateTime, Utc};

/// One of the three panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    /// The month.
    #[default]
    Calendar,
    /// What leaves next and what needs a person.
    Queue,
    /// The selected post, or the text being typed.
    Editor,
}

/// Who publishes, as the top bar says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Publishing {
    /// Not known yet.
    #[default]
    Unknown,
    /// This screen.
    Here,
    /// A background publisher.
    Daemon,
    /// Another screen, with its name.
    Session(String),
    /// Another process leads and does not move.
    Silent {
        /// Which: `daemon`, `session pts/4`.
        who: String,
        /// When it last said that it lives.
        since: DateTime<Utc>,
    },
    /// Nobody: the publisher of this screen has ended.
    Nobody,
    /// This process should, but cannot, for this reason.
    Cannot(String),
}

/// What leaves next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextLeaving {
    /// When.
    pub at: DateTime<Utc>,
    /// To which channels.
    pub channels: Vec<ChannelName>,
}

/// A lasting state of the whole program that the top bar shows in capitals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A newer version has migrated the database: restart.
    Restart,
    /// What is typed cannot be written down for this reason; it is tried again.
    CannotSave(String),
    /// A part of the program ended with an error.
    Broken(String),
}

/// What is special about this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Run {
    /// Nothing.
    #[default]
    Normal,
    /// The demo: nothing leaves the machine.
    Demo,
    /// The plan's clock was set: only sandbox and loopback channels leave.
    ClockSet,
}

/// How colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// None at all (`NO_COLOR`).
    Mono,
    /// The terminal's own palette.
    #[default]
    Sixteen,
    /// Exact colours for a dark background.
    Dark,
    /// Exact colours for a light background.
    Light,
}

/// How the screen looks: its colours and signs, and what the top bar leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// How colours are used.
    pub colours: Colours,
    /// The looks of roles that the user chose.
    pub paints: Paints,
    /// Whether all that the program draws itself is plain ASCII.
    pub ascii: bool,
    /// Whether the top bar leaves the clock out.
    pub hide_clock: bool,
    /// Whether the screen is told in sentences: channels are named there, not marked.
    pub in_words: bool,
}

/// The first screen of a new user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Welcome {
    /// The selected choice.
    pub selected: usize,
}

/// What a welcome choice does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WelcomeChoice {
    /// Say how to look around in a sample month.
    Demo,
    /// Make a sandbox channel and write the first post.
    Sandbox,
    /// Say how an account is connected.
    Connect,
    /// Go to the empty calendar.
    Calendar,
}

impl WelcomeChoice {
    /// The choices, in order, each with what it says and what follows.
    pub const ALL: [(Self, &str, &str); 4] = [
        (
            Self::Demo,
            "Look around in a sample month",
            "nothing leaves, thrown away",
        ),
        (
            Self::Sandbox,
            "Write the first post",
            "a folder here is its channel",
        ),
        (
            Self::Connect,
            "Connect a channel",
            "Mastodon takes two minutes",
        ),
        (
            Self::Calendar,
            "Go to the empty calendar",
            "channels can come later",
        ),
    ];
}

/// The first shown rows of what scrolls, in a window of a size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scrolled {
    /// Of the queue.
    pub queue: usize,
    /// Of the list view.
    pub list: usize,
    /// Of the selected post's text.
    pub text: usize,
    /// Of the page.
    pub page: usize,
    /// Of the text that is typed.
    pub editor: usize,
}

/// A post, or several, that wait to be pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clip {
    /// A copy is pasted.
    Copied(PostId),
    /// The post itself is moved.
    Cut(PostId),
    /// Copies of all that were marked are pasted.
    CopiedAll(Vec<PostId>),
    /// All that were marked are moved.
    CutAll(Vec<PostId>),
}
