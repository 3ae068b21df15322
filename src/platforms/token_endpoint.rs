//! The token endpoint of a login through an application of one's own (OAuth 2): what is asked there, what it grants, and
//! why it does not renew.
//!
//! RFC 6749, 5.1, 5.2 and 6, with the end of refresh tokens as LinkedIn and Google tell it. When a token is renewed and where
//! it is kept is in `linkedin_session.rs` and `youtube_session.rs`; how a person logs in is in `NAME_login.rs`.

use super::CallError;
use super::http::{self, Answer, Body, Call, Failure, Http};
use super::on_disk::on_disk;
use crate::secrets::{OwnApp, OwnAppSecret, Secret};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use std::time::Duration;

/// Where one service grants tokens.
#[derive(Clone, Debug)]
pub(super) struct TokenEndpoint {
    pub http: Http,
    /// Its complete address.
    pub url: String,
    /// What the service is called to a person.
    pub service: &'static str,
    /// How long one call may take.
    pub patience: Duration,
}

/// Why there is no next token.
#[derive(Debug)]
pub(super) enum NotRenewed {
    /// The login came without a refresh token.
    NoRefreshToken,
    /// The service says no, and will say so again.
    Refused {
        /// Its name for the reason; empty where it gives none.
        error: String,
        /// Its words, fit to be shown and without our secrets.
        words: String,
    },
    /// It could not be asked, or not sensibly.
    Failed(CallError),
}

impl From<CallError> for NotRenewed {
    fn from(error: CallError) -> Self {
        Self::Failed(error)
    }
}

impl From<Failure> for NotRenewed {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.into())
    }
}

/// What is granted.
#[derive(Deserialize)]
pub(super) struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: Option<i64>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    refresh_token: Option<String>,
    /// Google gives it where the consent screen is in “Testing”.
    #[serde(default)]
    refresh_token_expires_in: Option<i64>,
}

impl Granted {
    /// Returns it as it is stored; what it leaves out is as it was `before`.
    pub fn kept(self, before: OwnAppSecret, now: DateTime<Utc>) -> OwnAppSecret {
        let refresh = self.refresh_token.filter(|token| !token.is_empty());
        OwnAppSecret {
            token: Secret::new(self.access_token),
            ends_at: end(self.expires_in, now),
            refresh: refresh.map(Secret::new).or(before.refresh),
            refresh_ends_at: end(self.refresh_token_expires_in, now).or(before.refresh_ends_at),
            scopes: self.scope.or(before.scopes),
            client_id: before.client_id,
            client_secret: before.client_secret,
        }
    }
}

/// Returns when something ends that lives so many seconds; `None` for what nobody can mean.
pub(super) fn end(seconds: Option<i64>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let seconds = seconds.filter(|seconds| *seconds > 0)?;
    now.checked_add_signed(TimeDelta::try_seconds(seconds)?)
}

/// A refusal as RFC 6749, 5.2, has it, or as LinkedIn's other calls do.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    message: String,
}

impl TokenEndpoint {
    /// Asks for a token; `fields` say on what grounds.
    pub async fn ask(&self, fields: Vec<(&'static str, String)>) -> Result<Answer, Failure> {
        let call = Call::post(self.url.clone(), Body::Form(fields)).within(self.patience);
        self.http.send(call).await
    }

    /// Reads what was granted.
    ///
    /// # Errors
    ///
    /// `Unavailable` for what is no token.
    pub fn granted(&self, answer: &Answer) -> Result<Granted, CallError> {
        answer.json().ok_or_else(|| {
            CallError::Unavailable(format!("{} answered, but not with a token", self.service))
        })
    }

    /// Fetches the next token of a login with its refresh token.
    pub async fn renew(
        &self,
        login: OwnAppSecret,
        app: &OwnApp,
    ) -> Result<OwnAppSecret, NotRenewed> {
        let refresh = login.refresh.clone().ok_or(NotRenewed::NoRefreshToken)?;
        let (typed, app) = (login.client_secret.clone(), app.clone());
        let secret = on_disk(move || app.secret(typed.as_ref())).await?;
        let mut fields = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh.expose().to_owned()),
            ("client_id", login.client_id.clone()),
        ];
        if let Some(secret) = &secret {
            fields.push(("client_secret", secret.expose().to_owned()));
        }
        let answer = self.ask(fields).await?;
        if answer.is_success() {
            return Ok(self.granted(&answer)?.kept(login, self.http.now()));
        }
        if matches!(answer.status, 429 | 500..=599) {
            let reason = answer.without_words(self.service);
            return Err(NotRenewed::Failed(CallError::Unavailable(reason)));
        }
        let mut hidden = vec![&refresh];
        hidden.extend(&secret);
        Err(self.refused(&answer, &hidden))
    }

    fn refused(&self, answer: &Answer, hidden: &[&Secret]) -> NotRenewed {
        let refusal: Refusal = answer.json().unwrap_or_default();
        let words = [&refusal.error_description, &refusal.message, &refusal.error];
        let words = words.into_iter().find(|words| !words.trim().is_empty());
        NotRenewed::Refused {
            words: words.map_or_else(
                || answer.without_words(self.service),
                |words| http::quote_without(words, hidden),
            ),
            error: refusal.error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platforms::Timeouts;
    use crate::secrets::StoredSecret;
    use std::sync::Arc;

    fn now() -> DateTime<Utc> {
        "2026-11-22T03:00:00Z".parse().unwrap()
    }

    #[test]
    fn renewing_keeps_what_the_answer_leaves_out_and_the_end_of_the_first_login() {
        let first = now() + TimeDelta::days(300);
        let before = OwnAppSecret {
            token: Secret::new("old"),
            ends_at: Some(now()),
            refresh: Some(Secret::new("again")),
            refresh_ends_at: Some(first),
            scopes: Some("w_member_social".to_owned()),
            ..OwnAppSecret::new("id")
        };
        let text = r#"{"access_token":"new","expires_in":5184000,"refresh_token":""}"#;
        let granted: Granted = serde_json::from_str(text).unwrap();
        let kept = granted.kept(before, now());
        assert_eq!(kept.token.expose(), "new");
        assert_eq!(kept.refresh, Some(Secret::new("again")));
        assert_eq!(kept.ends_at, Some(now() + TimeDelta::days(60)));
        assert_eq!(kept.refresh_ends_at, Some(first));
        assert_eq!(kept.scopes.as_deref(), Some("w_member_social"));
        assert_eq!(StoredSecret::LinkedIn(kept).ends_at(), Some(first));
    }

    #[test]
    fn an_end_that_nobody_can_mean_is_none() {
        assert_eq!(end(Some(60), now()), Some(now() + TimeDelta::minutes(1)));
        for none in [None, Some(0), Some(-5), Some(i64::MAX)] {
            assert_eq!(end(none, now()), None, "{none:?}");
        }
    }

    #[test]
    fn a_refusal_is_told_in_the_services_words_without_our_secrets() {
        let endpoint = TokenEndpoint {
            http: Http::new(Timeouts::default(), Arc::new(now())),
            url: String::new(),
            service: "Example",
            patience: Duration::ZERO,
        };
        let told = |status, body: &str| {
            let answer = Answer::fake(status, &[], body);
            match endpoint.refused(&answer, &[&Secret::new("s3cret")]) {
                NotRenewed::Refused { error, words } => (error, words),
                other => panic!("{other:?}"),
            }
        };
        let both = told(
            400,
            r#"{"error":"invalid_grant","error_description":"revoked s3cret"}"#,
        );
        assert_eq!(both, ("invalid_grant".to_owned(), "revoked …".to_owned()));
        let name = told(401, r#"{"error":"invalid_client","error_description":" "}"#);
        assert_eq!(name.1, "invalid_client");
        assert_eq!(told(400, r#"{"message":"no more"}"#).1, "no more");
        assert!(told(403, "<html>").1.contains("403"));
    }
}
