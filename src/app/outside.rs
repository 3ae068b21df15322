//! A post that is edited in an editor of the user's, outside this screen, and how that ended.
//!
//! Plain data: the runtime writes the file, waits and reads it; `update/outside.rs` takes the result in.

use crate::domain::{Content, PostId};
use std::path::PathBuf;

/// A post that is edited outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Outside {
    /// The post; `None` for a new one.
    pub post: Option<PostId>,
    /// The revision that it is based on; 0 for a new post.
    pub base_revision: i64,
    /// The content as the post has it.
    pub content: Content,
    /// A file that an earlier try left, to go on with; `None` writes one.
    pub file: Option<PathBuf>,
}

/// How editing outside ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Returned {
    /// What was edited.
    pub outside: Outside,
    /// What came of it.
    pub result: Result<Came, NotTaken>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// The file says what the post says.
    Unchanged,
    /// The content as the file has it, and the file, which is removed once that is kept.
    Changed(Box<Content>, PathBuf),
}

/// Why nothing was taken over.
#[derive(Clone, Debug, PartialEq)]
pub enum NotTaken {
    /// There is nothing to take: no editor, no file, or no change in it. The sentence says which.
    Nothing(String),
    /// The file stands and cannot be read as a post, or its editor failed.
    Kept {
        /// What of it can be kept as a draft.
        draft: Box<Content>,
        /// The file.
        file: PathBuf,
        /// Why, and where in the file.
        why: String,
    },
}
