//! LinkedIn's shapes and addresses as pure functions: names of things and the body of a post.
//!
//! Source: learn.microsoft.com, "Posts API", "MultiImage API", "Images API", "versioning" (li-lms-2026-05, read 2026-11),
//! and what working clients report where those are silent. What answers mean is in `linkedin_answer.rs`, who calls whom in
//! `linkedin.rs`.

use super::http::Answer;
pub(super) use super::linkedin_answer::{
    Duplicate, Forbidden, Refusal, forbidden, grants, judge, said, wait_until,
};
use super::{PartContext, address};
use crate::domain::{AttemptRequest, Part, Published, Visibility};
use crate::text::RESHARES;
use crate::text::linkedin_reshare::reshared;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

/// Where posts are read.
const SITE: &str = "https://www.linkedin.com";

/// What a page's administrators are asked for, and which calls need it.
pub(super) const POST_AS_PAGE: &str = "w_organization_social";
/// Reads a page's own posts: without it an answer that was lost is never found again.
pub(super) const READ_PAGE: &str = "r_organization_social";
/// Tells which pages somebody has a role on.
pub(super) const PAGE_ROLES: &str = "rw_organization_admin";
/// Posts as the person who logged in.
pub(super) const POST_AS_MEMBER: &str = "w_member_social";

/// The product that gives a page's scopes, and those that give a member's.
pub(super) const PAGE_PRODUCT: &str = "Community Management API";
pub(super) const MEMBER_PRODUCTS: &str =
    "“Share on LinkedIn” and “Sign In with LinkedIn using OpenID Connect”";

/// The roles that may post as a page ("Posts API", permissions).
pub(super) const MAY_POST: [&str; 4] = [
    "ADMINISTRATOR",
    "CONTENT_ADMIN",
    "CONTENT_ADMINISTRATOR",
    "DIRECT_SPONSORED_CONTENT_POSTER",
];

/// Writes the name of a thing into a path: its colons are encoded.
pub(super) fn encoded(urn: &str) -> String {
    urn.replace(':', "%3A")
}

/// Reads the name of a post: a share or a "UGC post", by number.
pub(super) fn post_urn(text: &str) -> Option<String> {
    let (kind, number) = text.strip_prefix("urn:li:")?.split_once(':')?;
    let fits = matches!(kind, "share" | "ugcPost" | "activity") && is_number(number);
    fits.then(|| text.to_owned())
}

/// Reads the name of something uploaded.
pub(super) fn media_urn(text: &str, kind: &str) -> Option<String> {
    let id = text
        .strip_prefix("urn:li:")?
        .strip_prefix(kind)?
        .strip_prefix(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    ((1..=100).contains(&id.len()) && id.chars().all(plain)).then(|| text.to_owned())
}

/// Reads a member's id, as userinfo calls it.
pub(super) fn member_urn(sub: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    ((1..=100).contains(&sub.len()) && sub.chars().all(plain))
        .then(|| format!("urn:li:person:{sub}"))
}

fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns where a post is read.
pub(super) fn permalink(urn: &str) -> Option<String> {
    address::web_address(&format!("{SITE}/feed/update/{urn}/"))
}

/// Finds the name of a post in its address: whole, or at the end of a readable one (`…-activity-123-AbCd`).
pub(super) fn post_in(shown: &str) -> Option<String> {
    let shown = shown.trim().replace("%3A", ":").replace("%3a", ":");
    if let Some(start) = shown.find("urn:li:") {
        let rest = &shown[start..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == ':'))
            .unwrap_or(rest.len());
        return post_urn(&rest[..end]);
    }
    ["share", "ugcPost", "activity"]
        .into_iter()
        .find_map(|kind| {
            let (_, rest) = shown.split_once(&format!("-{kind}-"))?;
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            post_urn(&format!("urn:li:{kind}:{}", &rest[..end]))
        })
}

/// Builds the request of one post ("Posts API": all six top fields are required).
pub(super) fn new_post(author: &str, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
    let mut body = json!({
        "author": author,
        "commentary": part.text,
        "visibility": visibility(part.visibility),
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": false,
    });
    if let Some(content) = content(part, context.media_refs) {
        body["content"] = content;
    }
    let address = part.options.get(RESHARES);
    if let Some(Ok(parent)) = address.and_then(|address| reshared(address)) {
        body["reshareContext"] = json!({ "parent": parent });
    }
    AttemptRequest {
        body: body.to_string(),
        key: first_attempt(context),
        media_refs: context.media_refs.to_vec(),
        ..AttemptRequest::default()
    }
}

fn content(part: &Part, media_refs: &[String]) -> Option<Value> {
    let mut media: Vec<Value> = part
        .media
        .iter()
        .zip(media_refs)
        .map(|(media, urn)| {
            let mut one = json!({ "id": urn });
            if media.mime == "application/pdf" {
                // A document is shown under its title, which is required.
                one["title"] = json!(media.name);
            } else if !media.alt.trim().is_empty() {
                one["altText"] = json!(media.alt);
            }
            one
        })
        .collect();
    match media.len() {
        0 => part.card.as_ref().map(|card| {
            // A card without a title is refused.
            let title = if card.title.trim().is_empty() {
                &card.url
            } else {
                &card.title
            };
            let mut article = json!({"source": card.url, "title": title});
            if !card.description.trim().is_empty() {
                article["description"] = json!(card.description);
            }
            // An empty reference stands for a picture that could not be had: the card goes without.
            if let Some(urn) = media_refs.first().filter(|urn| !urn.is_empty()) {
                article["thumbnail"] = json!(urn);
            }
            json!({ "article": article })
        }),
        1 => Some(json!({"media": media.remove(0)})),
        _ => Some(json!({"multiImage": {"images": media}})),
    }
}

/// Who sees a post. There is no list that leaves it out of: unlisted is public here.
fn visibility(wanted: Option<Visibility>) -> &'static str {
    match wanted {
        Some(Visibility::Private | Visibility::Direct) => "CONNECTIONS",
        Some(Visibility::Public | Visibility::Unlisted) | None => "PUBLIC",
    }
}

/// What a recorded request says of its post.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPost {
    pub author: String,
    pub commentary: String,
    pub visibility: String,
    #[serde(default)]
    pub reshare_context: Option<Reshare>,
}

/// What a post reshares.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Reshare {
    pub parent: String,
}

impl NewPost {
    pub fn read(request: &AttemptRequest) -> Option<Self> {
        serde_json::from_str(&request.body).ok()
    }

    pub fn is_of_a_page(&self) -> bool {
        self.author.starts_with("urn:li:organization:")
    }
}

/// Writes down, in the place of a key (LinkedIn knows none), when the first attempt was recorded: it tells what is ours from
/// something older of the same text.
pub(super) fn first_attempt(context: &PartContext<'_>) -> String {
    context
        .created_at
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Returns when the first attempt at a recorded request was made.
pub(super) fn began(request: &AttemptRequest) -> Option<DateTime<Utc>> {
    let began = DateTime::parse_from_rfc3339(&request.key).ok()?;
    Some(began.to_utc())
}

/// Returns a post that is there.
pub(super) fn published(urn: String) -> Published {
    Published {
        permalink: permalink(&urn),
        id: urn,
        ..Published::default()
    }
}

/// Reads the name of what was made: it is in a header, and the body is empty.
pub(super) fn made(answer: &Answer) -> Option<String> {
    let header = ["x-restli-id", "x-linkedin-id"];
    let named = header.iter().find_map(|name| answer.header(name))?;
    post_urn(&named.trim().replace("%3A", ":"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Card, DeliveryId, PartMedia};

    fn built(part: &Part, refs: &[&str]) -> Value {
        let refs: Vec<String> = refs.iter().map(|urn| (*urn).to_owned()).collect();
        let context = PartContext {
            delivery: DeliveryId(1),
            index: 0,
            total: 1,
            answers: None,
            media_refs: &refs,
            created_at: "2026-11-22T03:00:00.123456Z".parse().unwrap(),
            earlier: None,
        };
        let request = new_post("urn:li:organization:7", part, &context);
        assert_eq!(
            began(&request).unwrap().timestamp_millis(),
            1_795_316_400_123
        );
        serde_json::from_str(&request.body).unwrap()
    }

    fn picture(alt: &str) -> PartMedia {
        PartMedia {
            hash: "ab".to_owned(),
            name: "a.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 3,
            pixels: None,
            duration_ms: None,
            alt: alt.to_owned(),
            fit: None,
        }
    }

    #[test]
    fn one_picture_is_media_and_several_are_a_multi_image() {
        let mut part = Part {
            text: "hello".to_owned(),
            media: vec![picture("a cat")],
            ..Part::default()
        };
        assert_eq!(
            built(&part, &["urn:li:image:A"])["content"],
            json!({"media": {"id": "urn:li:image:A", "altText": "a cat"}})
        );
        part.media.push(picture(" "));
        assert_eq!(
            built(&part, &["urn:li:image:A", "urn:li:image:B"])["content"]["multiImage"]["images"],
            json!([{"id": "urn:li:image:A", "altText": "a cat"}, {"id": "urn:li:image:B"}])
        );
        part.media = vec![PartMedia {
            mime: "application/pdf".to_owned(),
            name: "talk.pdf".to_owned(),
            ..picture("slides")
        }];
        assert_eq!(
            built(&part, &["urn:li:document:A"])["content"]["media"],
            json!({"id": "urn:li:document:A", "title": "talk.pdf"})
        );
        part.media.clear();
        let body = built(&part, &[]);
        assert!(body.get("content").is_none(), "{body}");
        assert_eq!(body["visibility"], "PUBLIC");
    }

    #[test]
    fn a_card_always_has_a_title_and_its_picture_where_there_is_one() {
        let card = |title: &str| Part {
            card: Some(Card {
                url: "https://example.org/a".to_owned(),
                title: title.to_owned(),
                description: String::new(),
                picture: None,
            }),
            ..Part::default()
        };
        assert_eq!(
            built(&card("A"), &["urn:li:image:T"])["content"]["article"]["thumbnail"],
            "urn:li:image:T"
        );
        assert_eq!(
            built(&card("A"), &[""])["content"],
            json!({"article": {"source": "https://example.org/a", "title": "A"}})
        );
        assert_eq!(
            built(&card(" "), &[])["content"]["article"]["title"],
            "https://example.org/a"
        );
    }

    #[test]
    fn a_reshare_names_the_post_and_nothing_else() {
        let part = Part {
            options: [(
                RESHARES.to_owned(),
                "https://www.linkedin.com/feed/update/urn:li:share:7".to_owned(),
            )]
            .into(),
            ..Part::default()
        };
        let body = built(&part, &[]);
        assert_eq!(body["reshareContext"], json!({"parent": "urn:li:share:7"}));
        assert!(body.get("content").is_none(), "{body}");
    }

    #[test]
    fn a_post_is_found_in_its_addresses() {
        let urn = |text: &str| post_in(text);
        let seven = Some("urn:li:share:7".to_owned());
        assert_eq!(
            urn("https://www.linkedin.com/feed/update/urn:li:share:7/"),
            seven
        );
        assert_eq!(
            urn("https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7"),
            seven
        );
        assert_eq!(
            urn("https://www.linkedin.com/posts/ada_hello-activity-99-AbCd?utm=1"),
            Some("urn:li:activity:99".to_owned())
        );
        assert_eq!(urn("https://www.linkedin.com/in/ada"), None);
        assert_eq!(urn("urn:li:share:7\u{1b}[2J"), seven);
    }
}
