//! OAuth as it is the same everywhere: the address to open, the proof that a code is ours (PKCE), the code that comes back,
//! pasted alone or in the redirect that no browser could follow, and what it is exchanged with.
//!
//! Nothing is sent here. Who calls whom is in each platform's own `NAME_login.rs`; what a token endpoint grants is in
//! `token_endpoint.rs`.

use super::CallError;
use crate::secrets::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

/// What a login invents, to know its own code again when that comes back.
#[derive(Debug)]
pub(super) struct Proof {
    /// What only who began the login knows (PKCE).
    pub verifier: Secret,
    /// What the page hands back with the code.
    pub state: String,
}

impl Proof {
    /// Invents one.
    pub fn fresh() -> Self {
        Self {
            verifier: Secret::new(fresh_verifier()),
            state: Uuid::new_v4().simple().to_string(),
        }
    }

    /// Reads the code that the person pasted, alone or in the address of the page.
    ///
    /// # Errors
    ///
    /// `Rejected` for what is no code of this login: it may be pasted again.
    pub fn code(&self, pasted: &str) -> Result<Secret, CallError> {
        let code = pasted_code(pasted, &self.state);
        code.map(Secret::new)
            .map_err(|error| CallError::Rejected(error.to_string()))
    }

    /// Reads the code out of the address at which the person's browser ended.
    ///
    /// # Errors
    ///
    /// `Rejected` for what is no such address: it may be pasted again. What `refused` makes of a no: the page's name for the
    /// reason and its words, not yet fit to be shown.
    pub fn redirected_code(
        &self,
        pasted: &str,
        refused: impl FnOnce(&str, &str) -> CallError,
    ) -> Result<Secret, CallError> {
        match redirected_code(pasted, &self.state) {
            Ok(code) => Ok(Secret::new(code)),
            Err(RedirectError::Refused { error, words }) => Err(refused(&error, &words)),
            Err(again) => Err(CallError::Rejected(again.to_string())),
        }
    }
}

/// What a code is exchanged with (RFC 6749, 4.1.3), for what was begun with this `redirect`.
pub(super) fn grounds(code: &Secret, redirect: &str) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.expose().to_owned()),
        ("redirect_uri", redirect.to_owned()),
    ]
}

/// Returns a fresh code verifier: 64 characters, 244 random bits (RFC 7636 wants 43 to 128 characters).
fn fresh_verifier() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// Returns the S256 challenge of a verifier.
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// What an authorization page is asked for (RFC 6749, 4.1.1).
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The complete address of the page.
    pub page: &'a str,
    pub client_id: &'a str,
    pub redirect: &'a str,
    /// Separated by spaces.
    pub scopes: &'a str,
    pub state: &'a str,
    /// What the proof is made of, where the server takes one (PKCE).
    pub verifier: Option<&'a str>,
}

impl Asked<'_> {
    /// Returns the address at which the person allows access.
    pub fn address(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", self.redirect)
            .append_pair("scope", self.scopes);
        if let Some(verifier) = self.verifier {
            query
                .append_pair("code_challenge", &challenge(verifier))
                .append_pair("code_challenge_method", "S256");
        }
        query.append_pair("state", self.state);
        // Not every page reads a `+` as a space; one that was typed is `%2B` by now.
        format!("{}?{}", self.page, query.finish().replace('+', "%20"))
    }
}

/// Why what was pasted is no redirect with our code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum RedirectError {
    #[error(
        "This is no whole address: copy all of the browser's address line after you allowed access, with `code=` and `state=` in it"
    )]
    NoAddress,
    #[error(
        "This address is of another login (its `state` differs): open the address that was just shown, and paste where the browser ends"
    )]
    OtherLogin,
    /// The page said no (RFC 6749, 4.1.2.1).
    #[error("{words}")]
    Refused {
        /// Its name for the reason.
        error: String,
        /// Its words, not yet fit to be shown.
        words: String,
    },
}

/// Reads the code out of the address to which a person's browser was sent, where nothing listens: they paste it whole.
pub(super) fn redirected_code(pasted: &str, state: &str) -> Result<String, RedirectError> {
    let url = Url::parse(pasted.trim()).map_err(|_| RedirectError::NoAddress)?;
    let value = |name: &str| {
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    };
    match value("state") {
        None => return Err(RedirectError::NoAddress),
        Some(returned) if returned != state => return Err(RedirectError::OtherLogin),
        Some(_) => {}
    }
    if let Some(error) = value("error") {
        let words = value("error_description").unwrap_or_else(|| error.clone());
        return Err(RedirectError::Refused { error, words });
    }
    value("code").ok_or(RedirectError::NoAddress)
}

/// Why what was pasted is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum CodeError {
    #[error("There is no code: paste what the page shows after you allowed access")]
    Empty,
    #[error(
        "The page is of another login: open the address that was just shown, and paste its code"
    )]
    OtherLogin,
}

/// Reads what the person pasted: the code, or the whole address of the page (GoToSocial shows it only there).
fn pasted_code(pasted: &str, state: &str) -> Result<String, CodeError> {
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

    #[test]
    fn spaces_between_scopes_are_written_so_that_every_page_reads_them() {
        let asked = Asked {
            page: "https://a.example/oauth/v2/authorization",
            client_id: "id",
            redirect: "http://localhost:8765/callback",
            scopes: "openid w_member+social",
            state: "st",
            verifier: None,
        };
        let address = asked.address();
        assert!(
            address.contains("scope=openid%20w_member%2Bsocial&state=st"),
            "{address}"
        );
        assert!(!address.contains("code_challenge"), "{address}");
    }

    #[test]
    fn a_redirect_is_taken_whole_and_only_with_the_state_of_this_login() {
        let read = |pasted: &str| redirected_code(pasted, "st");
        let back = "http://localhost:8765/callback";
        assert_eq!(
            read(&format!("  {back}?code=x%2By&state=st \n")).as_deref(),
            Ok("x+y")
        );
        for none in [
            "",
            "x+y",
            back,
            "http://localhost/?code=x",
            "http://localhost/?state=st",
        ] {
            assert_eq!(read(none), Err(RedirectError::NoAddress), "{none}");
        }
        assert_eq!(
            read(&format!("{back}?code=x&state=other")),
            Err(RedirectError::OtherLogin)
        );
        let refused = format!("{back}?error=denied&error_description=You+said+no&state=st");
        assert_eq!(
            read(&refused),
            Err(RedirectError::Refused {
                error: "denied".to_owned(),
                words: "You said no".to_owned()
            })
        );
    }
}
