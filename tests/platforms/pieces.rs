//! What uploads in pieces are tried with: one file in memory, and what would be in the database.

use async_trait::async_trait;
use masthead::domain::PartMedia;
use masthead::platforms::{Begun, CallError, Kept, UploadLog};
use std::sync::Mutex;

/// One file, in memory.
pub struct InMemory(pub Vec<u8>);

impl Kept for InMemory {
    fn check(&self, _hash: &str) -> Result<(), String> {
        Ok(())
    }

    fn range(&self, _hash: &str, at: u64, length: usize) -> Result<Vec<u8>, String> {
        let at = usize::try_from(at).unwrap();
        Ok(self.0[at..self.0.len().min(at + length)].to_vec())
    }

    fn whole(&self, _media: &PartMedia) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }
}

/// What would be in the database, and when it fails to be kept there.
#[derive(Default)]
pub struct Log {
    pub kept: Mutex<Option<Begun>>,
    /// It cannot be kept any more from so many bytes on: the process is killed there.
    pub killed_at: Option<u64>,
}

#[async_trait]
impl UploadLog for Log {
    fn earlier(&self) -> Option<Begun> {
        self.kept.lock().unwrap().clone()
    }

    async fn keep(&self, session: &str, sent: u64) -> Result<(), CallError> {
        if self.killed_at.is_some_and(|killed| sent >= killed) {
            return Err(CallError::Unavailable("killed".to_owned()));
        }
        *self.kept.lock().unwrap() = Some(Begun {
            session: session.to_owned(),
            sent,
        });
        Ok(())
    }

    async fn sent(&self, _bytes: u64) -> Result<(), CallError> {
        Ok(())
    }

    async fn forget(&self) {
        *self.kept.lock().unwrap() = None;
    }
}
