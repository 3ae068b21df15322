//! What is said of a part that is longer than its platform takes.
//!
//! Pure. The lengths themselves are counted by `rules::measure`.

use super::super::rules;
use super::{Composer, problem};
use crate::domain::{Count, Measure, PartKind, Problem, Threading, Unit};

impl Composer<'_> {
    pub(super) fn check_length(&mut self, index: usize, parts: usize, count: &Count) {
        let label = self.platform.label();
        let later = self.rules.follow_up().map_or(PartKind::Post, |it| it.kind);
        let part = if parts > 1 {
            format!("{}: ", later.name(index, parts))
        } else {
            String::new()
        };
        let off = self.content.threading == Threading::Off;
        let has_room = rules::limit(self.rules, self.facts)
            .is_none_or(|limit| self.counted_warning() < limit as usize);
        let splitting_helps = self.offers.threads && off && has_room;
        let advice = match (splitting_helps, off || !self.offers.threads) {
            (true, _) if later == PartKind::Comment => {
                "shorten the text or split it, and what follows is a comment"
            }
            (true, _) => "shorten the text or split it into a thread",
            (false, true) => "shorten the text",
            (false, false) => "it has no place to split at, shorten it",
        };
        let bytes_unit = if count.unit == Unit::Bytes {
            " bytes"
        } else {
            ""
        };
        for (measure, unit) in [(Some(count.text), bytes_unit), (count.bytes, " bytes")] {
            let Some((over, limit)) = measure.and_then(excess) else {
                continue;
            };
            self.problems.push(Problem {
                part: Some(index),
                message: format!("{part}{over}{unit} over the limit of {limit}{unit}: {advice}"),
                splitting_helps,
            });
        }
        for (name, measure) in [
            ("title", count.title),
            ("topic", count.topic),
            ("tags", count.tags),
        ] {
            let Some((over, limit)) = measure.and_then(excess) else {
                continue;
            };
            // The topic is the same on every part.
            if index == 0 {
                let verb = if name == "tags" { "are" } else { "is" };
                let message =
                    format!("The {name} {verb} {over} over {label}'s limit of {limit}: shorten");
                let message = format!("{message} {}", if name == "tags" { "them" } else { "it" });
                self.problems.push(problem(Some(index), message));
            }
        }
    }
}

fn excess(measure: Measure) -> Option<(u32, u32)> {
    Some((measure.over(), measure.limit?)).filter(|&(over, _)| over > 0)
}
