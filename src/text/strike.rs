//! Striking words from a text that is too long: which words there are, what is left of it, and what still falls off.
//!
//! Pure and linear. What is left is composed like any other text; nothing here counts. The screen is `app/trim.rs`.

use super::hashtags;
use super::links::{self, Dialect};
use crate::domain::Composed;
use crate::domain::directory::references;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A word of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, in bytes, without the blanks around it.
    pub range: Range<usize>,
    /// Whether it is struck.
    pub is_struck: bool,
}

/// A text of which words are struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strikes {
    text: String,
    words: Vec<Word>,
    /// What was struck or put back, step by step.
    steps: Vec<Vec<usize>>,
}

/// What is left of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// The text without what is struck.
    pub text: String,
    /// Where each word that was kept stands in it, with its place among all words.
    kept: Vec<(usize, Range<usize>)>,
}

impl Strikes {
    /// Takes a text of which nothing is struck yet.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let word = |range| Word {
            range,
            is_struck: false,
        };
        Self {
            words: words(&text).into_iter().map(word).collect(),
            text,
            steps: Vec::new(),
        }
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns its words, in order.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// Returns how many words are struck.
    pub fn struck(&self) -> usize {
        self.words.iter().filter(|word| word.is_struck).count()
    }

    /// Strikes words, or puts back those that are struck, as one step. Places beyond the last word are passed over.
    pub fn toggle(&mut self, places: impl IntoIterator<Item = usize>) {
        let places: Vec<usize> = places
            .into_iter()
            .filter(|place| *place < self.words.len())
            .collect();
        self.flip(&places);
        if !places.is_empty() {
            self.steps.push(places);
        }
    }

    /// Takes the last step back; returns the first word that it was about.
    pub fn undo(&mut self) -> Option<usize> {
        let step = self.steps.pop()?;
        self.flip(&step);
        step.first().copied()
    }

    fn flip(&mut self, places: &[usize]) {
        for place in places {
            if let Some(word) = self.words.get_mut(*place) {
                word.is_struck = !word.is_struck;
            }
        }
    }

    /// Returns what is left. Of the blanks around what is struck the widest break stays; at the ends none does.
    pub fn left(&self) -> Left {
        let mut left = Left::default();
        let mut before: Option<usize> = None;
        for (place, word) in self.words.iter().enumerate() {
            if word.is_struck {
                continue;
            }
            let gap = match before {
                None if place == 0 => &self.text[..word.range.start],
                None => "",
                Some(before) => self.break_between(before, place),
            };
            left.text.push_str(gap);
            let start = left.text.len();
            left.text.push_str(&self.text[word.range.clone()]);
            left.kept.push((place, start..left.text.len()));
            before = Some(place);
        }
        match self.words.last() {
            Some(last) if !last.is_struck => left.text.push_str(&self.text[last.range.end..]),
            Some(_) => {}
            None => left.text.push_str(&self.text),
        }
        left
    }

    fn break_between(&self, before: usize, after: usize) -> &str {
        let gap = |place: usize| {
            let (end, start) = (
                self.words[place].range.end,
                self.words[place + 1].range.start,
            );
            &self.text[end..start]
        };
        let lines = |gap: &str| gap.bytes().filter(|byte| *byte == b'\n').count();
        let mut widest = gap(before);
        for place in before + 1..after {
            let next = gap(place);
            if (lines(next), next.len()) > (lines(widest), widest.len()) {
                widest = next;
            }
        }
        widest
    }
}

impl Left {
    /// Returns for each of `words` words whether it is past a limit, as composing what is left found.
    pub fn falling(&self, composed: &Composed, words: usize) -> Vec<bool> {
        let mut falling = vec![false; words];
        for part in &composed.parts {
            let Some(over) = part.over else { continue };
            let first = self.kept.partition_point(|(_, range)| range.end <= over);
            let past = self.kept[first..].iter();
            for (place, _) in past.take_while(|(_, range)| range.start < part.source.end) {
                if let Some(falls) = falling.get_mut(*place) {
                    *falls = true;
                }
            }
        }
        falling
    }
}

/// Returns the words of a text: what stands between blanks. Where a script has no blanks its own word ends are taken, but
/// a link, a hashtag or a name stays whole.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut wholes = Vec::new();
    if text.contains(is_unspaced) {
        wholes = links::find(text, Dialect::X);
        wholes.extend(hashtags::find(text));
        wholes.extend(references(text).into_iter().map(|it| it.range));
        wholes.sort_by_key(|range| range.start);
    }
    let mut wholes = wholes.into_iter().peekable();
    let mut words = Vec::new();
    for run in runs(text) {
        if !text[run.clone()].contains(is_unspaced) {
            words.push(run);
            continue;
        }
        let (mut at, end) = (run.start, run.end);
        while at < end {
            while wholes.next_if(|whole| whole.start < at).is_some() {}
            let whole = wholes.next_if(|whole| whole.start < end);
            let stop = whole.as_ref().map_or(end, |whole| whole.start);
            pieces(text, at..stop, &mut words);
            at = stop;
            if let Some(whole) = whole {
                at = whole.end.min(end);
                words.push(whole.start..at);
            }
        }
    }
    words
}

/// Returns what stands between blanks.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut begun = None;
    for (at, c) in text.char_indices() {
        match begun {
            Some(start) if c.is_whitespace() => {
                runs.push(start..at);
                begun = None;
            }
            None if !c.is_whitespace() => begun = Some(at),
            _ => {}
        }
    }
    runs.extend(begun.map(|start| start..text.len()));
    runs
}

/// Adds the words of a run without blanks; a mark belongs to the word before it.
fn pieces(text: &str, range: Range<usize>, words: &mut Vec<Range<usize>>) {
    let first = words.len();
    for (offset, piece) in text[range.clone()].split_word_bound_indices() {
        let here = range.start + offset..range.start + offset + piece.len();
        let is_mark = !piece.chars().any(char::is_alphanumeric);
        match words[first..].last_mut() {
            Some(before) if is_mark => before.end = here.end,
            _ => words.push(here),
        }
    }
}

/// Whether a character belongs to a script that is written without blanks and whose words can be told apart.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
        || matches!(c, '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
