//! Zulip's API as shapes and pure functions: what is sent, what comes back, what it means, and where a message is read.
//!
//! Facts from zulip.com/api (send-message, register-queue, rest-error-handling, zulip-urls) and the server's code, read
//! 2026-11. Error texts are localised, so status and code decide. Who calls whom is in `zulip.rs`.

use super::http::Answer;
use super::{CallError, Verdict};
use crate::domain::{AttemptRequest, Limits, Part, Target};
use crate::secrets::Secret;
use crate::text::zulip::with_addresses;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// From this feature level on (9.0) the web app's addresses say `channel` where they said `stream`.
const SAYS_CHANNEL: u32 = 250;

/// From this feature level on (10.0) a topic may be empty, and `(no topic)` means that.
const EMPTY_TOPICS: u32 = 334;

/// What stands for no topic.
pub(super) const NO_TOPIC: &str = "(no topic)";

/// A message as it is recorded before it is sent; the fields of a form, in this order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct NewMessage {
    /// `stream`: what every version calls a channel.
    r#type: String,
    /// Name or number of the channel.
    to: Value,
    pub topic: String,
    pub content: String,
}

impl NewMessage {
    /// Reads a recorded request; `None` when it is damaged.
    pub fn read(request: &AttemptRequest) -> Option<Self> {
        serde_json::from_str(&request.body).ok()
    }

    /// Returns the channel that it was sent to, whatever is configured now.
    pub fn target(&self) -> Target {
        let number = self.to.as_u64().and_then(|it| u32::try_from(it).ok());
        match (number, self.to.as_str()) {
            (Some(number), _) => Target::Numbered(number),
            (None, name) => Target::Named(name.unwrap_or_default().to_owned()),
        }
    }

    /// Returns the form that is sent. Values that are no plain text are JSON: a name that looks like a number stays a name.
    pub fn form(self) -> Vec<(&'static str, String)> {
        vec![
            ("type", self.r#type),
            ("to", self.to.to_string()),
            ("topic", self.topic),
            ("content", self.content),
        ]
    }
}

/// Returns what a part says, with the addresses that the server gave its pictures.
pub(super) fn content(part: &Part, media_refs: &[String]) -> String {
    with_addresses(&part.text, &part.media, media_refs)
}

/// Builds the request that posts one part. Nothing in it makes a second one the same: Zulip knows no idempotency key.
pub(super) fn new_message(to: &Target, part: &Part, media_refs: &[String]) -> AttemptRequest {
    let message = NewMessage {
        r#type: "stream".to_owned(),
        to: match to {
            Target::Named(name) => name.as_str().into(),
            Target::Numbered(number) | Target::Known(number, _) => (*number).into(),
        },
        topic: part.topic.clone().unwrap_or_else(|| NO_TOPIC.to_owned()),
        content: content(part, media_refs),
    };
    AttemptRequest {
        body: serde_json::to_string(&message)
            .expect("a structure of texts and numbers is always JSON"),
        media_refs: media_refs.to_vec(),
        ..AttemptRequest::default()
    }
}

/// An error, as every call tells it.
#[derive(Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub result: String,
    pub msg: Option<String>,
    pub code: Option<String>,
}

/// `POST /api/v1/messages`.
#[derive(Deserialize)]
pub(super) struct Sent {
    pub result: String,
    pub id: u64,
}

/// `GET /api/v1/users/me`.
#[derive(Debug, Deserialize)]
pub(super) struct Me {
    pub user_id: u64,
    /// 100 owner, 200 administrator, 300 moderator, 400 member, 600 guest.
    pub role: Option<u32>,
    #[serde(default)]
    pub bot_owner_id: Option<u64>,
}

/// `GET /api/v1/users/{id}`.
#[derive(Deserialize)]
pub(super) struct OneUser {
    pub user: Me,
}

/// `GET /api/v1/users`.
#[derive(Deserialize)]
pub(super) struct Users {
    pub members: Vec<Person>,
}

#[derive(Deserialize)]
pub(super) struct Person {
    pub user_id: u64,
    pub full_name: String,
    #[serde(default = "yes")]
    pub is_active: bool,
}

fn yes() -> bool {
    true
}

/// `POST /api/v1/user_uploads`; `uri` is the older name.
#[derive(Deserialize)]
pub(super) struct Uploaded {
    pub url: Option<String>,
    pub uri: Option<String>,
}

/// `GET /api/v1/server_settings`.
#[derive(Deserialize)]
pub(super) struct ServerSettings {
    pub zulip_feature_level: Option<u32>,
}

/// What `POST /api/v1/register` says of the organization.
#[derive(Default, Deserialize)]
pub(super) struct Registered {
    pub queue_id: Option<String>,
    max_message_length: Option<u64>,
    max_topic_length: Option<u64>,
    max_file_upload_size_mib: Option<u64>,
    #[serde(default)]
    realm_mandatory_topics: bool,
    /// In place of it from feature level 392 (11.0) on; a channel may have another rule.
    realm_topics_policy: Option<String>,
}

impl Registered {
    /// Reads the limits that were told at `fetched_at`.
    pub fn limits(&self, fetched_at: DateTime<Utc>) -> Limits {
        let told = |number: Option<u64>| {
            number
                .filter(|number| *number > 0)
                .map(|number| u32::try_from(number).unwrap_or(u32::MAX))
        };
        Limits {
            max_characters: told(self.max_message_length),
            max_topic: told(self.max_topic_length),
            max_image_bytes: self
                .max_file_upload_size_mib
                .filter(|mib| *mib > 0)
                .map(|mib| mib.saturating_mul(1024 * 1024)),
            needs_topic: match self.realm_topics_policy.as_deref() {
                Some(policy) => policy == "disable_empty_topic",
                None => self.realm_mandatory_topics,
            },
            fetched_at: Some(fetched_at),
            ..Limits::default()
        }
    }
}

/// Reads what an answer means. A page in place of Zulip's own words proves nothing.
pub(super) fn judge(answer: &Answer) -> Verdict {
    let refusal = answer.json::<Refusal>().unwrap_or_default();
    let code = refusal.code.as_deref().unwrap_or_default();
    match (answer.status, code) {
        (429, _) | (_, "RATE_LIMIT_HIT") => Verdict::Wait,
        (401, _) | (400..=499, "UNAUTHORIZED" | "INVALID_API_KEY") => Verdict::LogIn,
        (400..=499, "USER_DEACTIVATED" | "REALM_DEACTIVATED") => Verdict::LogIn,
        (413, _) => Verdict::Refused,
        (400..=499, _) if refusal.result == "error" => Verdict::Refused,
        _ => Verdict::Unclear,
    }
}

/// Says what a person does about a refusal, where the code tells it.
pub(super) fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "STREAM_DOES_NOT_EXIST" => "set `to` to a channel that is there",
        "TOPIC_WILDCARD_MENTION_NOT_ALLOWED" | "STREAM_WILDCARD_MENTION_NOT_ALLOWED" => {
            "take the mention of everybody out, or ask an administrator for the permission"
        }
        "REALM_UPLOAD_QUOTA" => "ask an administrator to make room, or send it without the picture",
        _ => return None,
    })
}

/// An account as a `zuliprc` file holds it.
#[derive(Debug)]
pub(super) struct AccountFile {
    pub email: String,
    pub key: Secret,
    pub site: String,
}

/// Reads a `zuliprc` file: INI, section `[api]` (zulip.com/api/configuring-python-bindings, read 2026-11).
///
/// # Errors
///
/// `Rejected`, naming the file as `named`, when something is missing in it.
pub(super) fn account_file(text: &str, named: &str) -> Result<AccountFile, CallError> {
    let mut inside = false;
    let (mut email, mut key, mut site) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[api]";
        } else if inside
            && !line.starts_with(['#', ';'])
            && let Some((name, value)) = line.split_once('=')
        {
            let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            match name.trim() {
                "email" => email = value,
                "key" => key = value,
                "site" => site = value,
                _ => {}
            }
        }
    }
    let missing = |what: &str| {
        CallError::Rejected(format!(
            "{named} has no `{what}` in a section [api]: download it again from Zulip's settings"
        ))
    };
    Ok(AccountFile {
        email: email.ok_or_else(|| missing("email"))?,
        key: Secret::new(key.ok_or_else(|| missing("key"))?),
        site: site.ok_or_else(|| missing("site"))?,
    })
}

/// The channel on the server, as it is called now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub id: u64,
    pub name: String,
    /// The server's feature level, where it told.
    pub level: Option<u32>,
}

/// Returns where a message is read. `place` is `None` where the channel's number is not known.
pub(super) fn narrow_url(
    base: &str,
    place: Option<&Place>,
    to: &Target,
    topic: &str,
    id: &str,
) -> String {
    let (word, channel, level) = match (place, to) {
        (Some(place), _) => {
            let slug = encoded(&place.name.replace(' ', "-"));
            let at_least = |level| place.level.is_none_or(|known| known >= level);
            let word = if at_least(SAYS_CHANNEL) {
                "channel"
            } else {
                "stream"
            };
            (word, format!("{}-{slug}", place.id), place.level)
        }
        (None, Target::Numbered(number) | Target::Known(number, _)) => {
            ("stream", number.to_string(), None)
        }
        // Every version still reads the form without a number.
        (None, Target::Named(name)) => ("stream", encoded(&name.replace(' ', "-")), None),
    };
    let is_empty = topic == NO_TOPIC && level.is_some_and(|level| level >= EMPTY_TOPICS);
    let topic = if is_empty {
        String::new()
    } else {
        encoded(topic)
    };
    format!("{base}/#narrow/{word}/{channel}/topic/{topic}/near/{id}")
}

/// Encodes a piece of an address after `#` (`zerver/lib/url_encoding.py`): percent signs are dots.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut piece = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'~' | b'*' => {
                piece.push(char::from(byte));
            }
            other => {
                let _ = write!(piece, ".{other:02X}");
            }
        }
    }
    piece
}

/// Returns the number of the message at an address of this server (`…/near/123`, `…/with/123`, `…/id/123`), or a bare one.
pub(super) fn message_id(address: &str, base: &str) -> Option<u64> {
    if let Ok(id) = address.parse() {
        return Some(id);
    }
    let rest = address.strip_prefix(base)?.strip_prefix("/#narrow/")?;
    let mut pieces = rest.trim_end_matches('/').rsplit('/');
    let id = pieces.next()?.parse().ok()?;
    pieces
        .next()
        .filter(|word| ["near", "with", "id"].contains(word))
        .map(|_| id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PartMedia;
    use serde_json::json;

    #[test]
    fn a_request_is_a_form_whose_channel_is_json() {
        let part = Part {
            text: "Hello\n\n[a cat](/user_uploads/abababababababab.png)".to_owned(),
            topic: Some("news & more".to_owned()),
            media: vec![PartMedia {
                hash: "ab".repeat(32),
                name: "cat.png".to_owned(),
                mime: "image/png".to_owned(),
                size: 3,
                pixels: None,
                duration_ms: None,
                alt: "a cat".to_owned(),
                ..PartMedia::default()
            }],
            ..Part::default()
        };
        let refs = ["/user_uploads/2/x/abababababababab.png".to_owned()];
        let to = Target::Named("2026".to_owned());
        let request = new_message(&to, &part, &refs);
        assert_eq!(new_message(&to, &part, &refs), request);
        assert_eq!(
            request.text(),
            "Hello\n\n[a cat](/user_uploads/2/x/abababababababab.png)"
        );
        let form = NewMessage::read(&request).unwrap().form();
        assert_eq!(form[0], ("type", "stream".to_owned()));
        assert_eq!(form[1], ("to", "\"2026\"".to_owned()));
        assert_eq!(form[2], ("topic", "news & more".to_owned()));
        assert_eq!(NewMessage::read(&request).unwrap().target(), to);
        for to in [
            Target::Numbered(42),
            Target::Known(42, "as it was called".to_owned()),
        ] {
            let numbered = NewMessage::read(&new_message(&to, &part, &refs)).unwrap();
            assert_eq!(numbered.target(), Target::Numbered(42));
            assert_eq!(numbered.form()[1].1, "42");
        }
    }

    #[test]
    fn addresses_are_encoded_as_the_web_app_does() {
        // zerver/tests/fixtures and web/tests/internal_url.test.cjs, read 2026-11.
        assert_eq!(
            encoded("https://www.zulipexample.com"),
            "https.3A.2F.2Fwww.2Ezulipexample.2Ecom"
        );
        assert_eq!(encoded("a (b)*~"), "a.20.28b.29*~");
        let place = |level| Place {
            id: 42,
            name: "big news".to_owned(),
            level,
        };
        let to = Target::Named("big news".to_owned());
        let url =
            |place: Option<&Place>, topic| narrow_url("https://z.example", place, &to, topic, "7");
        assert_eq!(
            url(Some(&place(Some(400))), "é 1.0"),
            "https://z.example/#narrow/channel/42-big-news/topic/.C3.A9.201.2E0/near/7"
        );
        assert_eq!(
            url(Some(&place(Some(200))), NO_TOPIC),
            "https://z.example/#narrow/stream/42-big-news/topic/.28no.20topic.29/near/7"
        );
        assert_eq!(
            url(Some(&place(Some(334))), NO_TOPIC),
            "https://z.example/#narrow/channel/42-big-news/topic//near/7"
        );
        assert_eq!(
            url(None, "x"),
            "https://z.example/#narrow/stream/big-news/topic/x/near/7"
        );
    }

    #[test]
    fn a_message_is_found_by_its_address_on_our_own_server_only() {
        let base = "https://z.example";
        for address in [
            "7",
            "https://z.example/#narrow/channel/42-big-news/topic/x/near/7",
            "https://z.example/#narrow/stream/42/topic/x/with/7/",
            "https://z.example/#narrow/id/7",
        ] {
            assert_eq!(message_id(address, base), Some(7), "{address}");
        }
        for address in [
            "https://y.example/#narrow/id/7",
            "https://z.example.org/#narrow/id/7",
            "https://z.example/#narrow/topic/7",
            "-7",
            "",
        ] {
            assert_eq!(message_id(address, base), None, "{address}");
        }
    }

    #[test]
    fn status_and_code_decide_and_pages_prove_nothing() {
        let verdict = |status, body: &str| judge(&Answer::fake(status, &[], body));
        let error = |code: &str| json!({"result": "error", "msg": "", "code": code}).to_string();
        assert_eq!(verdict(400, &error("BAD_REQUEST")), Verdict::Refused);
        assert_eq!(
            verdict(400, &error("STREAM_DOES_NOT_EXIST")),
            Verdict::Refused
        );
        assert_eq!(verdict(401, "<html>"), Verdict::LogIn);
        assert_eq!(verdict(403, &error("USER_DEACTIVATED")), Verdict::LogIn);
        assert_eq!(verdict(429, ""), Verdict::Wait);
        assert_eq!(verdict(413, "<html>"), Verdict::Refused);
        for status in [400, 404, 500, 502, 302, 200] {
            assert_eq!(verdict(status, "<html>"), Verdict::Unclear, "{status}");
        }
        assert_eq!(
            verdict(500, &error("INTERNAL_SERVER_ERROR")),
            Verdict::Unclear
        );
    }

    #[test]
    fn limits_are_read_and_nonsense_is_not() {
        let now = "2026-11-22T03:00:00Z".parse().unwrap();
        let read = |text: &str| {
            serde_json::from_str::<Registered>(text)
                .unwrap()
                .limits(now)
        };
        let full = read(
            r#"{"result":"success","queue_id":"1:2","max_message_length":20000,"max_topic_length":50,
                "max_file_upload_size_mib":10,"realm_mandatory_topics":true,"zulip_feature_level":250}"#,
        );
        assert_eq!(full.max_characters, Some(20_000));
        assert_eq!((full.max_topic, full.needs_topic), (Some(50), true));
        assert_eq!(full.max_image_bytes, Some(10 * 1024 * 1024));
        assert_eq!(read(r#"{"max_message_length":0}"#).max_characters, None);
        let policy =
            |word: &str| read(&format!(r#"{{"realm_topics_policy":"{word}"}}"#)).needs_topic;
        assert!(policy("disable_empty_topic") && !policy("allow_empty_topic"));
    }

    #[test]
    fn a_zuliprc_file_is_read_and_what_is_missing_is_named() {
        let text = "# mine\n[api]\nemail = bot@z.example\nkey=hush\nsite=https://z.example\n";
        let file = account_file(text, "zuliprc /a").unwrap();
        assert_eq!(
            (file.email.as_str(), file.key.expose(), file.site.as_str()),
            ("bot@z.example", "hush", "https://z.example")
        );
        for (broken, missing) in [
            ("", "`email`"),
            ("email=a\nkey=hush\nsite=b", "`email`"),
            ("[api]\nemail=a\nkey=\nsite=b", "`key`"),
            ("[api]\nemail=a\nkey=hush\n[other]\nsite=b", "`site`"),
        ] {
            let error = account_file(broken, "zuliprc /a").unwrap_err().to_string();
            assert!(
                error.contains(missing) && error.contains("zuliprc /a"),
                "{error}"
            );
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
