//! Logging in: what all platforms share. Each platform's own way is in `NAME_login.rs`, or in its main file.
//!
//! What a login obtains is handed back to be stored; `store` is the one place that writes it.

pub use super::bluesky_login::bluesky_login;
pub use super::mastodon_login::MastodonLogin;

use crate::secrets::{SecretError, SecretFile, StoredSecret};

/// Stores what a login obtained, under the channel's lock. Blocks.
///
/// # Errors
///
/// When the file cannot be written.
pub fn store(file: &SecretFile, secret: &StoredSecret) -> Result<(), SecretError> {
    let lock = file.lock()?;
    file.write(secret, &lock)
}
