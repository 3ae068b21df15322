//! The marked posts: those on which the next action is done together.
//!
//! Only which posts; what an action makes of them is `domain/several.rs`, the keys are `update/several.rs`.

use crate::domain::PostId;
use std::collections::BTreeSet;

/// The marked posts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(BTreeSet<PostId>);

impl Marks {
    /// Marks a post, or takes its mark away; returns whether it is marked now.
    pub fn toggle(&mut self, post: PostId) -> bool {
        if self.0.remove(&post) {
            return false;
        }
        self.0.insert(post)
    }

    /// Whether a post is marked.
    pub fn contains(&self, post: PostId) -> bool {
        self.0.contains(&post)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes all marks away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns the marked posts.
    pub fn posts(&self) -> Vec<PostId> {
        self.0.iter().copied().collect()
    }

    /// Returns how many are marked, in words: `3 marked`.
    pub fn words(&self) -> String {
        format!("{} marked", self.len())
    }
}
