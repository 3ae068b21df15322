//! The plain view: `&App` as facts in sentences, for screen readers and terminals that cannot move their cursor.
//!
//! The same facts in the same order as the screen, states and kinds as words. It decides nothing; which facts are told again
//! after a key is `news.rs`, what the rooms of the screen say is taken down by `said.rs`. Start with `facts`.

mod lists;
mod news;
mod panes;
pub mod said;
mod sheets;
mod writing;

pub use news::{Rest, Teller};

use super::hints;
use super::pen::Pen;
use super::{pages, top, welcome};
use crate::app::layout::{Areas, areas};
use crate::app::{App, Pane, Place, Rank, Tab};
use crate::domain::text_safety::{is_unsafe, visible};
use ratatui::layout::Rect;
use said::{Row, Said};
use std::time::Duration;

/// The size of the window that the plain view lays its rows out on: wide enough for whole sentences, and no list scrolls.
pub const PAPER: (u16, u16) = (240, 1000);

/// Everything there is to tell at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// Where the person is.
    pub scene: Scene,
    /// The facts, in order.
    pub facts: Vec<Fact>,
}

impl Telling {
    /// Returns what the cursor stands on.
    pub fn focus(&self) -> Option<&Fact> {
        let mut facts = self.facts.iter();
        facts.find(|fact| matches!(fact.kind, Kind::Focus { .. }))
    }
}

/// Where the person is; entering one tells its facts anew.
#[derive(Clone, Debug, PartialEq)]
pub enum Scene {
    /// The first screen of a new user.
    Welcome,
    /// The days.
    Calendar,
    /// The queue.
    Queue,
    /// The selected post, in full.
    Post,
    /// A text is typed.
    Typing(Tab),
    /// The details form.
    Details,
    /// A page.
    Page(Place),
    /// A sheet, by its name.
    Sheet(&'static str),
}

/// One sentence, or a few words.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// When it is told.
    pub kind: Kind,
    /// Facts of one line stand beside each other when both are told; 0 is a line of its own.
    pub line: u8,
    /// The words.
    pub words: String,
}

/// When a fact is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// At the start and whenever it changes, wherever the person is.
    Standing(&'static str),
    /// When it appears: a message, with the moment it was said.
    Note(Duration),
    /// When its scene is entered.
    Once,
    /// When its scene is entered, and when it changes.
    Body,
    /// What the cursor stands on.
    Focus {
        /// Tells it from another one of the same words.
        at: i64,
        /// What stands after the cursor, where text is typed.
        after: Option<String>,
    },
    /// The keys of a scene, the first time.
    Keys,
}

impl Kind {
    /// Returns what stands after the cursor, where text is typed.
    pub fn after(&self) -> Option<&str> {
        match self {
            Self::Focus { after, .. } => after.as_deref(),
            _ => None,
        }
    }

    /// Whether text is typed there.
    pub fn is_typed(&self) -> bool {
        self.after().is_some()
    }
}

impl Fact {
    fn new(kind: Kind, words: impl Into<String>) -> Self {
        Self {
            kind,
            line: 0,
            words: words.into(),
        }
    }

    fn body(words: impl Into<String>) -> Self {
        Self::new(Kind::Body, words)
    }

    fn focus(words: impl Into<String>, at: i64) -> Self {
        Self::new(Kind::Focus { at, after: None }, words)
    }

    fn typed(words: impl Into<String>, after: impl Into<String>) -> Self {
        let after = Some(after.into());
        Self::new(Kind::Focus { at: 0, after }, words)
    }

    /// Foreign text is among the words: nothing of it may steer the terminal.
    fn make_safe(&mut self) {
        if self.words.contains(is_unsafe) {
            self.words = visible(&self.words);
        }
        if let Kind::Focus {
            after: Some(after), ..
        } = &mut self.kind
            && after.contains(is_unsafe)
        {
            *after = visible(after);
        }
    }

    fn on_line(self, line: u8) -> Self {
        Self { line, ..self }
    }

    /// Returns the letters that were typed at the end of what it was before.
    fn grown_from(&self, before: &Self) -> Option<&str> {
        if self.kind.after() != before.kind.after() {
            return None;
        }
        self.words.strip_prefix(before.words.as_str())
    }
}

/// Returns everything there is to tell; lists of other posts are cut to so many columns.
pub fn facts(app: &App, columns: u16) -> Telling {
    let areas = areas(app);
    let mut facts = Vec::new();
    standing(app, &mut facts);
    let scene = match (&app.sheet, &app.details, &app.editor, app.shown_page()) {
        (Some(sheet), ..) => sheets::tell(app, sheet, &areas, &mut facts),
        (None, ..) if app.welcome.is_some() => {
            welcomed(app, &areas, &mut facts);
            Scene::Welcome
        }
        (None, Some(form), ..) => {
            writing::details(app, form, &mut facts);
            Scene::Details
        }
        (None, None, Some(editor), _) => {
            writing::typing(app, editor, &mut facts);
            Scene::Typing(editor.tab.clone())
        }
        (None, None, None, Some(page)) => {
            match app.outbox() {
                Some(outbox) => lists::outbox(app, outbox, &mut facts),
                None => {
                    let area = Rect::new(0, 1, PAPER.0, PAPER.1);
                    let rows = said(app, |pen| pages::draw(pen, app, page, area));
                    told(rows, &mut facts);
                }
            }
            Scene::Page(page.place())
        }
        (None, None, None, None) => {
            match app.focus {
                Pane::Calendar => panes::calendar(app, columns, &mut facts),
                Pane::Queue => lists::queue(app, &mut facts),
                Pane::Editor => panes::post(app, &mut facts),
            }
            match app.focus {
                Pane::Calendar => Scene::Calendar,
                Pane::Queue => Scene::Queue,
                Pane::Editor => Scene::Post,
            }
        }
    };
    counts(app, &mut facts);
    if let Some(shown) = &app.note {
        let rank = match shown.note.rank {
            Rank::News => "",
            Rank::Warn => "Look: ",
            Rank::Bad => "Error: ",
        };
        let words = format!("{rank}{}", sentence(app, &shown.note.text));
        facts.push(Fact::new(Kind::Note(shown.since), words));
    }
    if app.sheet.is_none() && app.welcome.is_none() {
        let keys: Vec<String> = hints::spoken(app)
            .iter()
            .map(|hint| format!("{} {}", hint.key(), hint.word()))
            .collect();
        facts.push(Fact::new(Kind::Keys, format!("keys: {}", keys.join(", "))));
    }
    for fact in &mut facts {
        fact.make_safe();
    }
    Telling { scene, facts }
}

/// What the top bar says.
fn standing(app: &App, facts: &mut Vec<Fact>) {
    if app.welcome.is_some() {
        return;
    }
    let filter = app.filter_words().map(|words| {
        let (shown, all) = app.filter_count().unwrap_or_default();
        format!("Filter {words}, {shown} of {all}.")
    });
    let (state, next) = top::said(app);
    for (name, words) in [
        ("period", panes::period(app)),
        ("filter", filter.unwrap_or_default()),
        ("publishing", state),
        ("next", next),
    ] {
        facts.push(Fact::new(Kind::Standing(name), words).on_line(1));
    }
    let marks = match app.marks.is_empty() {
        true => String::new(),
        false => format!("{}.", app.marks.words()),
    };
    facts.push(Fact::new(Kind::Standing("marks"), marks));
}

/// What needs a person, on every screen.
fn counts(app: &App, facts: &mut Vec<Fact>) {
    if app.welcome.is_some() {
        return;
    }
    let mut fact = |name, words: String| {
        facts.push(Fact::new(Kind::Standing(name), words).on_line(5));
    };
    fact(
        "needs",
        format!("Needs you: {}.", app.queue.needs_you_total),
    );
    let review = match app.queue.review_total {
        0 => String::new(),
        some => format!("To review: {some}."),
    };
    fact("review", review);
    let login = app.login_end.as_ref().map(|(mark, at)| {
        let channel = app.channels.iter().find(|it| it.mark == *mark);
        let name = channel.map_or(mark.as_str(), |it| it.name.as_str());
        match (*at - app.now).num_days() {
            _ if *at <= app.now => format!("{name} login has ended."),
            1 => format!("{name} login ends in 1 day."),
            days => format!("{name} login ends in {days} days."),
        }
    });
    fact("login", login.unwrap_or_default());
}

fn welcomed(app: &App, areas: &Areas, facts: &mut Vec<Fact>) {
    let rows = said(app, |pen| welcome::draw(pen, app, areas));
    told(rows, facts);
}

/// Takes down what a room of the screen writes.
fn said(app: &App, write: impl FnOnce(&mut Pen<'_>)) -> Vec<Row> {
    let mut said = Said::default();
    let mut pen = Pen::saying(&mut said, app.look);
    write(&mut pen);
    let cursor = pen.cursor;
    said.rows(cursor)
}

/// Tells rows in their order, then the one that the cursor stands on.
fn told(rows: Vec<Row>, facts: &mut Vec<Fact>) {
    let mut focus = None;
    for row in rows {
        match row.after {
            Some(after) => focus = Some(Fact::typed(row.words, after)),
            None => {
                if row.has_focus {
                    focus = Some(Fact::focus(row.words.clone(), 0));
                }
                facts.push(Fact::body(row.words));
            }
        }
    }
    facts.extend(focus);
}

/// Returns one of our own sentences in the form that this terminal shows.
fn sentence(app: &App, text: &str) -> String {
    super::glyph::Signs::words(app.look.ascii)
        .sentence(text)
        .into_owned()
}
