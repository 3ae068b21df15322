//! Reading and writing stored logins beside the tasks that wait for them.
//!
//! Only what a new login mends asks for one: a full disk or a busy lock is tried again.

use super::CallError;
use crate::secrets::SecretError;

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
