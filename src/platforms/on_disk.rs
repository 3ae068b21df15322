//! Reading and writing stored logins beside the tasks that wait for them.
//!
//! Only what a new login mends asks for one: a full disk or a busy lock is tried again.

use super::CallError;
use crate::domain::ChannelName;
use crate::secrets::{SecretError, SecretFile, SecretLock};
use std::time::Duration;

/// Does work on a stored login's file, which may block.
///
/// # Errors
///
/// `Unauthorized` where the file must be written anew by a login, `Unavailable` for everything that may pass.
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, CallError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error @ (SecretError::Open { .. } | SecretError::Damaged(_)))) => {
            Err(CallError::Unauthorized(error.to_string()))
        }
        Ok(Err(error)) => Err(CallError::Unavailable(error.to_string())),
        Err(error) => Err(CallError::Unavailable(format!(
            "Reading the stored login ended early: {error}"
        ))),
    }
}

/// Waits for the lock under which a channel's login is replaced, so long at the most.
///
/// # Errors
///
/// `Unavailable` when another process has it all that time.
pub(super) async fn locked(
    file: &SecretFile,
    channel: &ChannelName,
    patience: Duration,
) -> Result<SecretLock, CallError> {
    let file = file.clone();
    tokio::time::timeout(patience, on_disk(move || file.lock()))
        .await
        .unwrap_or_else(|_| {
            Err(CallError::Unavailable(format!(
                "Another process is renewing the login of channel `{channel}`"
            )))
        })
}

/// Makes sure that a login could be stored now: called before the one that is stored is used up for the next.
///
/// # Errors
///
/// When it could not.
pub(super) async fn storable(file: &SecretFile, lock: SecretLock) -> Result<SecretLock, CallError> {
    let file = file.clone();
    on_disk(move || file.try_write(&lock).map(|()| lock)).await
}
