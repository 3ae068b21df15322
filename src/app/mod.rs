//! The pure core of the screen: its whole state, and `update`, the only function that changes it.
//!
//! Plain data in, effects as data out; no handle, file, network, environment or clock. `ui` draws `&App` and decides
//! nothing; `runtime` performs the effects. Start with `App`, then `update/mod.rs`.

pub mod action;
pub mod agenda;
pub mod bindings;
pub mod by_hand;
pub mod clipboard;
pub mod completion;
pub mod composing;
pub mod connections;
pub mod details;
pub mod details_options;
pub mod difference;
pub mod editor;
pub mod finding;
pub mod help;
pub mod input;
pub mod key;
pub mod key_for;
pub mod key_words;
pub mod keymap;
pub mod layout;
pub mod marks;
pub mod msg;
mod naming;
pub mod outbox;
pub mod outbox_search;
pub mod outbox_sheets;
pub mod outside;
pub mod page;
pub mod palette;
pub mod people;
pub mod pictures;
pub mod pipe;
pub mod places;
pub mod pointer;
pub mod prose;
pub mod review;
pub mod sheet;
pub mod stale;
pub mod state;
pub mod step;
pub mod stops;
pub mod tab;
pub mod theme;
pub mod thumbs;
pub mod topics;
pub mod trim;
#[cfg(test)]
mod trim_tests;
pub mod unknown;
pub mod update;
pub mod wrap;

pub use action::{Action, Place};
pub use details::Details;
pub use editor::{Editor, Tab};
pub use finding::{Finding, View};
pub use input::Input;
pub use key::Key;
pub use keymap::Keymap;
pub use marks::Marks;
pub use msg::{Effect, Msg, Note, Rank, Reply, Request, Save, Turn};
pub use outside::{Outside, Returned};
pub use page::Page;
pub use sheet::Sheet;
pub use state::{
    Alarm, Appearance, Clip, Colours, NextLeaving, Pane, Publishing, Run, Welcome, WelcomeChoice,
};
pub use update::update;

use crate::domain::calendar::{MonthGrid, plus_days};
use crate::domain::directory::Key as EntryKey;
use crate::domain::queue::Queue;
use crate::domain::{
    Author, Channel, ChannelName, ChannelState, Composed, DeliveryState, DraftKey, EditorDraft,
    Facts, Freeze, LocalTime, Message, Money, PostId, PostView, ScreenName, Summary, TextFilter,
};
use crate::text::price;
use chrono::{DateTime, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// The whole state of the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// Columns and rows of the window.
    pub size: (u16, u16),
    /// The plan's clock.
    pub now: DateTime<Utc>,
    /// The zone in which days and times are shown.
    pub zone: Tz,
    /// A second zone for the clock, where there is room.
    pub second_zone: Option<Tz>,
    /// The login that ends first, where that is soon: its channel's mark, and when.
    pub login_end: Option<(String, DateTime<Utc>)>,
    /// The first day of a week.
    pub week_start: Weekday,
    /// The person at the keyboard.
    pub author: Author,
    /// How the terminal is to look.
    pub look: Appearance,
    /// What is special about this run.
    pub run: Run,
    /// How this screen is called among those at its database; empty for one that nobody else sees.
    pub screen: ScreenName,
    /// The keys.
    pub keymap: Keymap,
    /// The plan's file as a person would write it, for the welcome; empty where that is not said.
    pub plan_file: String,

    /// The configured channels.
    pub channels: Vec<Channel>,
    /// What is known about each.
    pub facts: BTreeMap<ChannelName, Facts>,
    /// The topics that channels know, as far as they were read.
    pub topics: BTreeMap<topics::TopicsOf, Vec<String>>,
    /// Whether the pages of links are asked for cards.
    pub asks_pages: bool,
    /// The commands that a text can be piped through.
    pub text_filters: Vec<TextFilter>,
    /// Who publishes.
    pub publishing: Publishing,
    /// What leaves next.
    pub next: Option<NextLeaving>,
    /// Who froze, why and since when; `None` while things leave.
    pub frozen: Option<Freeze>,
    /// A lasting state that the top bar shows in capitals.
    pub alarm: Option<Alarm>,

    /// The pane that has the focus.
    pub focus: Pane,
    /// The pane whose keys the bottom row still names, for a moment after the focus left it: they are most of what a change of
    /// focus sends.
    pub hinted: Option<Pane>,
    /// The selected day.
    pub day: NaiveDate,
    /// The selected post, on the selected day or in the queue.
    pub selected: Option<PostId>,
    /// The posts of `loaded`, by time.
    pub posts: Vec<Summary>,
    /// The days whose posts are at hand: the first, and the one after the last.
    pub loaded: Option<(NaiveDate, NaiveDate)>,
    /// Set until whole days are at hand, once the first posts of each are: how many more a day has.
    pub unread: Option<BTreeMap<NaiveDate, usize>>,
    /// What of the plan is shown: view, filter, search.
    pub finding: Finding,
    /// The queue.
    pub queue: Queue,
    /// First shown row of the queue.
    pub queue_scroll: usize,
    /// The selected post in full, once it was read.
    pub detail: Option<Detail>,
    /// First shown row of the selected post's text.
    pub detail_scroll: usize,
    /// Which of the selected post's texts is shown.
    pub detail_tab: Tab,

    /// The editor, while a text is typed.
    pub editor: Option<Editor>,
    /// The list that opens while `@@` or `##` is typed.
    pub completion: Option<completion::Completion>,
    /// The details form, while it is open.
    pub details: Option<Details>,
    /// The sheet that lies over the screen.
    pub sheet: Option<Sheet>,
    /// The page in place of the panes.
    pub page: Option<Page>,
    /// The welcome, until it was left.
    pub welcome: Option<Welcome>,
    /// The message on the bottom row.
    pub note: Option<ShownNote>,
    /// A post that waits to be pasted.
    pub clip: Option<Clip>,
    /// Pictures in miniature.
    pub thumbs: thumbs::Thumbs,
    /// The posts on which the next action is done together.
    pub marks: Marks,
    /// Whether the program is about to end; only the last saves are awaited.
    pub leaving: bool,

    /// What `update` alone needs to remember.
    pub memory: Memory,
}

/// A post in full, with what each of its channels makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// The post and all that happened to it.
    pub view: PostView,
    /// What each channel makes of it, in the order of its variants.
    pub composed: Vec<(ChannelName, Composed)>,
    /// The channels whose own text is older than the master text.
    pub stale: BTreeSet<ChannelName>,
}

impl Detail {
    /// Returns what it will cost on all its channels, where a platform takes money.
    pub fn cost(&self, facts: &BTreeMap<ChannelName, Facts>) -> Option<Money> {
        let costs = self.composed.iter().filter_map(|(channel, composed)| {
            let price = facts.get(channel)?.price.as_ref()?;
            Some(price::cost(composed, price).money)
        });
        costs.reduce(|sum, cost| sum + cost)
    }

    /// Puts a post together with what its channels make of it.
    pub fn new(view: PostView, composed: Vec<(ChannelName, Composed)>) -> Self {
        let stale = view.post.content.stale();
        Self {
            view,
            composed,
            stale,
        }
    }
}

/// A message with the time it appeared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownNote {
    /// The message.
    pub note: Note,
    /// How long the program had run when it appeared.
    pub since: Duration,
}

/// What `update` remembers between messages and nobody draws.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// The last request's number.
    pub last_request: Request,
    /// The pause after which the counts follow that a letter does not change at once.
    pub counts: Request,
    /// What was said of the daemon that this screen started.
    pub daemon: Option<String>,
    /// The pause after which the bottom row names the keys of the pane that got the focus.
    pub hints: Request,
    /// The open request for posts.
    pub posts: Request,
    /// The open request for the days at a glance.
    pub glance: Request,
    /// The open request for the queue.
    pub queue: Request,
    /// The open request for the selected post.
    pub post: Request,
    /// The open request for what is held.
    pub held: Request,
    /// The open requests of the outbox: its deliveries, the tries of one, and the calls of a dry run.
    pub outbox: Request,
    /// See `outbox`.
    pub tries: Request,
    /// See `outbox`.
    pub calls: Request,
    /// The open request for how the channels are connected.
    pub connections: Request,
    /// The open request for what waits for a reviewer.
    pub review: Request,
    /// The open request for a task.
    pub task: Request,
    /// The pause after which the page of a link that was typed is asked.
    pub cards: Request,
    /// The pages that are being asked.
    pub asked: BTreeSet<String>,
    /// The pages that could not be asked since the program began; a key asks them again.
    pub refused: BTreeSet<String>,
    /// The post that was saved before its page answered.
    pub card_for: Option<PostId>,
    /// The one channel that the next question before publishing a post is about.
    pub publish_only: Option<(PostId, ChannelName)>,
    /// The open pause after a move or a key.
    pub settle: Request,
    /// The open save, with what happens after it.
    pub save: Option<(Request, AfterSave)>,
    /// Whether the last try to save what is typed failed; leaving again then leaves it as a draft.
    pub save_failed: bool,
    /// The open request to keep a draft.
    pub draft: Request,
    /// The open pause before what could not be written is tried again.
    pub retry: Request,
    /// Whether leaving without what cannot be written was refused once.
    pub leave_refused: bool,
    /// What was typed into sheets that were closed, by the sheet's name.
    pub typed: BTreeMap<&'static str, String>,
    /// The forms of people that were left or sent, each until what it says was taken; by who is changed.
    pub people_forms: BTreeMap<Option<EntryKey>, people::Form>,
    /// Actions that wait for a post to be read or saved, in order.
    pub waiting: VecDeque<(PostId, Action)>,
    /// Texts of earlier sessions that nobody went on with or threw away yet.
    pub drafts: Vec<EditorDraft>,
    /// A post that a reply shall select.
    pub select: Option<PostId>,
    /// Whether something was typed since the draft on its way was made.
    pub draft_again: bool,
    /// The first key of a sequence.
    pub prefix: Option<Key>,
    /// How long the program runs.
    pub uptime: Duration,
    /// The last click: its cell, and when it was.
    pub clicked: Option<(u16, u16, Duration)>,
    /// The pane that had the focus before a text was typed.
    pub came_from: Pane,
    /// The posts over which the next undo or redo passes, because they stood in its way.
    pub passing: Vec<PostId>,
    /// The post that others were told is open here.
    pub told_open: Option<PostId>,
    /// Where the list of names was closed, until something else is typed.
    pub dismissed: Option<usize>,
    /// The open request for the directory.
    pub people: Request,
    /// What was said and not kept yet.
    pub said: Vec<Message>,
    /// The open request for the history.
    pub history: Request,
    /// What an outer editor left that could not be taken over; opening it again goes on with it.
    pub left_outside: Option<Outside>,
    /// What every size since the last key was scrolled to.
    pub scrolled: BTreeMap<(u16, u16), state::Scrolled>,
    /// Whether a post is added once the channels were read again.
    pub then_add: bool,
}

/// What happens once a save is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterSave {
    /// Show the post.
    Show,
    /// Show the post, and forget these drafts: their text is kept now.
    ShowKept(Vec<DraftKey>),
    /// The editor is closed.
    CloseEditor,
}

impl App {
    /// Creates the screen as it is before anything was read.
    pub fn new(now: DateTime<Utc>, zone: Tz, size: (u16, u16)) -> Self {
        Self {
            size,
            now,
            zone,
            second_zone: None,
            login_end: None,
            week_start: Weekday::Mon,
            author: Author::default(),
            look: Appearance::default(),
            run: Run::default(),
            screen: ScreenName::default(),
            keymap: Keymap::default(),
            plan_file: String::new(),
            channels: Vec::new(),
            facts: BTreeMap::new(),
            topics: BTreeMap::new(),
            asks_pages: false,
            text_filters: Vec::new(),
            publishing: Publishing::default(),
            next: None,
            frozen: None,
            alarm: None,
            focus: Pane::default(),
            hinted: None,
            day: now.with_timezone(&zone).date_naive(),
            selected: None,
            posts: Vec::new(),
            loaded: None,
            unread: None,
            finding: Finding::default(),
            queue: Queue::default(),
            queue_scroll: 0,
            detail: None,
            detail_scroll: 0,
            detail_tab: Tab::Master,
            editor: None,
            completion: None,
            details: None,
            sheet: None,
            page: None,
            welcome: None,
            note: None,
            clip: None,
            thumbs: thumbs::Thumbs::default(),
            marks: Marks::default(),
            leaving: false,
            memory: Memory::default(),
        }
    }

    /// Returns today in the shown zone.
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }

    /// Returns the present wall time in the shown zone.
    pub fn local_now(&self) -> LocalTime {
        LocalTime::from_instant(self.now, self.zone)
    }

    /// Returns the weeks that the calendar shows.
    pub fn grid(&self) -> MonthGrid {
        MonthGrid::of(self.day, self.week_start, 0)
    }

    /// Returns the day on which a post is shown.
    pub fn day_of(&self, post: &Summary) -> Option<NaiveDate> {
        post.due_at
            .map(|at| at.with_timezone(&self.zone).date_naive())
    }

    /// Returns the posts of a day, by time. The loaded posts are sorted, so this is a search, not a scan.
    pub fn posts_on(&self, day: NaiveDate) -> &[Summary] {
        let midnight = |day: NaiveDate| {
            LocalTime::new(day.and_time(chrono::NaiveTime::MIN), self.zone).instant()
        };
        let (begins, ends) = (midnight(day), midnight(plus_days(day, 1)));
        let before = |at: DateTime<Utc>| move |post: &Summary| post.due_at.is_none_or(|it| it < at);
        let start = self.posts.partition_point(before(begins));
        let length = self.posts[start..].partition_point(before(ends));
        &self.posts[start..start + length]
    }

    /// Returns how many posts a day has that were not read yet.
    pub fn unread_on(&self, day: NaiveDate) -> usize {
        let unread = self.unread.as_ref().and_then(|days| days.get(&day));
        unread.copied().unwrap_or(0)
    }

    /// Returns the selected post's summary, from the calendar or the queue.
    pub fn selected_summary(&self) -> Option<&Summary> {
        let id = self.selected?;
        let on_day = self.posts_on(self.day).iter().find(|post| post.id == id);
        on_day.or_else(|| self.queue.posts().find(|post| post.id == id))
    }

    /// Returns the selected post in full, once it was read.
    pub fn selected_detail(&self) -> Option<&Detail> {
        self.detail
            .as_ref()
            .filter(|detail| Some(detail.view.post.id) == self.selected)
    }

    /// Counts the posts whose time has come and that wait all the same.
    pub fn held(&self) -> usize {
        let is_due = |post: &&Summary| {
            let waits =
                |it: &ChannelState| it.state == DeliveryState::Waiting && !it.is_asked_by_hand();
            !post.held
                && post.due_at.is_some_and(|at| at <= self.now)
                && post.channels.iter().any(waits)
        };
        self.whole_queue().posts().filter(is_due).count()
    }

    /// Returns a channel by its name.
    pub fn channel(&self, name: &ChannelName) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == *name)
    }

    /// Returns the channels and what is known about them.
    pub fn known(&self) -> pictures::Known<'_> {
        pictures::Known {
            channels: &self.channels,
            facts: &self.facts,
        }
    }

    /// Returns where keys go now.
    pub fn here(&self) -> Place {
        let page = self.shown_page().map(Page::place);
        self.place().or(page).unwrap_or(Place::of(self.focus))
    }

    /// Returns where keys go while something is typed or filled in; `None` while panes have them.
    pub fn place(&self) -> Option<Place> {
        if self.details.is_some() {
            Some(Place::Details)
        } else if self.editor.is_some() {
            Some(Place::Typing)
        } else {
            None
        }
    }
}
