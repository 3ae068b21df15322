//! What was done and what was said: the list of changes by everyone, and the messages of one person's screen.
//!
//! Plain data; `store` fills it, the history sheet shows it. How a change is taken back is `store/journal.rs`.

use super::{Author, PostId};
use chrono::{DateTime, Utc};
use std::str::FromStr;

/// How much a message matters; a higher one is not replaced by a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// It went as wished.
    News,
    /// Worth a look.
    Warn,
    /// Something failed; stays until Esc.
    Bad,
}

impl Rank {
    /// Returns the word used in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

impl FromStr for Rank {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::News, Self::Warn, Self::Bad]
            .into_iter()
            .find(|rank| rank.word() == word)
            .ok_or_else(|| format!("`{word}` is no rank of a message"))
    }
}

/// Where a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    Done,
    /// It was taken back.
    Undone,
}

/// One action of a person, over one or several posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Its number in the journal.
    pub id: i64,
    /// Who did it.
    pub author: Author,
    /// The post, or the first of several.
    pub post: PostId,
    /// What names that post.
    pub title: String,
    /// How many posts it changed.
    pub posts: usize,
    /// What was done, in words: `moved to Wed 11 Nov`.
    pub label: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it still holds.
    pub standing: Standing,
}

/// Returns what was done to one post in words that name it: its title is added where the label has none.
pub fn named(label: &str, title: &str) -> String {
    if label.contains('“') {
        return label.to_owned();
    }
    format!("{label} “{title}”")
}

/// A message that was on the bottom row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// When it appeared.
    pub at: DateTime<Utc>,
    /// How much it matters.
    pub rank: Rank,
    /// What it said.
    pub text: String,
}

/// What was done and what was said, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The changes of everyone.
    pub deeds: Vec<Deed>,
    /// The messages of one person's screen.
    pub messages: Vec<Message>,
}
