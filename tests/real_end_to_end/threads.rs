//! What is sent is what `compose --json` shows, on each server: threads, pictures, facets, cards and answers.

use crate::common::now;
use crate::desk::{delivery, remote_ids};
use crate::servers::{Servers, read_bytes, shared};
use chrono::{DateTime, TimeDelta};
use masthead::domain::composed::sha256_hex;
use serde_json::{Value, json};

const ALT: &str = "A cät on a “roof”";
const WARNING: &str = "plot of chapter ñ";

/// A photograph that says where it was taken.
fn photograph() -> Vec<u8> {
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([7, x as u8 * 6, y as u8 * 8]))
        .write_to(&mut jpeg, image::ImageFormat::Jpeg)
        .unwrap();
    let mut jpeg = jpeg.into_inner();
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>taken at home</x:xmpmeta>";
    let length = u16::try_from(xmp.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xff, 0xe1], length.as_slice(), xmp].concat();
    jpeg.splice(2..2, segment);
    jpeg
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes
        .windows(words.len())
        .any(|window| window == words.as_bytes())
}

/// Returns the record that a part of `compose --json` must become, without what a server assigns.
fn expected_record(part: &Value) -> Value {
    let mut record = json!({"$type": "app.bsky.feed.post", "text": part["text"]});
    if !part["language"].is_null() {
        record["langs"] = json!([part["language"]]);
    }
    let facets: Vec<Value> = part["facets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|facet| {
            let (kind, told) = facet["feature"].as_object().unwrap().iter().next().unwrap();
            let field = match kind.as_str() {
                "link" => "uri",
                "mention" => "did",
                "tag" => "tag",
                other => panic!("{other}"),
            };
            json!({
                "index": {"byteStart": facet["byte_start"], "byteEnd": facet["byte_end"]},
                "features": [{"$type": format!("app.bsky.richtext.facet#{kind}"), field: told[field]}],
            })
        })
        .collect();
    if !facets.is_empty() {
        record["facets"] = json!(facets);
    }
    let images: Vec<Value> = part["media"]
        .as_array()
        .unwrap()
        .iter()
        .map(|media| {
            json!({
                "alt": media["alt"],
                "aspectRatio": {"width": media["pixels"][0], "height": media["pixels"][1]},
                "image": {"$type": "blob", "mimeType": media["mime"], "size": media["size"]},
            })
        })
        .collect();
    if !images.is_empty() {
        record["embed"] = json!({"$type": "app.bsky.embed.images", "images": images});
    } else if let Some(card) = part["card"].as_object() {
        let external =
            json!({"uri": card["url"], "title": card["title"], "description": card["description"]});
        record["embed"] = json!({"$type": "app.bsky.embed.external", "external": external});
    }
    record
}

/// Takes out of a record what a server assigns, after checking it.
fn without_assigned(mut record: Value) -> Value {
    let fields = record.as_object_mut().unwrap();
    let created = fields.remove("createdAt").unwrap();
    let created = DateTime::parse_from_rfc3339(created.as_str().unwrap()).unwrap();
    assert!((now() - created.to_utc()).abs() < TimeDelta::minutes(1));
    fields.remove("reply");
    if let Some(images) = record
        .pointer_mut("/embed/images")
        .and_then(Value::as_array_mut)
    {
        for image in images {
            let assigned = image["image"]
                .as_object_mut()
                .unwrap()
                .remove("ref")
                .unwrap();
            assert!(assigned["$link"].is_string());
        }
    }
    record
}

/// Returns the bytes that each facet of a record is about, and what it says of them.
fn facets_of(record: &Value) -> Vec<(String, Value)> {
    let text = record["text"].as_str().unwrap().as_bytes();
    record["facets"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|facet| {
            let at = |name: &str| usize::try_from(facet["index"][name].as_u64().unwrap()).unwrap();
            let shown = &text[at("byteStart")..at("byteEnd")];
            let mut feature = facet["features"][0].clone();
            feature.as_object_mut().unwrap().remove("$type");
            (String::from_utf8(shown.to_vec()).unwrap(), feature)
        })
        .collect()
}

/// Returns a status's text without its markup.
fn words_of(status: &Value) -> String {
    let mut words = String::new();
    let mut inside = false;
    for c in status["content"].as_str().unwrap().chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => words.push(c),
            _ => {}
        }
    }
    words.replace("&amp;", "&")
}

#[test]
fn a_thread_with_everything_is_on_each_server_as_composed() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (desk, tooter, skyer) = servers.desk();
    let picture = desk.file("holiday.jpg", &photograph());
    let mention = format!("@{}", servers.known_handle);
    let text = format!(
        "ñ 👨‍👩‍👧 One: https://example.org/a?b=1&c=ü and #café with {mention}\n---\n\
         Two, see example.org/b.\n---\nThree 🇳🇴 ends in #end"
    );
    let shown = desk.publish(
        &text,
        &[
            "--channel",
            "box,mock,snac,sky",
            "--thread",
            "--attach",
            &picture,
            "--alt",
            ALT,
            "--cw",
            WARNING,
            "--lang",
            "nb",
            "--visibility",
            "unlisted",
            "--title",
            "With everything",
        ],
    );
    let id = shown["id"].to_string();
    for channel in ["box", "mock", "snac", "sky"] {
        assert_eq!(remote_ids(&shown, channel).len(), 3, "{shown}");
    }

    // Bluesky: each record is the composed part, and the facets are about the right bytes.
    let uris = remote_ids(&shown, "sky");
    let found: Vec<Value> = uris.iter().map(|uri| servers.on_pds(uri)).collect();
    let parts = desk.composed(&id, "sky");
    for (found, part) in found.iter().zip(&parts) {
        assert_eq!(
            without_assigned(found["value"].clone()),
            expected_record(part)
        );
        assert!(
            found["value"]["text"]
                .as_str()
                .unwrap()
                .starts_with(&format!("CW: {WARNING}\n\n"))
        );
    }
    let link = "https://example.org/a?b=1&c=ü";
    assert_eq!(
        facets_of(&found[0]["value"]),
        [
            (link.to_owned(), json!({"uri": link})),
            ("#café".to_owned(), json!({"tag": "café"})),
            (mention, json!({"did": servers.known_did})),
        ]
    );
    let bare = (
        "example.org/b".to_owned(),
        json!({"uri": "https://example.org/b"}),
    );
    assert_eq!(facets_of(&found[1]["value"]), [bare]);
    assert_eq!(
        facets_of(&found[2]["value"]),
        [("#end".to_owned(), json!({"tag": "end"}))]
    );
    let reference = |index: usize| json!({"uri": found[index]["uri"], "cid": found[index]["cid"]});
    assert!(found[0]["value"].get("reply").is_none());
    assert_eq!(
        found[1]["value"]["reply"],
        json!({"root": reference(0), "parent": reference(0)})
    );
    assert_eq!(
        found[2]["value"]["reply"],
        json!({"root": reference(0), "parent": reference(1)})
    );
    let image = &found[0]["value"]["embed"]["images"][0];
    assert_eq!(image["alt"], ALT);
    let bytes = servers.blob(&skyer, &image["image"]);
    assert_eq!(parts[0]["media"][0]["hash"], sha256_hex(&bytes));
    assert!(!contains(&bytes, "taken at home"));
    let page = format!("https://bsky.app/profile/{}/post/", skyer.handle);
    assert!(
        delivery(&shown, "sky")["permalink"]
            .as_str()
            .unwrap()
            .starts_with(&page)
    );

    // The mock honours everything that Mastodon does.
    let mut before = Value::Null;
    for (number, (id, part)) in remote_ids(&shown, "mock")
        .iter()
        .zip(desk.composed(&id, "mock"))
        .enumerate()
    {
        let status = servers.on_mock(&tooter, id);
        assert_eq!(words_of(&status), part["text"].as_str().unwrap());
        assert_eq!(status["in_reply_to_id"], before);
        assert_eq!(status["spoiler_text"], part["warning"]);
        assert_eq!(status["spoiler_text"], WARNING);
        assert_eq!(status["sensitive"], true);
        assert_eq!(status["visibility"], "unlisted");
        assert_eq!(status["language"], "nb");
        let media = status["media_attachments"].as_array().unwrap();
        assert_eq!(media.len(), usize::from(number == 0));
        if number == 0 {
            assert_eq!(media[0]["description"], ALT);
            assert_eq!(delivery(&shown, "mock")["permalink"], status["url"]);
        }
        before = json!(id);
    }

    // Snac has no unlisted posts and says so; we say so too.
    let mut before = Value::Null;
    for (number, (id, part)) in remote_ids(&shown, "snac")
        .iter()
        .zip(desk.composed(&id, "snac"))
        .enumerate()
    {
        let status = servers.on_snac(&desk, id);
        println!("snac part {}: {}", number + 1, words_of(&status));
        assert_eq!(words_of(&status).trim_end(), part["text"].as_str().unwrap());
        assert_eq!(status["in_reply_to_id"], before);
        assert_eq!(status["spoiler_text"], WARNING);
        assert_eq!(status["visibility"], "public");
        if number == 0 {
            let media = &status["media_attachments"][0];
            assert_eq!(media["description"], ALT);
            let bytes = read_bytes(media["url"].as_str().unwrap());
            assert_eq!(part["media"][0]["hash"], sha256_hex(&bytes));
        }
        before = json!(id);
    }
    let note = delivery(&shown, "snac")["reason"].as_str().unwrap();
    assert!(note.contains("public, not unlisted as asked"), "{note}");

    // The sandbox wrote a file for each part.
    for (name, part) in remote_ids(&shown, "box")
        .iter()
        .zip(desk.composed(&id, "box"))
    {
        let written = std::fs::read(desk.path("data/outbox/box").join(name)).unwrap();
        let written: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(written["text"], part["text"]);
        assert_eq!(written["warning"], part["warning"]);
    }
}

#[test]
fn a_link_card_has_the_typed_title() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (desk, tooter, _) = servers.desk();
    let shown = desk.publish(
        "Read this",
        &[
            "--channel",
            "mock,sky",
            "--link",
            "https://example.org/paper",
            "--link-title",
            "A päper on mästheads",
        ],
    );
    let found = servers.on_pds(&remote_ids(&shown, "sky")[0]);
    let part = desk.composed(&shown["id"].to_string(), "sky").remove(0);
    assert_eq!(
        without_assigned(found["value"].clone()),
        expected_record(&part)
    );
    let card = &found["value"]["embed"]["external"];
    assert_eq!(card["title"], "A päper on mästheads");
    assert_eq!(card["uri"], "https://example.org/paper");
    // Mastodon makes its own card from the address in the text.
    let status = servers.on_mock(&tooter, &remote_ids(&shown, "mock")[0]);
    assert!(
        words_of(&status).ends_with("https://example.org/paper"),
        "{status}"
    );
}

#[test]
fn an_answer_names_its_parent_by_our_own_id_and_by_address() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (desk, tooter, _) = servers.desk();
    let first = desk.publish("The question", &["--channel", "mock,snac,sky"]);
    let second = desk.publish(
        "An answer\n---\nand more",
        &[
            "--channel",
            "mock,snac,sky",
            "--thread",
            "--reply-to",
            &first["id"].to_string(),
        ],
    );
    let id = |shown: &Value, channel: &str, part: usize| remote_ids(shown, channel)[part].clone();
    let parent = |channel: &str, id: &str| match channel {
        "mock" => servers.on_mock(&tooter, id)["in_reply_to_id"].clone(),
        _ => servers.on_snac(&desk, id)["in_reply_to_id"].clone(),
    };
    for channel in ["mock", "snac"] {
        assert_eq!(
            parent(channel, &id(&second, channel, 0)),
            id(&first, channel, 0)
        );
        assert_eq!(
            parent(channel, &id(&second, channel, 1)),
            id(&second, channel, 0)
        );
        let address = delivery(&second, channel)["permalink"].as_str().unwrap();
        let third = desk.publish("By address", &["--channel", channel, "--reply-to", address]);
        assert_eq!(
            parent(channel, &id(&third, channel, 0)),
            id(&second, channel, 0)
        );
    }
    let on_sky = |shown: &Value, part: usize| servers.on_pds(&id(shown, "sky", part));
    let reference = |found: &Value| json!({"uri": found["uri"], "cid": found["cid"]});
    let root = reference(&on_sky(&first, 0));
    let answer = on_sky(&second, 0);
    assert_eq!(
        answer["value"]["reply"],
        json!({"root": root, "parent": root})
    );
    let more = on_sky(&second, 1);
    assert_eq!(
        more["value"]["reply"],
        json!({"root": root, "parent": reference(&answer)})
    );
    for address in [
        delivery(&second, "sky")["permalink"]
            .as_str()
            .unwrap()
            .to_owned(),
        id(&second, "sky", 0),
    ] {
        let third = desk.publish("By address", &["--channel", "sky", "--reply-to", &address]);
        let third = on_sky(&third, 0);
        assert_eq!(
            third["value"]["reply"],
            json!({"root": root, "parent": reference(&answer)})
        );
    }
    // An answer to our own answer keeps the root as well.
    let fourth = desk.publish(
        "Thanks",
        &["--channel", "sky", "--reply-to", &second["id"].to_string()],
    );
    let fourth = on_sky(&fourth, 0);
    assert_eq!(
        fourth["value"]["reply"],
        json!({"root": root, "parent": reference(&answer)})
    );
}

#[test]
fn an_answer_to_nothing_is_not_sent() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (desk, tooter, skyer) = servers.desk();
    for (channel, address) in [
        ("mock", format!("{}/@testuser/1", servers.mock)),
        (
            "sky",
            format!(
                "https://bsky.app/profile/{}/post/3lenax2wkm23e",
                skyer.handle
            ),
        ),
        ("sky", servers.mock.clone()),
    ] {
        let id = desk.add("To nobody", &["--channel", channel, "--reply-to", &address]);
        let said = desk.run(&["publish", &id], "").in_part();
        assert_eq!(
            said.trim(),
            format!("{channel}: failed the post it answers is not there: {address}")
        );
        assert_eq!(desk.show(&id)["text"], "To nobody");
    }
    assert!(servers.all_on_mock(&tooter).is_empty());
    assert!(servers.all_on_pds(&skyer).is_empty());
}
