//! Mastodon's API as shapes and pure functions: what is sent, what comes back, and what it means.
//!
//! Facts from docs.joinmastodon.org/{methods/statuses,entities/Instance} and the server's code, read 2026-11.
//! Who calls whom is in `mastodon.rs`.

use super::http::Answer;
use super::{PartContext, Verdict, address};
use crate::domain::{AttemptRequest, ChannelName, Limits, Part, PartMedia, Visibility};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How many image types of a server are kept, and how long one may be, in bytes.
const MOST_TYPES: usize = 100;
const LONGEST_TYPE: usize = 100;

/// What `POST /api/v1/statuses` is told. Fields stay in this order: the bytes are recorded.
#[derive(Serialize)]
struct NewStatus<'a> {
    status: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    media_ids: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to_id: Option<&'a str>,
    // The account has defaults for the rest, which must not decide: they are always sent.
    sensitive: bool,
    spoiler_text: &'a str,
    visibility: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
}

/// What `PUT /api/v1/statuses/:id` is told: what is not sent would be cleared, and visibility cannot change.
#[derive(Serialize)]
struct EditedStatus<'a> {
    status: &'a str,
    media_ids: &'a [String],
    sensitive: bool,
    spoiler_text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
}

/// A status as the server tells it.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    #[serde(deserialize_with = "address::id")]
    pub id: String,
    pub url: Option<String>,
    pub uri: Option<String>,
    pub visibility: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Found {
    #[serde(default)]
    pub statuses: Vec<Status>,
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(deserialize_with = "address::id")]
    pub id: String,
    pub acct: Option<String>,
    pub username: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Media {
    #[serde(deserialize_with = "address::id")]
    pub id: String,
}

/// An error as every method tells it, the ones of OAuth with a description.
#[derive(Default, Deserialize)]
pub(super) struct Refusal {
    pub error: Option<String>,
    pub error_description: Option<String>,
}

/// `GET /api/v2/instance`, and v1 where the same configuration stands beside older fields.
#[derive(Default, Deserialize)]
pub(super) struct Instance {
    #[serde(default)]
    configuration: Configuration,
    /// Pleroma and its kin, and Mastodon forks before 3.4.
    max_toot_chars: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Configuration {
    statuses: StatusLimits,
    media_attachments: MediaLimits,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StatusLimits {
    max_characters: Option<u64>,
    characters_reserved_per_url: Option<u64>,
    max_media_attachments: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MediaLimits {
    description_limit: Option<u64>,
    image_size_limit: Option<u64>,
    image_matrix_limit: Option<u64>,
    video_size_limit: Option<u64>,
    video_matrix_limit: Option<u64>,
    video_frame_rate_limit: Option<u64>,
    supported_mime_types: Vec<String>,
}

impl MediaLimits {
    /// Returns the types of a kind that the server takes.
    fn types(&self, kind: &str) -> Vec<String> {
        (self.supported_mime_types.iter())
            .filter(|mime| mime.starts_with(kind) && mime.len() <= LONGEST_TYPE)
            .filter(|mime| mime.bytes().all(|byte| byte.is_ascii_graphic()))
            .take(MOST_TYPES)
            .cloned()
            .collect()
    }
}

impl Instance {
    /// Reads the limits that were told at `fetched_at`.
    pub fn limits(self, fetched_at: DateTime<Utc>) -> Limits {
        let statuses = self.configuration.statuses;
        let media = self.configuration.media_attachments;
        Limits {
            // A server that takes no text at all tells nonsense, or does not tell.
            max_characters: told(statuses.max_characters).or(told(self.max_toot_chars)),
            characters_per_url: told(statuses.characters_reserved_per_url),
            max_media: statuses.max_media_attachments.map(narrow),
            max_alt: media.description_limit.map(narrow),
            max_image_bytes: media.image_size_limit,
            // None or nonsense is told by some servers that are like it.
            max_image_pixels: media.image_matrix_limit.filter(|pixels| *pixels > 0),
            max_video_bytes: media.video_size_limit,
            max_topic: None,
            needs_topic: false,
            max_video_pixels: media.video_matrix_limit.filter(|pixels| *pixels > 0),
            max_video_rate: told(media.video_frame_rate_limit),
            mime_types: media.types("image/"),
            video_types: media.types("video/"),
            fetched_at: Some(fetched_at),
        }
    }
}

/// Builds the request that posts one part.
pub(super) fn new_status(
    channel: &ChannelName,
    part: &Part,
    context: &PartContext<'_>,
) -> AttemptRequest {
    let warning = part.warning.as_deref().unwrap_or_default();
    let status = NewStatus {
        status: &part.text,
        media_ids: context.media_refs,
        in_reply_to_id: context.answers.map(|answered| answered.id.as_str()),
        sensitive: !warning.is_empty(),
        spoiler_text: warning,
        visibility: part.visibility.unwrap_or(Visibility::Public).word(),
        language: part.language.as_deref(),
    };
    let key = context
        .earlier
        .map(|earlier| earlier.key.clone())
        .filter(|key| !key.is_empty());
    AttemptRequest {
        body: serde_json::to_string(&status)
            .expect("a structure of texts and numbers is always JSON"),
        key: key.unwrap_or_else(|| idempotency_key(channel, context)),
        media_refs: context.media_refs.to_vec(),
        ..AttemptRequest::default()
    }
}

/// Builds the request that puts a part in the place of a status.
pub(super) fn edited_status(part: &Part, media_refs: &[String]) -> String {
    let warning = part.warning.as_deref().unwrap_or_default();
    let status = EditedStatus {
        status: &part.text,
        media_ids: media_refs,
        sensitive: !warning.is_empty(),
        spoiler_text: warning,
        language: part.language.as_deref(),
    };
    serde_json::to_string(&status).expect("a structure of texts and numbers is always JSON")
}

/// Reads what a status code means; its words are localised.
pub(super) fn judge(answer: &Answer) -> Verdict {
    match answer.status {
        401 => Verdict::LogIn,
        403 if lacks_scope(answer) => Verdict::LogIn,
        429 => Verdict::Wait,
        400 | 403 | 404 | 405 | 406 | 410 | 411 | 413 | 414 | 415 | 422 => Verdict::Refused,
        _ => Verdict::Unclear,
    }
}

/// Whether a 403 is about the token's scopes, which a new login mends, and not about the account.
fn lacks_scope(answer: &Answer) -> bool {
    let header = answer.header("www-authenticate").unwrap_or_default();
    let words = answer.json::<Refusal>().and_then(|refusal| refusal.error);
    header.contains("insufficient_scope") || words.is_some_and(|words| words.contains("scope"))
}

/// Returns text as one segment of a path.
pub(super) fn segment(text: &str) -> String {
    let mut url = url::Url::parse("http://localhost").expect("a constant address");
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.push(text);
    }
    url.path().trim_start_matches('/').to_owned()
}

/// Returns the key of one part: the same for every try, another for everything else.
fn idempotency_key(channel: &ChannelName, context: &PartContext<'_>) -> String {
    let named = format!(
        "masthead\0{channel}\0{}\0{}\0{}",
        context.delivery,
        context.index,
        context.created_at.timestamp_micros()
    );
    let digest = Sha256::digest(named.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes)
        .into_uuid()
        .to_string()
}

/// Returns the id at the end of an address on this server (`/@a/113…`, `/web/statuses/113…`), or a bare id.
pub(super) fn trailing_id<'a>(address: &'a str, base: &str) -> Option<&'a str> {
    let is_id = |text: &str| {
        !text.is_empty() && text.len() <= 64 && text.chars().all(|c| c.is_ascii_alphanumeric())
    };
    if is_id(address) {
        return Some(address);
    }
    if address::host_of(address) != address::host_of(base) {
        return None;
    }
    let path = address.split(['?', '#']).next().unwrap_or(address);
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .filter(|last| is_id(last))
}

pub(super) fn file_name(media: &PartMedia) -> String {
    let ending = match media.mime.as_str() {
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        _ => "png",
    };
    // The author's own file names are nobody's business.
    let stem: String = media.hash.chars().take(16).collect();
    format!("{stem}.{ending}")
}

fn told(number: Option<u64>) -> Option<u32> {
    number.filter(|number| *number > 0).map(narrow)
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DeliveryId, RemoteRef};
    use serde_json::{Value, json};

    fn context<'a>() -> PartContext<'a> {
        PartContext {
            delivery: DeliveryId(7),
            index: 0,
            total: 1,
            answers: None,
            media_refs: &[],
            created_at: "2026-11-22T03:00:00Z".parse().unwrap(),
            earlier: None,
        }
    }

    fn built(part: &Part, context: &PartContext<'_>) -> (Value, String) {
        let request = new_status(&"fosstodon".into(), part, context);
        (serde_json::from_str(&request.body).unwrap(), request.key)
    }

    #[test]
    fn what_the_account_has_defaults_for_is_always_sent() {
        let part = Part {
            text: "hello".to_owned(),
            ..Part::default()
        };
        let (body, _) = built(&part, &context());
        assert_eq!(
            body,
            json!({"status": "hello", "sensitive": false, "spoiler_text": "", "visibility": "public"})
        );
    }

    #[test]
    fn a_full_post_has_its_warning_pictures_parent_language_and_visibility() {
        let part = Part {
            text: "hello".to_owned(),
            warning: Some("plot".to_owned()),
            language: Some("nb".to_owned()),
            visibility: Some(Visibility::Private),
            ..Part::default()
        };
        let answered = RemoteRef {
            id: "113".to_owned(),
            ..RemoteRef::default()
        };
        let refs = ["9".to_owned(), "10".to_owned()];
        let full = PartContext {
            answers: Some(&answered),
            media_refs: &refs,
            ..context()
        };
        let (body, _) = built(&part, &full);
        assert_eq!(
            body,
            json!({
                "status": "hello", "media_ids": ["9", "10"], "in_reply_to_id": "113", "sensitive": true,
                "spoiler_text": "plot", "visibility": "private", "language": "nb",
            })
        );
    }

    #[test]
    fn the_key_is_one_for_each_part_and_kept_over_retries() {
        let part = Part::default();
        let (_, key) = built(&part, &context());
        assert_eq!(built(&part, &context()).1, key);
        assert!(uuid::Uuid::parse_str(&key).is_ok());
        let other_part = PartContext {
            index: 1,
            ..context()
        };
        let other_delivery = PartContext {
            delivery: DeliveryId(8),
            ..context()
        };
        let other_time = PartContext {
            created_at: "2026-11-22T03:00:01Z".parse().unwrap(),
            ..context()
        };
        for other in [other_part, other_delivery, other_time.clone()] {
            assert_ne!(built(&part, &other).1, key);
        }
        let earlier = AttemptRequest {
            key: key.clone(),
            ..AttemptRequest::default()
        };
        let again = PartContext {
            earlier: Some(&earlier),
            ..other_time
        };
        assert_eq!(built(&part, &again).1, key);
    }

    #[test]
    fn limits_are_read_from_both_versions_and_kin() {
        let now = "2026-11-22T03:00:00Z".parse().unwrap();
        let read = |text: &str| serde_json::from_str::<Instance>(text).unwrap().limits(now);
        let full = read(
            r#"{"domain": "a.example", "configuration": {
                "statuses": {"max_characters": 5000, "max_media_attachments": 6, "characters_reserved_per_url": 30},
                "media_attachments": {"supported_mime_types": ["image/png", "video/mp4"], "image_size_limit": 16777216,
                                      "description_limit": 10000, "video_matrix_limit": 2304000, "video_frame_rate_limit": 60},
                "polls": {"max_options": 4}}}"#,
        );
        assert_eq!(full.max_characters, Some(5000));
        assert_eq!(full.characters_per_url, Some(30));
        assert_eq!(full.max_media, Some(6));
        assert_eq!(full.max_alt, Some(10_000));
        assert_eq!(full.max_image_bytes, Some(16_777_216));
        assert_eq!(full.mime_types, ["image/png"]);
        assert_eq!(full.video_types, ["video/mp4"]);
        assert_eq!(full.max_video_pixels, Some(2_304_000));
        assert_eq!(full.max_video_rate, Some(60));
        assert_eq!(full.fetched_at, Some(now));
        assert_eq!(
            read(r#"{"max_toot_chars": 65535}"#).max_characters,
            Some(65_535)
        );
        assert_eq!(read("{}").max_characters, None);
    }

    #[test]
    fn an_id_is_taken_from_an_address_on_our_own_server_only() {
        let base = "https://a.example";
        for address in [
            "113579246813579246",
            "https://a.example/@alice/113579246813579246",
            "https://a.example/web/statuses/113579246813579246/",
            "https://A.example/@b@c.example/113579246813579246?x=1#y",
        ] {
            assert_eq!(
                trailing_id(address, base),
                Some("113579246813579246"),
                "{address}"
            );
        }
        for address in [
            "https://b.example/@alice/113579246813579246",
            "https://a.example:8443/@alice/113579246813579246",
            "https://a.example/alice/p/1700000000.123456",
            "../../admin",
            "",
        ] {
            assert_eq!(trailing_id(address, base), None, "{address}");
        }
    }

    #[test]
    fn status_codes_decide_and_words_do_not() {
        let verdict = |status: u16, body: &str| judge(&Answer::fake(status, &[], body));
        assert_eq!(verdict(401, "<html>"), Verdict::LogIn);
        let scopes = r#"{"error": "This action is outside the authorized scopes"}"#;
        assert_eq!(verdict(403, scopes), Verdict::LogIn);
        assert_eq!(
            verdict(403, r#"{"error": "Your login is currently disabled"}"#),
            Verdict::Refused
        );
        for status in [400, 404, 413, 422] {
            assert_eq!(verdict(status, ""), Verdict::Refused);
        }
        assert_eq!(verdict(429, ""), Verdict::Wait);
        for status in [301, 302, 303, 307, 408, 409, 425, 500, 502, 503, 504, 520] {
            assert_eq!(verdict(status, scopes), Verdict::Unclear, "{status}");
        }
    }

    #[test]
    fn an_id_in_a_path_cannot_leave_it() {
        assert_eq!(segment("a/../b?c#d"), "a%2F..%2Fb%3Fc%23d");
        assert_eq!(segment("99.png"), "99.png");
    }
}
