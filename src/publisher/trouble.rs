//! What keeps the publisher from its work, in the words of a person who has to mend it.
//!
//! Only what concerns the whole program: a channel's own trouble is the reason on its deliveries.

use crate::store::StoreError;

/// Why nothing can be published for the moment; the sentence names the file and the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The disk is full.
    #[error("{0}")]
    DiskFull(String),
    /// Another program keeps the database locked.
    #[error("{0}")]
    Locked(String),
    /// The database cannot be written.
    #[error("{0}")]
    ReadOnly(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl Trouble {
    /// Returns it in a few words, for a line that has no room for the sentence.
    pub fn short(&self) -> &str {
        match self {
            Self::DiskFull(_) => "disk is full",
            Self::Locked(_) => "database is locked",
            Self::ReadOnly(_) => "database is read-only",
            Self::Other(sentence) => sentence,
        }
    }
}

impl From<&StoreError> for Trouble {
    fn from(error: &StoreError) -> Self {
        let sentence = error.to_string();
        match error {
            StoreError::DiskFull(_) => Self::DiskFull(sentence),
            StoreError::Locked(_) => Self::Locked(sentence),
            StoreError::ReadOnly(_) => Self::ReadOnly(sentence),
            _ => Self::Other(sentence),
        }
    }
}
