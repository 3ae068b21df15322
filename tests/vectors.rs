//! The conformance vectors of the platforms, read where `MASTHEAD_VECTORS` points.
//!
//! Each test prints how many cases ran; without the variable it prints why it is skipped. The vectors are
//! data of others and are not part of this repository.

use masthead::domain::{Facet, Facts, Feature, Limits, PlatformId, Tid};
use masthead::text::links::Dialect;
use masthead::text::x::Config;
use masthead::text::{Counted, bluesky, count, hashtags, linkedin, links, x, youtube};
use serde_json::Value;
use std::path::PathBuf;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("MASTHEAD_VECTORS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: MASTHEAD_VECTORS does not say where the vectors are");
    }
    folder
}

fn json(path: &str) -> Option<Value> {
    let path = folder()?.join(path);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn lines(path: &str) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(folder()?.join(path)).expect("a file of lines");
    let cases = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    Some(cases.map(str::to_owned).collect())
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key]
        .as_array()
        .unwrap_or_else(|| panic!("no list {key}"))
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key]
        .as_str()
        .unwrap_or_else(|| panic!("no text {key} in {case}"))
}

fn strings(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|each| each.as_str().expect("a text"))
        .collect()
}

/// Fails with all that went wrong, or says how much went right.
fn report(what: &str, ran: usize, failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{what}: {} of {ran} failed\n{}",
        failures.len(),
        failures.join("\n")
    );
    println!("{what}: {ran} cases");
    assert!(ran > 0, "{what}: no case ran");
}

fn weighted(section: &str, config: &Config) {
    let Some(vectors) = json("twitter-text/validate.json") else {
        return;
    };
    let cases = list(&vectors["tests"], section);
    let mut failures = Vec::new();
    for case in cases {
        let parsed = x::parse(text(case, "text"), config);
        let wanted = &case["expected"];
        let got = [
            ("weightedLength", Value::from(parsed.weighted_length)),
            ("valid", parsed.valid.into()),
            ("permillage", parsed.permillage.into()),
            ("validRangeStart", 0.into()),
            ("validRangeEnd", parsed.valid_range_end.into()),
            ("displayRangeStart", 0.into()),
            ("displayRangeEnd", parsed.display_range_end.into()),
        ];
        for (field, got) in got {
            if wanted[field] != got {
                failures.push(format!(
                    "{}: {field} is {got}, not {}",
                    case["description"], wanted[field]
                ));
            }
        }
    }
    report(section, cases.len(), &failures);
}

#[test]
fn weighted_lengths_without_emoji_parsing_agree() {
    weighted("WeightedTweetsCounterTest", &x::V2);
}

#[test]
fn weighted_lengths_with_emoji_parsing_agree() {
    weighted("WeightedTweetsWithDiscountedEmojiCounterTest", &x::V3);
}

#[test]
fn weighted_lengths_with_directional_markers_agree() {
    weighted("UnicodeDirectionalMarkerCounterTest", &x::V3);
}

#[test]
fn the_old_rule_of_140_agrees() {
    let Some(vectors) = json("twitter-text/validate.json") else {
        return;
    };
    let cases = list(&vectors["tests"], "tweets");
    let failures: Vec<String> = cases
        .iter()
        .filter(|case| x::parse(text(case, "text"), &x::V1).valid != (case["expected"] == true))
        .map(|case| case["description"].to_string())
        .collect();
    report("tweets", cases.len(), &failures);
}

#[test]
fn links_are_extracted_as_twitter_text_does() {
    let Some(vectors) = json("twitter-text/extract.json") else {
        return;
    };
    let (mut ran, mut failures) = (0, Vec::new());
    let tests = &vectors["tests"];
    for section in ["urls", "tco_urls_with_params"] {
        for case in list(tests, section) {
            let source = text(case, "text");
            let found: Vec<&str> = links::find(source, Dialect::X)
                .into_iter()
                .map(|range| &source[range])
                .collect();
            ran += 1;
            if found != strings(&case["expected"]) {
                failures.push(format!("{}: {found:?}", case["description"]));
            }
        }
    }
    for section in ["urls_with_indices", "urls_with_directional_markers"] {
        for case in list(tests, section) {
            let source = text(case, "text");
            let place = |at: usize| source[..at].chars().count();
            let found: Vec<Value> = links::find(source, Dialect::X)
                .into_iter()
                .map(|range| {
                    let indices = [place(range.start), place(range.end)];
                    serde_json::json!({ "url": source[range], "indices": indices })
                })
                .collect();
            ran += 1;
            if Value::from(found.clone()) != case["expected"] {
                failures.push(format!("{}: {found:?}", case["description"]));
            }
        }
    }
    report("extract.json, links", ran, &failures);
}

#[test]
fn hashtags_and_cashtags_are_extracted_as_twitter_text_does() {
    let Some(vectors) = json("twitter-text/extract.json") else {
        return;
    };
    let (mut ran, mut failures) = (0, Vec::new());
    let tests = &vectors["tests"];
    let without_sign = |source: &str, range: std::ops::Range<usize>| -> String {
        source[range].chars().skip(1).collect()
    };
    for section in ["hashtags", "hashtags_from_astral", "hashtags_with_indices"] {
        for case in list(tests, section) {
            let source = text(case, "text");
            let found: Vec<String> = hashtags::find(source)
                .into_iter()
                .map(|range| without_sign(source, range))
                .collect();
            let wanted: Vec<&str> = match section {
                "hashtags_with_indices" => list(case, "expected")
                    .iter()
                    .map(|each| text(each, "hashtag"))
                    .collect(),
                _ => strings(&case["expected"]),
            };
            ran += 1;
            if found != wanted {
                failures.push(format!("{}: {found:?}", case["description"]));
            }
        }
    }
    for case in list(tests, "cashtags") {
        let source = text(case, "text");
        let found: Vec<String> = hashtags::find_cashtags(source)
            .into_iter()
            .map(|range| without_sign(source, range))
            .collect();
        ran += 1;
        if found != strings(&case["expected"]) {
            failures.push(format!("{}: {found:?}", case["description"]));
        }
    }
    println!("skipped: the sections on mentions; nothing here depends on X's mentions");
    report("extract.json, hashtags and cashtags", ran, &failures);
}

#[test]
fn mastodon_lengths_agree() {
    let Some(vectors) = json("mastodon/status-length.json") else {
        return;
    };
    let cases = list(&vectors, "cases");
    let mut failures = Vec::new();
    for case in cases {
        let limit = case["limit"]
            .as_u64()
            .and_then(|limit| u32::try_from(limit).ok());
        let limits = Limits {
            max_characters: limit,
            ..Limits::default()
        };
        let facts = Facts {
            limits: Some(limits),
            ..Facts::default()
        };
        let counted = Counted {
            text: text(case, "text"),
            warning: text(case, "spoiler_text"),
            ..Counted::default()
        };
        let counted = count(PlatformId::Mastodon, &counted, &facts);
        if counted.text.used != case["expected_length"]
            || counted.text.fits() != case["within_limit"]
        {
            failures.push(format!("{}: {}", case["id"], counted.text.used));
        }
    }
    report("mastodon/status-length.json", cases.len(), &failures);
}

fn facet_json(facet: &Facet) -> Value {
    let mut out = serde_json::json!({ "byteStart": facet.byte_start, "byteEnd": facet.byte_end });
    let (kind, name, value) = match &facet.feature {
        Feature::Link { uri } => ("link", "uri", uri),
        Feature::Mention { handle, .. } => ("mention", "handle", handle),
        Feature::Tag { tag } => ("tag", "tag", tag),
    };
    out["kind"] = kind.into();
    out[name] = value.as_str().into();
    out
}

#[test]
fn bluesky_facets_agree() {
    let Some(vectors) = json("atproto/facets.json") else {
        return;
    };
    let (mut ran, mut failures) = (0, Vec::new());
    for section in ["links_and_mentions", "hashtags", "cashtags"] {
        for case in list(&vectors, section) {
            let found: Vec<Value> = bluesky::detect(text(case, "text"))
                .iter()
                .map(facet_json)
                .collect();
            ran += 1;
            if Value::from(found.clone()) != case["facets"] {
                failures.push(format!("{}: {found:?}", case["text"]));
            }
        }
    }
    report("atproto/facets.json", ran, &failures);
}

#[test]
fn bluesky_lengths_agree() {
    let Some(vectors) = json("atproto/tid_and_length.json") else {
        return;
    };
    let (mut ran, mut failures) = (0, Vec::new());
    for section in ["length_from_upstream_tests", "length_derived_from_lexicon"] {
        for case in list(&vectors, section) {
            let counted = Counted {
                text: text(case, "text"),
                ..Counted::default()
            };
            let counted = count(PlatformId::Bluesky, &counted, &Facts::default());
            let bytes = counted.bytes.expect("Bluesky limits bytes").used;
            let fits = case
                .get("post_ok")
                .is_none_or(|wanted| *wanted == counted.fits);
            ran += 1;
            if case["graphemes"] != counted.text.used || case["utf8_bytes"] != bytes || !fits {
                failures.push(format!("case {ran}: {counted:?}"));
            }
        }
    }
    report("atproto/tid_and_length.json, lengths", ran, &failures);
}

#[test]
fn record_keys_are_encoded_and_read_as_specified() {
    let Some(vectors) = json("atproto/tid_and_length.json") else {
        return;
    };
    let mut failures = Vec::new();
    let cases = list(&vectors, "tid_encoding");
    for case in cases {
        let clock = case["clock_id"]
            .as_u64()
            .and_then(|id| u16::try_from(id).ok())
            .expect("a clock number");
        let tid = Tid::from_parts(case["unix_micros"].as_u64().expect("microseconds"), clock);
        if case["tid"] != tid.to_string() || text(case, "tid").parse() != Ok(tid) {
            failures.push(format!("{case}: {tid}"));
        }
    }
    let valid = lines("atproto/syntax/tid_valid.txt").unwrap_or_default();
    let invalid = lines("atproto/syntax/tid_invalid.txt").unwrap_or_default();
    failures.extend(
        valid
            .iter()
            .filter(|line| line.parse::<Tid>().is_err())
            .cloned(),
    );
    failures.extend(
        invalid
            .iter()
            .filter(|line| line.parse::<Tid>().is_ok())
            .cloned(),
    );
    report(
        "record keys",
        cases.len() + valid.len() + invalid.len(),
        &failures,
    );
}

#[test]
fn zulip_limits_agree() {
    let Some(vectors) = json("zulip/limits.json") else {
        return;
    };
    let cases = vectors.as_array().expect("a list");
    let mut failures = Vec::new();
    for case in cases {
        let input = input(case);
        let is_topic = case["kind"] == "zulip_topic";
        let counted = match is_topic {
            true => Counted {
                text: "x",
                topic: Some(&input),
                ..Counted::default()
            },
            false => Counted {
                text: &input,
                ..Counted::default()
            },
        };
        let counted = count(PlatformId::Zulip, &counted, &Facts::default());
        let measure = if is_topic {
            counted.topic.expect("a topic was given")
        } else {
            counted.text
        };
        if case["code_points"] != measure.used || counted.fits != (case["stored"] == "whole") {
            failures.push(format!("{case}: {measure:?}"));
        }
    }
    report("zulip/limits.json", cases.len(), &failures);
}

fn input(case: &Value) -> String {
    match case.get("input_repeat") {
        Some(repeat) => {
            let times = repeat[1]
                .as_u64()
                .and_then(|times| usize::try_from(times).ok());
            repeat[0]
                .as_str()
                .expect("a text")
                .repeat(times.expect("a number"))
        }
        None => case["input"].as_str().expect("a text").to_owned(),
    }
}

#[test]
fn youtube_limits_agree() {
    let Some(vectors) = json("youtube/limits.json") else {
        return;
    };
    let cases = vectors.as_array().expect("a list");
    let mut failures = Vec::new();
    for case in cases {
        let facts = Facts::default();
        let right = match text(case, "kind") {
            "youtube_tags" => {
                let tags: Vec<String> = strings(&case["input"])
                    .into_iter()
                    .map(str::to_owned)
                    .collect();
                case["counted"] == youtube::tags_length(&tags)
            }
            "youtube_title" => {
                let title = input(case);
                let counted = Counted {
                    title: Some(&title),
                    ..Counted::default()
                };
                case["ok"] == count(PlatformId::YouTube, &counted, &facts).fits
            }
            _ => {
                let description = input(case);
                let counted = Counted {
                    text: &description,
                    ..Counted::default()
                };
                let counted = count(PlatformId::YouTube, &counted, &facts);
                case["bytes"] == counted.text.used && case["ok"] == counted.fits
            }
        };
        if !right {
            failures.push(case.to_string());
        }
    }
    report("youtube/limits.json", cases.len(), &failures);
}

#[test]
fn little_text_agrees() {
    let Some(vectors) = json("linkedin/little-text.json") else {
        return;
    };
    let mut failures = Vec::new();
    let cases = list(&vectors, "escape");
    for case in cases {
        let escaped = linkedin::escape(text(case, "plain"));
        if case["commentary"] != escaped {
            failures.push(format!("{}: {escaped}", case["plain"]));
        }
    }
    let mut ran = cases.len();
    for case in list(&vectors, "templates") {
        let parts = list(case, "parts");
        if parts.iter().any(|part| part.get("mention").is_some()) {
            println!("skipped: a LinkedIn mention by its identity, which no text can name");
            continue;
        }
        let plain: String = parts
            .iter()
            .map(|part| match part["text"].as_str() {
                Some(text) => text.to_owned(),
                None => format!("#{}", text(part, "hashtag")),
            })
            .collect();
        let commentary = linkedin::commentary(&plain);
        ran += 1;
        if case["commentary"] != commentary {
            failures.push(format!("{plain}: {commentary}"));
        }
    }
    report("linkedin/little-text.json", ran, &failures);
}
