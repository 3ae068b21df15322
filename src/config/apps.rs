//! The keys of a channel that logs in through an application with a secret: where that is, and what is asked for.
//!
//! Its id and its redirect address are in `channels.rs`, with those of applications that need no secret; nothing here is one.

use super::channels::read_reference;
use super::read::{Reader, Section};
use crate::secrets::{OwnApp, SecretSource};

/// The keys.
pub(super) const KEYS: [&str; 4] = [
    "client_secret_env",
    "client_secret_command",
    "client_secret_file",
    "scopes",
];

pub(super) fn read(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> OwnApp {
    let allowed = "scopes with spaces between them, in quotes";
    let scopes = section.text(reader, "scopes", allowed);
    OwnApp {
        client_secret: read_reference(reader, section, &KEYS[..3])
            .map(|source| SecretSource::Client(Box::new(source))),
        scopes: scopes.map(|scopes| scopes.trim().to_owned()),
    }
}
