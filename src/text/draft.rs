//! The text of one part while it is put together, with the way back to what the author wrote.
//!
//! Pure. `compose.rs` makes one for each part.

use super::flow::Flow;
use super::naming::Named;
use std::ops::Range;

/// The text of one part before it is finished: pieces of the flow with something around them.
pub(super) struct Draft {
    pub before: String,
    /// Pieces of the flow, joined by a blank line.
    pub pieces: Vec<Range<usize>>,
    pub after: String,
}

impl Draft {
    /// Returns the text as people will read it.
    pub fn text(&self, flow: &str) -> String {
        let pieces: Vec<&str> = self
            .pieces
            .iter()
            .map(|piece| &flow[piece.clone()])
            .collect();
        format!("{}{}{}", self.before, pieces.join("\n\n"), self.after)
    }

    /// Returns the text as it is sent, with something between what the author wrote and what comes after it.
    pub fn enclosing(&self, enclosed: &str, flow: &str) -> String {
        let text = self.text(flow);
        if enclosed.is_empty() {
            return text;
        }
        let (own, after) = text.split_at(text.len() - self.after.len());
        let empty = own.len() == self.before.len();
        let gap = if empty { "" } else { "\n\n" };
        format!("{own}{gap}{enclosed}{after}")
    }

    /// Returns where a byte of the part's text stands in the flow.
    pub fn flow_of(&self, at: usize) -> usize {
        let mut here = self.before.len();
        let mut place = self.pieces.first().map_or(0, |piece| piece.start);
        for piece in &self.pieces {
            if at < here {
                break;
            }
            place = (piece.start + (at - here)).min(piece.end);
            here += piece.len() + "\n\n".len();
        }
        place
    }

    /// Returns whom the part's text names, each with where it stands there.
    pub fn named(&self, flow: &Flow) -> Vec<Named> {
        let mut here = self.before.len();
        let mut all = Vec::new();
        for piece in &self.pieces {
            all.extend(flow.named_in(piece).map(|named| Named {
                range: here + named.range.start - piece.start..here + named.range.end - piece.start,
                ..named
            }));
            here += piece.len() + "\n\n".len();
        }
        all
    }
}
