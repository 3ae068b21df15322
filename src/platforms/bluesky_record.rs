//! A Bluesky post as a record, and the request that writes it; pure, so that a retry has the same bytes.
//!
//! Facts from the lexicons `app.bsky.feed.post`, `app.bsky.richtext.facet` and `app.bsky.embed.*` of
//! bluesky-social/atproto, read 2026-11. Who sends it, and what the answer means, is in `bluesky.rs`.

use super::PartContext;
use crate::domain::composed::sha256_hex;
use crate::domain::{AttemptRequest, Facet, Feature, Part, PartMedia, RemoteRef, Tid};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

/// The collection of posts (lexicon `app.bsky.feed.post`).
pub(super) const POSTS: &str = "app.bsky.feed.post";

/// What `com.atproto.repo.putRecord` is told. Fields stay in this order: the bytes are recorded.
#[derive(Serialize)]
struct PutRecord<'a> {
    repo: &'a str,
    collection: &'static str,
    rkey: &'a str,
    record: Record<'a>,
    validate: bool,
    #[serde(rename = "swapRecord")]
    swap_record: Option<&'a str>,
}

/// A post as it is kept (lexicon `app.bsky.feed.post`).
#[derive(Serialize)]
struct Record<'a> {
    #[serde(rename = "$type")]
    kind: &'static str,
    text: &'a str,
    #[serde(rename = "createdAt")]
    created_at: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    langs: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facets: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    embed: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<Value>,
}

/// Builds the request that writes one part as a record of `repo`.
pub(super) fn put_record(repo: &str, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
    let rkey = context
        .earlier
        .and_then(|earlier| earlier.rkey.clone())
        .unwrap_or_else(|| record_key(&part.text, context));
    let put = PutRecord {
        repo,
        collection: POSTS,
        rkey: &rkey,
        record: Record {
            kind: POSTS,
            text: &part.text,
            created_at: created_at(context.created_at),
            langs: part.language.as_deref().into_iter().collect(),
            facets: part.facets.iter().filter_map(facet).collect(),
            embed: embed(part, context.media_refs),
            reply: context.answers.map(reply),
        },
        validate: true,
        swap_record: None,
    };
    AttemptRequest {
        body: serde_json::to_string(&put).expect("a structure of texts and numbers is always JSON"),
        key: rkey.clone(),
        rkey: Some(rkey),
        media_refs: context.media_refs.to_vec(),
        ..AttemptRequest::default()
    }
}

/// Reads author and key from `https://bsky.app/profile/<author>/post/<key>` or `at://<author>/app.bsky.feed.post/<key>`.
pub(super) fn author_and_key(address: &str) -> Option<(&str, &str)> {
    let address = address.trim();
    let (path, middle) = match address.strip_prefix("at://") {
        Some(path) => (path, POSTS),
        None => (
            address.strip_prefix("https://")?.split_once("/profile/")?.1,
            "post",
        ),
    };
    let path = path.split(['?', '#']).next()?.trim_end_matches('/');
    let mut segments = path.split('/');
    let (author, kind, key) = (segments.next()?, segments.next()?, segments.next()?);
    (kind == middle && !author.is_empty() && !key.is_empty() && segments.next().is_none())
        .then_some((author, key))
}

/// Returns the key of one part; the parts of a thread rise even when they were recorded in the same instant.
///
/// The clock's number comes from the text, so that two plans that post to one account do not meet at a key.
fn record_key(text: &str, context: &PartContext<'_>) -> String {
    let micros = u64::try_from(context.created_at.timestamp_micros()).unwrap_or(0);
    let hash = sha256_hex(format!("{} {text}", context.delivery).as_bytes());
    let clock_id = u16::from_str_radix(&hash[..4], 16).unwrap_or(0);
    Tid::from_parts(micros + u64::from(context.index), clock_id).to_string()
}

fn facet(facet: &Facet) -> Option<Value> {
    let feature = match &facet.feature {
        Feature::Link { uri } => {
            serde_json::json!({"$type": "app.bsky.richtext.facet#link", "uri": uri})
        }
        Feature::Mention { did, .. } => {
            serde_json::json!({"$type": "app.bsky.richtext.facet#mention", "did": did.as_ref()?})
        }
        Feature::Tag { tag } => {
            serde_json::json!({"$type": "app.bsky.richtext.facet#tag", "tag": tag})
        }
    };
    Some(serde_json::json!({
        "index": {"byteStart": facet.byte_start, "byteEnd": facet.byte_end},
        "features": [feature],
    }))
}

/// Returns the embed of a video and its blob (lexicon `app.bsky.embed.video`; what is not known is left out).
fn video(media: &PartMedia, reference: &str) -> Value {
    let blob: Value = serde_json::from_str(reference).unwrap_or_default();
    let mut video = serde_json::json!({"$type": "app.bsky.embed.video", "video": blob});
    if !media.alt.trim().is_empty() {
        video["alt"] = media.alt.as_str().into();
    }
    if let Some((width, height)) = media.pixels {
        video["aspectRatio"] = serde_json::json!({"width": width, "height": height});
    }
    video
}

fn embed(part: &Part, media_refs: &[String]) -> Option<Value> {
    if let (Some(first), Some(reference)) = (part.media.first(), media_refs.first())
        && first.is_video()
    {
        return Some(video(first, reference));
    }
    if !part.media.is_empty() {
        let images: Vec<Value> = part
            .media
            .iter()
            .zip(media_refs)
            .map(|(media, reference)| {
                let blob: Value = serde_json::from_str(reference).unwrap_or_default();
                let mut image = serde_json::json!({"alt": media.alt, "image": blob});
                if let Some((width, height)) = media.pixels {
                    image["aspectRatio"] = serde_json::json!({"width": width, "height": height});
                }
                image
            })
            .collect();
        return Some(serde_json::json!({"$type": "app.bsky.embed.images", "images": images}));
    }
    let card = part.card.as_ref()?;
    let mut external =
        serde_json::json!({"uri": card.url, "title": card.title, "description": card.description});
    // An empty reference stands for a picture that could not be had: the card goes without.
    let blob = media_refs.first().filter(|_| card.picture.is_some());
    if let Some(blob) = blob.and_then(|it| serde_json::from_str::<Value>(it).ok()) {
        external["thumb"] = blob;
    }
    Some(serde_json::json!({"$type": "app.bsky.embed.external", "external": external}))
}

fn reply(answered: &RemoteRef) -> Value {
    let parent = (answered.id.as_str(), answered.cid.as_deref().unwrap_or(""));
    let root = answered
        .root
        .as_ref()
        .map_or(parent, |(uri, cid)| (uri.as_str(), cid.as_str()));
    let reference = |(uri, cid): (&str, &str)| serde_json::json!({"uri": uri, "cid": cid});
    serde_json::json!({"root": reference(root), "parent": reference(parent)})
}

fn created_at(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Card, CardPicture, DeliveryId};
    use serde_json::json;

    fn context<'a>() -> PartContext<'a> {
        PartContext {
            delivery: DeliveryId(1042),
            index: 0,
            total: 1,
            answers: None,
            media_refs: &[],
            created_at: "2026-11-22T03:00:00.123456Z".parse().unwrap(),
            earlier: None,
        }
    }

    fn built(part: &Part, context: &PartContext<'_>) -> Value {
        let request = put_record("did:plc:me", part, context);
        let body: Value = serde_json::from_str(&request.body).unwrap();
        assert_eq!(body["rkey"].as_str(), request.rkey.as_deref());
        body
    }

    #[test]
    fn record_keys_are_encoded_as_the_specification_says() {
        for (micros, clock_id, expected) in [
            (0, 0, "2222222222222"),
            (0, 1, "2222222222223"),
            (1, 0, "2222222222322"),
            (1_700_000_000_000_001, 7, "3ke6kg3wk232b"),
            (1_795_312_800_000_000, 1023, "3n2ujevcu22zz"),
            ((1 << 53) - 1, 1023, "bzzzzzzzzzzzz"),
            (1_735_689_600_123_456, 42, "3lenax2wkm23e"),
        ] {
            assert_eq!(Tid::from_parts(micros, clock_id).to_string(), expected);
        }
    }

    #[test]
    fn the_keys_of_a_threads_parts_rise_though_recorded_at_once() {
        let key = |index| record_key("hello", &PartContext { index, ..context() });
        assert!(key(0) < key(1) && key(1) < key(2));
        assert_eq!(key(0), key(0));
        assert_ne!(key(0), record_key("another plan's", &context()));
    }

    #[test]
    fn the_same_arguments_give_the_same_bytes_and_a_retry_keeps_its_key() {
        let part = Part {
            text: "hello".to_owned(),
            language: Some("en".to_owned()),
            ..Part::default()
        };
        let first = put_record("did:plc:me", &part, &context());
        assert_eq!(first, put_record("did:plc:me", &part, &context()));
        let earlier = AttemptRequest {
            rkey: Some("3lenax2wkm23e".to_owned()),
            ..first
        };
        let again = PartContext {
            earlier: Some(&earlier),
            ..context()
        };
        assert_eq!(built(&part, &again)["rkey"], "3lenax2wkm23e");
    }

    #[test]
    fn a_plain_post_is_written_only_where_nothing_is() {
        let part = Part {
            text: "hello".to_owned(),
            language: Some("nb".to_owned()),
            warning: Some("is in the text already".to_owned()),
            ..Part::default()
        };
        let mut body = built(&part, &context());
        body["rkey"].take();
        assert_eq!(
            body,
            json!({
                "repo": "did:plc:me",
                "collection": "app.bsky.feed.post",
                "rkey": null,
                "record": {
                    "$type": "app.bsky.feed.post",
                    "text": "hello",
                    "createdAt": "2026-11-22T03:00:00.123Z",
                    "langs": ["nb"],
                },
                "validate": true,
                "swapRecord": null,
            })
        );
    }

    #[test]
    fn facets_keep_their_bytes_and_an_unresolved_mention_stays_plain() {
        let at = |byte_start, byte_end, feature| Facet {
            byte_start,
            byte_end,
            feature,
        };
        let mention = |did: Option<&str>| Feature::Mention {
            handle: "a.test".to_owned(),
            did: did.map(str::to_owned),
        };
        let part = Part {
            facets: vec![
                at(5, 12, mention(Some("did:plc:a"))),
                at(13, 20, mention(None)),
                at(
                    21,
                    41,
                    Feature::Link {
                        uri: "https://example.org/".to_owned(),
                    },
                ),
                at(
                    42,
                    47,
                    Feature::Tag {
                        tag: "rust".to_owned(),
                    },
                ),
            ],
            ..Part::default()
        };
        assert_eq!(
            built(&part, &context())["record"]["facets"],
            json!([
                {"index": {"byteStart": 5, "byteEnd": 12}, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:a"}]},
                {"index": {"byteStart": 21, "byteEnd": 41}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/"}]},
                {"index": {"byteStart": 42, "byteEnd": 47}, "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "rust"}]},
            ])
        );
    }

    #[test]
    fn pictures_win_over_a_card_and_carry_alt_text_and_proportions() {
        let blob = r#"{"$type":"blob","ref":{"$link":"bafk"},"mimeType":"image/png","size":3}"#;
        let refs = [blob.to_owned()];
        let mut part = Part {
            card: Some(Card {
                url: "https://example.org/".to_owned(),
                title: "Title".to_owned(),
                description: String::new(),
                picture: None,
            }),
            ..Part::default()
        };
        assert_eq!(
            built(&part, &context())["record"]["embed"],
            json!({
                "$type": "app.bsky.embed.external",
                "external": {"uri": "https://example.org/", "title": "Title", "description": ""},
            })
        );
        part.media.push(PartMedia {
            hash: "ab".to_owned(),
            name: "cat.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 3,
            pixels: Some((40, 30)),
            duration_ms: None,
            alt: "a cat".to_owned(),
            ..PartMedia::default()
        });
        let with_media = PartContext {
            media_refs: &refs,
            ..context()
        };
        assert_eq!(
            built(&part, &with_media)["record"]["embed"],
            json!({
                "$type": "app.bsky.embed.images",
                "images": [{
                    "alt": "a cat",
                    "image": {"$type": "blob", "ref": {"$link": "bafk"}, "mimeType": "image/png", "size": 3},
                    "aspectRatio": {"width": 40, "height": 30},
                }],
            })
        );
    }

    #[test]
    fn a_video_carries_alt_text_and_proportions_where_they_are_known() {
        let blob = r#"{"$type":"blob","ref":{"$link":"bafk"},"mimeType":"video/mp4","size":3}"#;
        let refs = [blob.to_owned()];
        let mut part = Part {
            media: vec![PartMedia {
                mime: "video/mp4".to_owned(),
                pixels: Some((1920, 1080)),
                alt: "a talk".to_owned(),
                ..PartMedia::default()
            }],
            ..Part::default()
        };
        let with_media = PartContext {
            media_refs: &refs,
            ..context()
        };
        let video = serde_json::from_str::<Value>(blob).unwrap();
        assert_eq!(
            built(&part, &with_media)["record"]["embed"],
            json!({
                "$type": "app.bsky.embed.video", "video": video, "alt": "a talk",
                "aspectRatio": {"width": 1920, "height": 1080},
            })
        );
        part.media[0].pixels = None;
        part.media[0].alt = " ".to_owned();
        assert_eq!(
            built(&part, &with_media)["record"]["embed"],
            json!({"$type": "app.bsky.embed.video", "video": video})
        );
    }

    #[test]
    fn a_card_has_its_picture_or_goes_without() {
        let blob = r#"{"$type":"blob","ref":{"$link":"bafk"},"mimeType":"image/jpeg","size":3}"#;
        let part = Part {
            card: Some(Card {
                url: "https://example.org/".to_owned(),
                title: "Title".to_owned(),
                description: "Words".to_owned(),
                picture: Some(CardPicture {
                    hash: "ab".to_owned(),
                    mime: "image/jpeg".to_owned(),
                    size: 3,
                    pixels: (4, 3),
                }),
            }),
            ..Part::default()
        };
        let sent = |reference: &str| {
            let refs = [reference.to_owned()];
            let with_media = PartContext {
                media_refs: &refs,
                ..context()
            };
            built(&part, &with_media)["record"]["embed"]["external"].take()
        };
        let external =
            json!({"uri": "https://example.org/", "title": "Title", "description": "Words"});
        assert_eq!(sent(""), external);
        let mut whole = external;
        whole["thumb"] = serde_json::from_str(blob).unwrap();
        assert_eq!(sent(blob), whole);
    }

    #[test]
    fn a_reply_names_the_first_of_the_conversation_and_the_one_before() {
        let answered = |root: Option<(&str, &str)>| RemoteRef {
            id: "at://parent".to_owned(),
            cid: Some("cid-p".to_owned()),
            root: root.map(|(uri, cid)| (uri.to_owned(), cid.to_owned())),
        };
        assert_eq!(
            reply(&answered(Some(("at://root", "cid-r")))),
            json!({"root": {"uri": "at://root", "cid": "cid-r"}, "parent": {"uri": "at://parent", "cid": "cid-p"}})
        );
        let alone = reply(&answered(None));
        assert_eq!(alone["root"], alone["parent"]);
    }

    #[test]
    fn the_address_of_a_post_is_read_in_both_forms() {
        for address in [
            "https://bsky.app/profile/alice.test/post/3lenax2wkm23e",
            "https://bsky.app/profile/alice.test/post/3lenax2wkm23e/?ref=x",
            " at://alice.test/app.bsky.feed.post/3lenax2wkm23e ",
        ] {
            assert_eq!(
                author_and_key(address),
                Some(("alice.test", "3lenax2wkm23e")),
                "{address}"
            );
        }
        for address in [
            "https://bsky.app/profile/alice.test",
            "https://bsky.app/profile/alice.test/feed/abc",
            "at://alice.test/app.bsky.feed.like/3lenax2wkm23e",
            "https://fosstodon.org/@a/113",
            "3lenax2wkm23e",
        ] {
            assert_eq!(author_and_key(address), None, "{address}");
        }
    }
}
