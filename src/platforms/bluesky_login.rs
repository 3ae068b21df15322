//! Logging in to Bluesky: an app password becomes a session.
//!
//! The result is handed back to be stored; nothing here writes a file. Keeping the session is `bluesky_session.rs`.

use super::http::{self, Http};
use super::{CallError, Connection, address, bluesky, bluesky_session};
use crate::domain::{Account, Channel};
use crate::secrets::{Secret, StoredSecret};

/// Begins a Bluesky session with an app password; the stored secret keeps the password, to begin another.
///
/// `service` is the channel's `url`, or `None` for Bluesky's own; `identifier` is a handle (with or without `@`) or a DID.
///
/// # Errors
///
/// When the address is refused, or the password is not accepted.
pub async fn bluesky_login(
    service: Option<&str>,
    identifier: &str,
    app_password: Secret,
    channel: &Channel,
    http: &Http,
) -> Result<(StoredSecret, Account), CallError> {
    let service = address::base_address(service.unwrap_or(bluesky::SERVICE))?;
    let identifier = identifier.trim().trim_start_matches('@');
    let remedy = Connection::default().remedy(&channel.name);
    let session =
        bluesky_session::create(http, &service, identifier, &app_password, &remedy).await?;
    let account = Account {
        id: session.did.clone(),
        handle: format!("@{}", http::quote(&session.handle)),
    };
    Ok((StoredSecret::Bluesky(session), account))
}
