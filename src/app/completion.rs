//! What is offered while `@@` or `##` is typed: who could be meant, and which platforms know them.
//!
//! Pure. Keys are `update/completion.rs`, drawing is `ui/completion.rs`. What a name becomes is `text`'s.

use super::App;
use super::editor::{Editor, Tab};
use super::palette::score;
use crate::domain::directory::{Sign, begun, folded};
use crate::domain::{Directory, Entry, Facts};

/// So many are offered at the most.
const MOST: usize = 50;

/// The open list under the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is typed: a name or a group.
    pub sign: Sign,
    /// Where its sign stands in the text, in bytes.
    pub start: usize,
    /// Who could be meant, the likeliest first; never empty.
    pub offers: Vec<Offered>,
    /// Which of them is chosen, by its place.
    pub chosen: usize,
}

/// One who could be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// What is put in after the sign.
    pub key: String,
    /// The name; a group's hashtags.
    pub name: String,
    /// The marks of the platforms that know them; empty for a group.
    pub platforms: Vec<&'static str>,
}

impl Completion {
    /// Returns what is chosen.
    pub fn offered(&self) -> Option<&Offered> {
        self.offers.get(self.chosen)
    }
}

impl App {
    /// Returns who is who, as far as it was read.
    pub fn directory(&self) -> Option<&Directory> {
        self.facts.values().next().map(|facts| &*facts.directory)
    }
}

/// Returns what could be meant by what stands before the cursor; `None` where no reference is typed, or nobody fits.
pub fn at_cursor(app: &App, editor: &Editor) -> Option<Completion> {
    let (text, cursor) = (editor.text(), editor.cursor());
    let (sign, start) = begun(text, cursor)?;
    let typed: Vec<char> = folded(&text[start + 2..cursor]).chars().collect();
    let offers = match sign {
        Sign::Entry => entries(app.directory()?, &typed),
        Sign::Group => groups(facts(app, editor)?, &typed),
    };
    (!offers.is_empty()).then_some(Completion {
        sign,
        start,
        offers,
        chosen: 0,
    })
}

/// The facts of the channel that is typed for; for the master, of the first.
fn facts<'a>(app: &'a App, editor: &Editor) -> Option<&'a Facts> {
    let first = editor.content.variants.first().map(|it| &it.channel);
    let channel = match &editor.tab {
        Tab::Channel(channel) => Some(channel),
        Tab::Master => first,
    };
    let own = channel.and_then(|channel| app.facts.get(channel));
    own.or_else(|| app.facts.values().next())
}

fn entries(directory: &Directory, typed: &[char]) -> Vec<Offered> {
    let offered = |entry: &Entry| Offered {
        key: entry.key.to_string(),
        name: entry.name.clone(),
        platforms: entry.handles.keys().map(|it| it.mark()).collect(),
    };
    let fitting = directory.entries().filter_map(|entry| {
        let points = points(typed, entry.key.as_str()).max(points(typed, &entry.name));
        Some((points?, entry))
    });
    let mut fitting: Vec<(i32, &Entry)> = fitting.collect();
    // A stable sort: those that fit as well stay by their keys.
    fitting.sort_by_key(|(points, _)| -points);
    let best = fitting.into_iter().take(MOST);
    best.map(|(_, entry)| offered(entry)).collect()
}

fn groups(facts: &Facts, typed: &[char]) -> Vec<Offered> {
    let fitting = facts.hashtags.iter().filter_map(|(name, tags)| {
        let points = points(typed, name)?;
        Some((points, name, tags))
    });
    let mut fitting: Vec<_> = fitting.collect();
    fitting.sort_by_key(|(points, ..)| -points);
    let best = fitting.into_iter().take(MOST);
    best.map(|(_, name, tags)| Offered {
        key: name.clone(),
        name: if tags.is_empty() {
            "nothing on this channel".to_owned()
        } else {
            tags.clone()
        },
        platforms: Vec::new(),
    })
    .collect()
}

fn points(typed: &[char], name: &str) -> Option<i32> {
    if typed.is_empty() {
        return Some(0);
    }
    let name: Vec<char> = folded(name).chars().collect();
    score(typed, &name)
}
