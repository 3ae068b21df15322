//! OAuth as Mastodon speaks it, as pure functions: the address to open, the proof (PKCE), the code that comes back.
//!
//! Facts from docs.joinmastodon.org/methods/oauth, read 2026-11: PKCE since 4.3, only S256; older servers ignore it.
//! Who calls whom is in `login.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

/// The page shows the code and the person pastes it: works over SSH, where no browser can call back.
pub(super) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// What Masthead asks for. `read:search` finds the post that a reply answers by its address.
pub(super) const SCOPES: &str =
    "read:accounts read:statuses read:search write:statuses write:media";

/// Returns a fresh code verifier: 64 characters, 244 random bits (RFC 7636 wants 43 to 128 characters).
pub(super) fn fresh_verifier() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// Returns the S256 challenge of a verifier.
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// Returns the address at which the person allows access.
pub(super) fn authorize_url(base: &str, client_id: &str, verifier: &str, state: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("redirect_uri", OUT_OF_BAND)
        .append_pair("scope", SCOPES)
        .append_pair("code_challenge", &challenge(verifier))
        .append_pair("code_challenge_method", "S256")
        .append_pair("state", state);
    format!("{base}/oauth/authorize?{}", query.finish())
}

/// Why what was pasted is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CodeError {
    #[error("There is no code: paste what the page shows after you allowed access")]
    Empty,
    #[error(
        "The page is of another login: open the address that was just shown, and paste its code"
    )]
    OtherLogin,
}

/// Reads what the person pasted: the code, or the whole address of the page (GoToSocial shows it only there).
pub(super) fn pasted_code(pasted: &str, state: &str) -> Result<String, CodeError> {
    let pasted = pasted.trim();
    let code = match Url::parse(pasted) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            let value = |name: &str| {
                url.query_pairs()
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value.into_owned())
            };
            if value("state").is_some_and(|returned| returned != state) {
                return Err(CodeError::OtherLogin);
            }
            value("code").unwrap_or_default()
        }
        _ => pasted.to_owned(),
    };
    if code.is_empty() {
        return Err(CodeError::Empty);
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        // RFC 7636, appendix B.
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn verifiers_are_long_enough_and_never_the_same() {
        let (one, other) = (fresh_verifier(), fresh_verifier());
        assert_ne!(one, other);
        assert!((43..=128).contains(&one.len()));
        assert!(one.chars().all(|c| c.is_ascii_alphanumeric()));
    }

    #[test]
    fn the_address_to_open_carries_everything_escaped() {
        let address = authorize_url("https://a.example", "id&1", "verifier", "st");
        let url = Url::parse(&address).unwrap();
        assert_eq!(url.path(), "/oauth/authorize");
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let value = |name: &str| &pairs.iter().find(|(key, _)| key == name).unwrap().1;
        assert_eq!(value("client_id"), "id&1");
        assert_eq!(value("redirect_uri"), OUT_OF_BAND);
        assert_eq!(value("scope"), SCOPES);
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("code_challenge"), &challenge("verifier"));
        assert!(!address.contains("verifier&"));
    }

    #[test]
    fn a_code_is_read_bare_or_from_the_address_of_the_page() {
        let read = |pasted: &str| pasted_code(pasted, "st");
        assert_eq!(read(" abc-_1 \n").as_deref(), Ok("abc-_1"));
        let page = "https://a.example/oauth/oob?code=x%2By&state=st";
        assert_eq!(read(page).as_deref(), Ok("x+y"));
        assert_eq!(
            read("https://a.example/oob?code=x&state=other"),
            Err(CodeError::OtherLogin)
        );
        assert_eq!(read("https://a.example/oob"), Err(CodeError::Empty));
        assert_eq!(read("  "), Err(CodeError::Empty));
    }
}
