//! Splitting a text into the parts of a thread.
//!
//! A line of `---` forces a part; a part that is too long ends at the last sentence that fits, else at the
//! last word. Never inside a word, link, mention or cluster: a word longer than the limit stays whole, and
//! `compose.rs` reports it. Pure; near linear, since each part is left at a quarter full at the least.

use super::rules::{Atom, Rules};
use crate::domain::Facts;
use std::ops::Range;

/// What one part may hold beside its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// In the platform's unit; `None` without limit.
    pub used: Option<u32>,
    /// In bytes; `None` without limit.
    pub bytes: Option<u32>,
}

/// What the first part may hold, and what each later one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rooms {
    pub first: Room,
    pub later: Room,
}

impl Rooms {
    /// Whether a part has no place for any text.
    fn has_none(&self) -> bool {
        let is_none = |room: Room| room.used == Some(0) || room.bytes == Some(0);
        is_none(self.first) || is_none(self.later)
    }

    /// Returns the room of the part that comes after so many.
    fn after(&self, parts: usize) -> Room {
        match parts {
            0 => self.first,
            _ => self.later,
        }
    }
}

/// A text and the pieces of it that are never cut, in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole<'a> {
    pub text: &'a str,
    pub wholes: &'a [Range<usize>],
}

impl Whole<'_> {
    /// Whether a part that ends here would cut a piece that stays whole.
    fn is_cut_at(&self, at: &Break) -> bool {
        let next = self.wholes.partition_point(|whole| whole.end <= at.next);
        let whole = self.wholes.get(next);
        whole.is_some_and(|whole| whole.start < at.end)
    }
}

/// Whether parts end in ` 1/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbering {
    Off,
    On,
}

/// Returns the parts of a text as byte ranges without surrounding white space, in order.
pub(super) fn split(
    rules: &dyn Rules,
    text: Whole<'_>,
    rooms: Rooms,
    numbering: Numbering,
    facts: &Facts,
) -> Vec<Range<usize>> {
    let chunks = chunks(text.text);
    if rooms.has_none() {
        return chunks;
    }
    let breaks: Vec<Vec<Break>> = chunks
        .iter()
        .map(|chunk| breaks(rules, text, chunk.clone(), facts))
        .collect();
    // How long the numbers are depends on how many there are, and that on how long they are.
    let mut digits = 0;
    loop {
        let mut parts: Vec<Range<usize>> = Vec::new();
        for (chunk, breaks) in chunks.iter().zip(&breaks) {
            fill(chunk.start, breaks, rooms, digits, &mut parts);
        }
        let parts = stand_alone(rules, text, parts, rooms, digits, facts);
        let needed = if numbering == Numbering::On && parts.len() > 1 {
            decimal_digits(parts.len())
        } else {
            0
        };
        if needed <= digits {
            return parts;
        }
        digits = needed;
    }
}

/// Splits again what counts more by itself than in its place: `。example.org` is no link, `example.org` is one.
fn stand_alone(
    rules: &dyn Rules,
    text: Whole<'_>,
    parts: Vec<Range<usize>>,
    rooms: Rooms,
    digits: usize,
    facts: &Facts,
) -> Vec<Range<usize>> {
    let mut done = Vec::with_capacity(parts.len());
    let mut open: Vec<Range<usize>> = parts.into_iter().rev().collect();
    while let Some(part) = open.pop() {
        let breaks = breaks(rules, text, part.clone(), facts);
        let before = done.len();
        fill(part.start, &breaks, rooms, digits, &mut done);
        if done.len() > before + 1 {
            // The pieces are again read by themselves.
            open.extend(done.drain(before..).rev());
        }
    }
    done
}

/// Returns the number at the end of a part.
pub(super) fn number(index: usize, parts: usize) -> String {
    format!(" {}/{parts}", index + 1)
}

fn decimal_digits(number: usize) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}

/// Returns what stands between `---` lines, without surrounding white space; nothing that is blank.
pub(super) fn chunks(text: &str) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim() == "---" {
            chunks.extend(trimmed(text, start..at));
            start = at + line.len();
        }
        at += line.len();
    }
    chunks.extend(trimmed(text, start..text.len()));
    chunks
}

fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    let kept = piece.trim();
    (!kept.is_empty()).then(|| start..start + kept.len())
}

/// A place where a part may end.
#[derive(Clone, Copy, Debug)]
struct Break {
    /// Where the part ends, and what was used up to there.
    end: usize,
    used: u64,
    /// Where the next part begins, and what was used up to there.
    next: usize,
    next_used: u64,
    sentence: bool,
    line: bool,
}

fn breaks(rules: &dyn Rules, text: Whole<'_>, chunk: Range<usize>, facts: &Facts) -> Vec<Break> {
    let piece = &text.text[chunk.clone()];
    let mut atoms: Vec<Atom> = Vec::new();
    rules.walk(piece, facts, &mut |atom| atoms.push(atom));
    let mut breaks: Vec<Break> = Vec::new();
    let mut used = 0_u64;
    let mut gap: Option<Break> = None;
    let mut ending = Ending::None;
    for (index, atom) in atoms.iter().enumerate() {
        let end = atoms.get(index + 1).map_or(piece.len(), |next| next.start);
        let content = &piece[atom.start..end];
        if content.is_empty() {
            // Normalizing gave one character the weight of two; the second has no text of its own.
        } else if content.chars().all(char::is_whitespace) {
            let open = gap.get_or_insert(Break {
                end: chunk.start + atom.start,
                used,
                next: 0,
                next_used: 0,
                sentence: ending != Ending::None,
                line: false,
            });
            open.line |= content.contains('\n');
        } else {
            if let Some(mut open) = gap.take() {
                (open.next, open.next_used) = (chunk.start + atom.start, used);
                // "e.g. this" is no end of a sentence.
                let lower = content.chars().next().is_some_and(char::is_lowercase);
                open.sentence = open.line || (open.sentence && !(lower && ending == Ending::Stop));
                breaks.push(open);
            } else if ending == Ending::Ideographic && !closes(content) {
                let here = chunk.start + atom.start;
                breaks.push(Break {
                    end: here,
                    used,
                    next: here,
                    next_used: used,
                    sentence: true,
                    line: false,
                });
            }
            ending = ending.after(content);
        }
        used += u64::from(atom.used);
    }
    breaks.retain(|at| !text.is_cut_at(at));
    breaks.push(Break {
        end: chunk.end,
        used,
        next: chunk.end,
        next_used: used,
        sentence: true,
        line: false,
    });
    breaks
}

/// What the text so far ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    None,
    /// A full stop: an abbreviation has one too.
    Stop,
    Mark,
    /// A mark after which no space is written.
    Ideographic,
}

impl Ending {
    fn after(self, content: &str) -> Self {
        match content {
            "." => Self::Stop,
            "!" | "?" | "…" => Self::Mark,
            "。" | "！" | "？" => Self::Ideographic,
            _ if self != Self::None && closes(content) => self,
            _ => Self::None,
        }
    }
}

/// Whether a character closes a quotation or a pair of brackets, and so belongs to the sentence before it.
fn closes(content: &str) -> bool {
    matches!(
        content,
        ")" | "]" | "\"" | "'" | "’" | "”" | "»" | "」" | "』" | "）"
    )
}

/// Fills parts one after the other; each takes as much as its room allows.
fn fill(
    start: usize,
    breaks: &[Break],
    rooms: Rooms,
    digits: usize,
    parts: &mut Vec<Range<usize>>,
) {
    let (mut start, mut base) = (start, 0);
    let mut next = 0;
    while next < breaks.len() {
        let room = rooms.after(parts.len());
        let reserved = match digits {
            0 => 0,
            digits => 2 + decimal_digits(parts.len() + 1) + digits,
        };
        let left = |limit: Option<u32>| {
            limit.map_or(u64::MAX, |limit| {
                u64::from(limit).saturating_sub(reserved as u64)
            })
        };
        let (most, most_bytes) = (left(room.used), left(room.bytes));
        let fits = |at: &Break| at.used - base <= most && (at.end - start) as u64 <= most_bytes;
        let (mut word, mut sentence) = (None, None);
        for (index, at) in breaks.iter().enumerate().skip(next) {
            if !fits(at) {
                break;
            }
            word = Some(index);
            // Too short a part reads worse than a sentence in two.
            if at.sentence
                && (index + 1 == breaks.len() || (at.used - base).saturating_mul(4) >= most)
            {
                sentence = Some(index);
            }
        }
        let all = breaks.len() - 1;
        let chosen = match word {
            Some(last) if last == all => all,
            _ => sentence.or(word).unwrap_or(next),
        };
        parts.push(start..breaks[chosen].end);
        (start, base) = (breaks[chosen].next, breaks[chosen].next_used);
        next = chosen + 1;
    }
}
