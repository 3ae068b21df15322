//! What a later part of a post is: another post, or a comment on the first; and how people are told of it.
//!
//! Pure. Which of them a platform has is in its rules (`text/NAME.rs`).

use super::Composed;
use serde::{Deserialize, Serialize};

/// What a part is where it is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartKind {
    /// A post; a later one answers the one before.
    #[default]
    Post,
    /// A comment on the first part.
    Comment,
}

impl PartKind {
    /// Whether it is a post.
    pub fn is_post(&self) -> bool {
        *self == Self::Post
    }

    /// Names a part (from 0) of so many whose later ones are of this kind: `part 2`, `comment`, `comment 2`.
    pub fn name(self, part: usize, total: usize) -> String {
        match (self, part) {
            (Self::Post, part) => format!("part {}", part + 1),
            (Self::Comment, 0) => "post".to_owned(),
            (Self::Comment, _) if total <= 2 => "comment".to_owned(),
            (Self::Comment, part) => format!("comment {part}"),
        }
    }

    /// The same, with how many there are: `part 2 of 3`, `comment`, `comment 2 of 2`.
    pub fn name_of_all(self, part: usize, total: usize) -> String {
        let name = self.name(part, total);
        match (self, part) {
            (Self::Post, _) => format!("{name} of {total}"),
            (Self::Comment, 1..) if total > 2 => format!("{name} of {}", total - 1),
            (Self::Comment, _) => name,
        }
    }
}

impl Composed {
    /// Returns what its later parts are.
    pub fn later_parts(&self) -> PartKind {
        self.parts.last().map_or(PartKind::Post, |part| part.kind)
    }

    /// Names one of its parts, from 0.
    pub fn part_name(&self, part: usize) -> String {
        self.later_parts().name(part, self.parts.len())
    }

    /// Returns how many parts it has: `1 part`, `3 parts`, `post + comment`, `post + 2 comments`.
    pub fn parts_in_words(&self) -> String {
        match (self.later_parts(), self.parts.len()) {
            (PartKind::Post, 1) => "1 part".to_owned(),
            (PartKind::Post, all) => format!("{all} parts"),
            (PartKind::Comment, 2) => "post + comment".to_owned(),
            (PartKind::Comment, all) => format!("post + {} comments", all.saturating_sub(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Part, PlatformId};

    #[test]
    fn a_later_part_is_told_by_what_it_is() {
        let (post, comment) = (PartKind::Post, PartKind::Comment);
        assert_eq!(post.name(1, 2), "part 2");
        assert_eq!(post.name_of_all(1, 3), "part 2 of 3");
        assert_eq!(comment.name(0, 2), "post");
        assert_eq!(comment.name_of_all(1, 2), "comment");
        assert_eq!(comment.name(2, 3), "comment 2");
        assert_eq!(comment.name_of_all(1, 3), "comment 1 of 2");
    }

    #[test]
    fn the_parts_are_counted_as_what_they_are() {
        let words = |kinds: &[PartKind]| {
            let part = |kind: &PartKind| Part {
                kind: *kind,
                ..Part::default()
            };
            let composed = Composed {
                platform: PlatformId::LinkedIn,
                parts: kinds.iter().map(part).collect(),
                problems: Vec::new(),
                notes: Vec::new(),
            };
            composed.parts_in_words()
        };
        let (post, comment) = (PartKind::Post, PartKind::Comment);
        assert_eq!(words(&[post]), "1 part");
        assert_eq!(words(&[post, post]), "2 parts");
        assert_eq!(words(&[post, comment]), "post + comment");
        assert_eq!(words(&[post, comment, comment]), "post + 2 comments");
    }
}
