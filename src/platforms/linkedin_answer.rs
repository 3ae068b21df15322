//! What LinkedIn's answers say and mean: its words, what is forbidden and why, how long to wait.
//!
//! Pure. Source: learn.microsoft.com, "Posts API", "Error handling" (li-lms-2026-05, read 2026-11), and what working clients
//! report where those are silent. Requests and names of things are in `linkedin_api.rs`.

use super::Verdict;
use super::http::{self, Answer};
use super::linkedin_api::post_urn;
use crate::secrets::Secret;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;

/// What was refused, in LinkedIn's words.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refusal {
    #[serde(default)]
    pub message: Option<String>,
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    pub error_details: Option<ErrorDetails>,
    /// What the pages of a login say instead (RFC 6749, 5.2).
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub error_description: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorDetails {
    #[serde(default)]
    input_errors: Vec<InputError>,
}

#[derive(Default, Deserialize)]
struct InputError {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

/// What LinkedIn calls a text that is there already.
const DUPLICATE: &str = "DUPLICATE_POST";

/// That a post was refused because LinkedIn takes it for one that is there: nothing was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Duplicate {
    /// The post that it names; it may be gone.
    pub of: Option<String>,
}

impl Duplicate {
    /// Reads it by status and code; words alone are no sign of it.
    pub fn in_answer(answer: &Answer) -> Option<Self> {
        if answer.status != 422 {
            return None;
        }
        let refusal = Refusal::of(answer);
        let is_code = |code: &Option<String>| code.as_deref() == Some(DUPLICATE);
        let errors = (refusal.error_details.as_ref()).map_or(&[][..], |it| &it.input_errors);
        let error = errors.iter().find(|error| is_code(&error.code));
        if error.is_none() && !is_code(&refusal.code) {
            return None;
        }
        let described = error.and_then(|error| error.description.as_deref());
        let words = [described, refusal.message.as_deref()];
        Some(Self {
            of: words.into_iter().flatten().find_map(named_in),
        })
    }
}

/// Finds the name of a post in words.
fn named_in(words: &str) -> Option<String> {
    let rest = &words[words.find("urn:li:")?..];
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-')))
        .unwrap_or(rest.len());
    post_urn(&rest[..end])
}

impl Refusal {
    pub fn of(answer: &Answer) -> Self {
        answer.json().unwrap_or_default()
    }

    /// Returns LinkedIn's words; empty where there are none.
    pub fn words(&self) -> &str {
        let words = [&self.message, &self.error_description, &self.error];
        let mut said = words.into_iter().flatten().map(String::as_str);
        said.find(|words| !words.trim().is_empty()).unwrap_or("")
    }
}

/// Reads what an answer that is no success means for the caller.
pub(super) fn judge(answer: &Answer) -> Verdict {
    match answer.status {
        401 => Verdict::LogIn,
        429 => Verdict::Wait,
        400..=499
            if Refusal::of(answer)
                .words()
                .contains("Unable to obtain activity") =>
        {
            Verdict::Unclear
        }
        400 | 403 | 404 | 405 | 406 | 410 | 411 | 413 | 414 | 415 | 422 | 426 => Verdict::Refused,
        _ => Verdict::Unclear,
    }
}

/// Returns until when to wait after "too many": daily quotas begin anew at 00:00 UTC, and no header says so.
pub(super) fn wait_until(answer: &Answer, now: DateTime<Utc>) -> DateTime<Utc> {
    if answer.header("retry-after").is_some() {
        return answer.wait_until(now);
    }
    let tomorrow = now.date_naive() + TimeDelta::days(1);
    tomorrow.and_time(NaiveTime::MIN).and_utc()
}

/// Says what LinkedIn said, without the token.
pub(super) fn said(answer: &Answer, token: &Secret) -> String {
    let refusal = Refusal::of(answer);
    match refusal.words() {
        "" => answer.without_words("LinkedIn"),
        words => format!(
            "LinkedIn says: {}",
            http::quote_without(words, &[token]).trim_end_matches('.')
        ),
    }
}

/// Why LinkedIn forbids something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forbidden {
    /// The person has no role on the page, or the token is not the author's.
    Role,
    /// The login was not given what this needs.
    Scope,
    /// The application was not given it.
    Product,
}

/// Tells role, scope and product apart, by LinkedIn's words and by what was granted at login, where that is known.
pub(super) fn forbidden(words: &str, granted: Option<&str>, needed: &str) -> Forbidden {
    let words = words.to_lowercase();
    let names = |what: &str| words.contains(what);
    if names("/author")
        || names("/actor")
        || names("organization permissions")
        || names("administrator")
    {
        return Forbidden::Role;
    }
    match granted {
        Some(granted) if !grants(granted, needed) => Forbidden::Scope,
        Some(_) => Forbidden::Product,
        None => Forbidden::Scope,
    }
}

/// Whether a scope is among those granted, which are separated by spaces or, in LinkedIn's answers, commas.
pub(super) fn grants(granted: &str, scope: &str) -> bool {
    granted.split([' ', ',']).any(|one| one == scope)
}

#[cfg(test)]
mod tests {
    use super::super::linkedin_api::{POST_AS_MEMBER, POST_AS_PAGE};
    use super::*;

    #[test]
    fn a_duplicate_is_read_by_status_and_code_with_the_post_that_it_names() {
        let read = |status, body: &str| Duplicate::in_answer(&Answer::fake(status, &[], body));
        let of = |urn: Option<&str>| {
            Some(Duplicate {
                of: urn.map(str::to_owned),
            })
        };
        let body = r#"{"status":422,"message":"Content is a duplicate of urn:li:share:123","errorDetails":{"inputErrors":[{"code":"DUPLICATE_POST"}]}}"#;
        assert_eq!(read(422, body), of(Some("urn:li:share:123")));
        let described = r#"{"message":"no","errorDetails":{"inputErrors":[{"code":"OTHER"},{"code":"DUPLICATE_POST","description":"of urn:li:ugcPost:5."}]}}"#;
        assert_eq!(read(422, described), of(Some("urn:li:ugcPost:5")));
        let nameless = r#"{"errorDetails":{"inputErrors":[{"code":"DUPLICATE_POST"}]}}"#;
        assert_eq!(read(422, nameless), of(None));
        // Neither words nor another status are a sign of it.
        let words = r#"{"message":"Content is a duplicate of urn:li:share:123"}"#;
        assert_eq!(read(422, words), None);
        assert_eq!(read(400, body), None);
    }

    #[test]
    fn what_is_forbidden_is_told_apart() {
        let not_enough = "Not enough permissions to access: posts.CREATE.20260701";
        let author = "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/author]";
        let page = Some("w_organization_social,r_organization_social");
        assert_eq!(forbidden(author, page, POST_AS_PAGE), Forbidden::Role);
        assert_eq!(
            forbidden(not_enough, page, POST_AS_PAGE),
            Forbidden::Product
        );
        assert_eq!(
            forbidden(not_enough, page, POST_AS_MEMBER),
            Forbidden::Scope
        );
        assert_eq!(forbidden(not_enough, None, POST_AS_PAGE), Forbidden::Scope);
    }

    #[test]
    fn quotas_begin_anew_at_midnight_in_utc() {
        let now: DateTime<Utc> = "2026-11-22T13:00:00Z".parse().unwrap();
        let midnight: DateTime<Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
        assert_eq!(wait_until(&Answer::fake(429, &[], ""), now), midnight);
        let told = Answer::fake(429, &[("retry-after", "60")], "");
        assert_eq!(wait_until(&told, now), now + TimeDelta::minutes(1));
    }

    #[test]
    fn an_answer_means_what_its_status_says() {
        let verdict = |status, body: &str| judge(&Answer::fake(status, &[], body));
        assert_eq!(verdict(401, "{}"), Verdict::LogIn);
        assert_eq!(verdict(426, "{}"), Verdict::Refused);
        assert_eq!(verdict(422, "{}"), Verdict::Refused);
        assert_eq!(verdict(500, "{}"), Verdict::Unclear);
        assert_eq!(verdict(429, "{}"), Verdict::Wait);
        assert_eq!(
            verdict(400, r#"{"message":"Unable to obtain activity"}"#),
            Verdict::Unclear
        );
    }
}
