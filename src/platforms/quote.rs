//! Foreign words made fit to be shown: no control characters, not too many, and no secret that a server echoed.
//!
//! Pure; what is quoted, and where, is each platform's own.

use crate::domain::text_safety::visible;
use crate::secrets::Secret;

/// The most that is shown of a server's own words, in characters.
const LONGEST_QUOTE: usize = 200;

/// Returns foreign words so that they can be shown: no control characters, and not too many.
pub(super) fn quote(text: &str) -> String {
    let text = visible(text.trim());
    match text.char_indices().nth(LONGEST_QUOTE) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The same, without the secrets that a server may have echoed.
pub(super) fn quote_without(text: &str, secrets: &[&Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets
        .iter()
        .map(|secret| secret.expose())
        .filter(|secret| !secret.is_empty())
    {
        text = text.replace(secret, "…");
    }
    quote(&text)
}
