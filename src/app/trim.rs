//! The trim screen: a channel's text word by word, what falls off its limit, and what striking a word saves.
//!
//! Pure. Words are `text::strike`; every count is that of the one composer. Keys are `update/trim.rs`, drawing is
//! `ui/sheets/trim.rs`. Striking moves nothing: the text stays wrapped as it was.

use super::composing::compose_text;
use super::editor::{Editor, Tab};
use super::wrap::{WrapRow, byte_at, column_of, row_of, wrap};
use crate::domain::{Channel, ChannelName, Composed, Content, Facts};
use crate::text::strike::Strikes;
use std::collections::BTreeMap;
use std::ops::Range;

/// A row of text longer than this is hard to read.
const MEASURE: u16 = 72;
/// Columns left of the text: what the row holds, and the bracket before a struck word.
pub const GUTTER: u16 = 3;
/// Columns right of it: the bracket after a struck word, and a blank.
const MARGIN: u16 = 2;

/// The open trim screen.
#[derive(Clone, Debug, PartialEq)]
pub struct TrimSheet {
    /// The channel whose text is trimmed.
    pub channel: ChannelName,
    /// The text and what of it is struck.
    pub strikes: Strikes,
    /// The chosen word, by its place.
    pub chosen: usize,
    /// What the channel makes of what is left.
    pub composed: Composed,
    /// What its whole text counted.
    pub was: u32,
    /// How much the count changes when the chosen word is struck, or put back.
    pub effect: u32,
    /// How far it is over the limit without any word at all: what stands around the text counts so much.
    pub beyond: u32,
    /// First shown row.
    pub scroll: usize,
    falling: Vec<bool>,
}

/// How a piece of the text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It stays.
    Stays,
    /// It is past the limit.
    Falls,
    /// It is struck.
    Struck,
    /// It belongs to the chosen word.
    Chosen,
}

/// One row as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrimRow {
    /// Where it stands in the text.
    pub row: WrapRow,
    /// Its pieces, in order, without gaps.
    pub pieces: Vec<(Range<usize>, Standing)>,
    /// The columns of brackets around struck words, from the first of the text; `None` is the one left of it.
    pub brackets: Vec<(Option<usize>, &'static str)>,
    /// Whether something in it is past the limit.
    pub falls: bool,
    /// Whether something in it is struck.
    pub struck: bool,
}

/// Why there is nothing to trim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTrim {
    /// The post goes to no channel.
    NoChannel,
    /// This channel takes its text as it is.
    Fits(ChannelName),
    /// Every channel does.
    AllFit,
    /// What is over is not the text: the text holds no word.
    NoWord(ChannelName),
}

/// What counts are made from.
#[derive(Clone, Copy, Debug)]
pub struct Counting<'a> {
    /// The post.
    pub content: &'a Content,
    /// The configured channels.
    pub channels: &'a [Channel],
    /// What is known about each.
    pub facts: &'a BTreeMap<ChannelName, Facts>,
}

impl TrimSheet {
    /// Opens the screen for the editor's tab; on the master text for the channel that runs out of room first.
    ///
    /// # Errors
    /// When nothing falls off.
    pub fn open(
        editor: &Editor,
        channels: &[Channel],
        facts: &BTreeMap<ChannelName, Facts>,
    ) -> Result<Self, NoTrim> {
        let channel = over_channel(editor)?;
        let counting = Counting {
            content: &editor.content,
            channels,
            facts,
        };
        let text = editor.content.text_for(&channel);
        let strikes = Strikes::new(text);
        if strikes.words().is_empty() {
            return Err(NoTrim::NoWord(channel));
        }
        let composed = counting.compose(&channel, text);
        let bare = counting.compose(&channel, "");
        let mut sheet = Self {
            was: used(&composed),
            beyond: over(&bare),
            chosen: 0,
            effect: 0,
            scroll: 0,
            falling: Vec::new(),
            channel,
            strikes,
            composed,
        };
        sheet.recount(counting);
        let first = sheet.falling.iter().position(|falls| *falls);
        sheet.choose(first.unwrap_or(sheet.strikes.words().len() - 1), counting);
        Ok(sheet)
    }

    /// Counts what is left anew.
    pub fn recount(&mut self, counting: Counting<'_>) {
        let left = self.strikes.left();
        self.composed = counting.compose(&self.channel, &left.text);
        self.falling = left.falling(&self.composed, self.strikes.words().len());
        self.weigh(counting);
    }

    /// Chooses a word, the last one at the most.
    pub fn choose(&mut self, place: usize, counting: Counting<'_>) {
        self.chosen = place.min(self.strikes.words().len().saturating_sub(1));
        self.weigh(counting);
    }

    /// Strikes the chosen word, or puts it back, and goes on to the next one.
    pub fn strike(&mut self, counting: Counting<'_>) {
        self.strikes.toggle([self.chosen]);
        self.recount(counting);
        self.choose(self.chosen + 1, counting);
    }

    /// Strikes all that is past the limit; returns whether there was any.
    pub fn strike_falling(&mut self, counting: Counting<'_>) -> bool {
        let places = (0..self.falling.len()).filter(|place| self.falling[*place]);
        let places: Vec<usize> = places.collect();
        let any = !places.is_empty();
        self.strikes.toggle(places);
        self.recount(counting);
        any
    }

    /// Takes the last step back; returns whether there was one.
    pub fn undo(&mut self, counting: Counting<'_>) -> bool {
        let Some(place) = self.strikes.undo() else {
            return false;
        };
        self.chosen = place;
        self.recount(counting);
        true
    }

    /// Whether the chosen word is struck, past the limit, or stays.
    pub fn standing(&self) -> Standing {
        self.standing_of(self.chosen)
    }

    /// Returns the chosen word.
    pub fn word(&self) -> &str {
        let word = self.strikes.words().get(self.chosen);
        word.map_or("", |word| &self.strikes.text()[word.range.clone()])
    }

    /// Returns the place of the word `rows` shown rows away that is nearest in its column.
    pub fn word_below(&self, rows: isize, width: usize) -> usize {
        let text = self.strikes.text();
        let words = self.strikes.words();
        let all = wrap(text, width);
        let Some(start) = words.get(self.chosen).map(|word| word.range.start) else {
            return self.chosen;
        };
        let row = row_of(&all, start);
        let column = column_of(text, all[row], start);
        let mut wanted = row.saturating_add_signed(rows).min(all.len() - 1);
        loop {
            let WrapRow { start, end, .. } = all[wanted];
            let first = words.partition_point(|word| word.range.start < start);
            let past = words.partition_point(|word| word.range.start < end);
            if first < past {
                let byte = byte_at(text, all[wanted], column);
                let near = words.partition_point(|word| word.range.start <= byte);
                return near.saturating_sub(1).clamp(first, past - 1);
            }
            // A row without a beginning of a word: the next one that has any.
            let next = wanted.checked_add_signed(rows.signum());
            match next.filter(|next| *next < all.len() && *next != wanted) {
                Some(next) => wanted = next,
                None => return self.chosen,
            }
        }
    }

    /// Scrolls so that the chosen word stands within `height` rows.
    pub fn follow(&mut self, width: usize, height: usize) {
        let rows = wrap(self.strikes.text(), width);
        let height = height.max(1);
        let row = self.row_of_chosen(&rows);
        if row < self.scroll {
            self.scroll = row;
        } else if row >= self.scroll + height {
            self.scroll = row + 1 - height;
        }
        self.scroll = self.scroll.min(rows.len().saturating_sub(height));
    }

    fn row_of_chosen(&self, rows: &[WrapRow]) -> usize {
        let word = self.strikes.words().get(self.chosen);
        word.map_or(0, |word| row_of(rows, word.range.start))
    }

    /// Returns the shown rows of the text, and where the cursor stands: on which of them, in which column.
    pub fn rows(&self, width: usize, height: usize) -> (Vec<TrimRow>, Option<(usize, usize)>) {
        let all = wrap(self.strikes.text(), width);
        let shown = all.iter().skip(self.scroll).take(height);
        let rows = shown.map(|row| self.row(*row)).collect();
        let at = self.row_of_chosen(&all);
        let cursor = at.checked_sub(self.scroll).filter(|down| *down < height);
        let cursor = cursor.zip(self.strikes.words().get(self.chosen));
        let cursor = cursor.map(|(down, word)| {
            let column = column_of(self.strikes.text(), all[at], word.range.start);
            (down, column)
        });
        (rows, cursor)
    }

    fn row(&self, row: WrapRow) -> TrimRow {
        let words = self.strikes.words();
        let mut drawn = TrimRow {
            row,
            pieces: Vec::new(),
            brackets: Vec::new(),
            falls: false,
            struck: false,
        };
        let first = words.partition_point(|word| word.range.end <= row.start);
        let mut at = row.start;
        for (place, word) in words.iter().enumerate().skip(first) {
            if word.range.start >= row.end {
                break;
            }
            let (start, end) = (word.range.start.max(at), word.range.end.min(row.end));
            let standing = self.standing_of(place);
            drawn.falls |= standing == Standing::Falls;
            drawn.struck |= standing == Standing::Struck;
            if at < start {
                let before = place.checked_sub(1).map(|place| self.standing_of(place));
                let gap = match before {
                    Some(before) if before == standing => standing,
                    _ => Standing::Stays,
                };
                drawn.pieces.push((at..start, gap));
            }
            let shown = if place == self.chosen {
                Standing::Chosen
            } else {
                standing
            };
            drawn.pieces.push((start..end, shown));
            at = end;
            if standing == Standing::Struck {
                self.bracket(place, row, &mut drawn.brackets);
            }
        }
        if at < row.end {
            drawn.pieces.push((at..row.end, Standing::Stays));
        }
        drawn
    }

    /// Brackets stand in the blanks around a run of struck words; where a script has none, the row's sign tells.
    fn bracket(
        &self,
        place: usize,
        row: WrapRow,
        brackets: &mut Vec<(Option<usize>, &'static str)>,
    ) {
        let (text, words) = (self.strikes.text(), self.strikes.words());
        let is_struck = |place: Option<usize>| {
            place
                .and_then(|at| words.get(at))
                .is_some_and(|it| it.is_struck)
        };
        let Range { start, end } = words[place].range.clone();
        let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        if !is_struck(place.checked_sub(1)) && row.start <= start {
            let is_first = start == row.start;
            if is_first || is_blank(text[..start].chars().next_back()) {
                brackets.push((column_of(text, row, start).checked_sub(1), "["));
            }
        }
        if !is_struck(Some(place + 1)) && end <= row.end && is_blank(text[end..].chars().next()) {
            brackets.push((Some(column_of(text, row, end)), "]"));
        }
    }

    fn standing_of(&self, place: usize) -> Standing {
        let is_struck = self
            .strikes
            .words()
            .get(place)
            .is_some_and(|it| it.is_struck);
        match (is_struck, self.falling.get(place)) {
            (true, _) => Standing::Struck,
            (false, Some(true)) => Standing::Falls,
            (false, _) => Standing::Stays,
        }
    }

    fn weigh(&mut self, counting: Counting<'_>) {
        let mut other = self.strikes.clone();
        other.toggle([self.chosen]);
        let other = counting.compose(&self.channel, &other.left().text);
        self.effect = used(&self.composed).abs_diff(used(&other));
    }
}

impl Counting<'_> {
    fn compose(self, channel: &ChannelName, text: &str) -> Composed {
        compose_text(self.content, channel, text, self.channels, self.facts)
    }
}

/// Returns what all parts count together.
pub fn used(composed: &Composed) -> u32 {
    let parts = composed.parts.iter();
    parts.fold(0, |sum, part| sum.saturating_add(part.count.text.used))
}

/// Returns how far the texts of all parts are over their limit together.
fn over(composed: &Composed) -> u32 {
    let each = composed.parts.iter().map(|part| {
        let bytes = part.count.bytes.unwrap_or_default();
        part.count.text.over().max(bytes.over())
    });
    each.fold(0, u32::saturating_add)
}

/// Returns the width to which the text is wrapped in a window.
pub fn width(window: u16) -> usize {
    usize::from(window.saturating_sub(GUTTER + MARGIN).min(MEASURE))
}

/// The channel that is trimmed: the tab's, or the first over its limit, those that inherit before the others.
fn over_channel(editor: &Editor) -> Result<ChannelName, NoTrim> {
    let is_over = |composed: &Composed| over(composed) > 0;
    match &editor.tab {
        Tab::Channel(name) => {
            let composed = editor.composed.iter().find(|(other, _)| other == name);
            match composed {
                Some((name, composed)) if is_over(composed) => Ok(name.clone()),
                _ => Err(NoTrim::Fits(name.clone())),
            }
        }
        Tab::Master if editor.content.variants.is_empty() => Err(NoTrim::NoChannel),
        Tab::Master => {
            let marked = editor.marked_composed().into_iter();
            let mut candidates = marked.chain(&editor.composed);
            let found = candidates.find(|(_, composed)| is_over(composed));
            found.map_or(Err(NoTrim::AllFit), |(name, _)| Ok(name.clone()))
        }
    }
}
