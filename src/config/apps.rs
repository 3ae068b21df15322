//! The keys of a channel that logs in through an application of one's own: its id, its secret by reference, where the
//! browser is sent back to, what is asked for, and which version of the API is spoken.
//!
//! Which platforms have such an application is a fact of `domain/platform.rs`; nothing here is a secret.

use super::channels::read_reference;
use super::read::{Reader, Section};
use crate::secrets::{OwnApp, SecretSource};

/// The keys.
pub(super) const KEYS: [&str; 6] = [
    "client_id",
    "client_secret_env",
    "client_secret_command",
    "client_secret_file",
    "redirect",
    "scopes",
];

pub(super) fn read(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> OwnApp {
    let text = |reader: &mut Reader<'_>, key: &str, allowed: &str| {
        section
            .text(reader, key, allowed)
            .map(|text| text.trim().to_owned())
    };
    OwnApp {
        client_id: text(reader, "client_id", "the id of your application in quotes"),
        client_secret: read_reference(reader, section, &KEYS[1..4])
            .map(|source| SecretSource::Client(Box::new(source))),
        redirect: read_redirect(reader, section),
        scopes: text(
            reader,
            "scopes",
            "scopes with spaces between them, in quotes",
        ),
    }
}

fn read_redirect(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> Option<String> {
    let allowed = "the redirect address that your application has registered, such as \"http://localhost:8765/callback\"";
    let text = section.text(reader, "redirect", allowed)?;
    let plain = url::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none());
    if plain.is_none()
        && let Some(entry) = section.entry("redirect")
    {
        section.refuse(reader, entry, allowed);
    }
    // As it was typed: the platform compares it letter by letter.
    plain.map(|_| text.trim().to_owned())
}
