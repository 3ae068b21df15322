//! What the suites against fake and real servers share: pictures, parts, a client with its timeouts, the servers' addresses.
//!
//! Nothing here judges. A suite that needs a server is skipped without it, unless `MASTHEAD_SERVERS=required`.
#![allow(dead_code)] // each suite uses its own part of this

pub mod film;
pub mod jwt;
pub mod lost;
pub mod proxy;
pub mod statuses;

use chrono::{DateTime, Utc};
use masthead::domain::{
    Account, AttemptRequest, Channel, DeliveryId, Outcome, Part, PartMedia, PlatformId, Published,
    RemoteRef, composed::sha256_hex,
};
use masthead::platforms::{
    Connection, Http, PartContext, Platform, Timeouts, connect, next_in_thread,
};
use masthead::secrets::Secret;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The machine's time: keys must differ between two runs against one server.
pub fn now() -> DateTime<Utc> {
    let (seconds, nanos) = uuid::Uuid::now_v7().get_timestamp().unwrap().to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).unwrap(), nanos).unwrap()
}

/// A client that waits at most so long for an answer.
pub fn http(total: Duration) -> Http {
    let timeouts = Timeouts {
        connect: Duration::from_secs(5).min(total),
        total,
        processing: Duration::from_millis(500),
        poll: Duration::from_millis(10),
    };
    Http::new(timeouts, Arc::new(now()))
}

/// A channel called `test`.
pub fn channel(platform: PlatformId) -> Channel {
    Channel::new("test", platform)
}

/// Connects `test` to a Mastodon server.
pub fn mastodon(url: &str, token: &str, total: Duration) -> Arc<dyn Platform> {
    let connection = Connection {
        url: Some(url.to_owned()),
        secret: Some(Secret::new(token)),
        ..Connection::default()
    };
    connect(&channel(PlatformId::Mastodon), connection, &http(total)).unwrap()
}

/// Connects `test` to a PDS; its session is kept under `folder`.
pub fn bluesky(
    url: &str,
    handle: &str,
    password: Option<&str>,
    folder: &Path,
    pinned: Option<&str>,
    total: Duration,
) -> Arc<dyn Platform> {
    let mut channel = channel(PlatformId::Bluesky);
    channel.account = pinned.map(|did| Account {
        id: did.to_owned(),
        handle: format!("@{handle}"),
    });
    let connection = Connection {
        url: Some(url.to_owned()),
        handle: Some(handle.to_owned()),
        secret: password.map(Secret::new),
        stored: folder.join("secrets/test.json"),
        ..Connection::default()
    };
    connect(&channel, connection, &http(total)).unwrap()
}

/// A part that says something.
pub fn text(text: &str) -> Part {
    Part {
        text: text.to_owned(),
        plain: text.to_owned(),
        language: Some("en".to_owned()),
        ..Part::default()
    }
}

/// A small real picture, another one for each seed.
pub fn png(seed: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(16, 12, |x, y| image::Rgb([seed, x as u8 * 9, y as u8 * 9]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// The description of such a picture.
pub fn picture(bytes: &[u8], alt: &str) -> PartMedia {
    PartMedia {
        hash: sha256_hex(bytes),
        name: "picture.png".to_owned(),
        mime: "image/png".to_owned(),
        size: bytes.len() as u64,
        pixels: Some((16, 12)),
        duration_ms: None,
        alt: alt.to_owned(),
        ..PartMedia::default()
    }
}

/// Builds the request of one part; every call is another delivery.
pub fn request(
    platform: &dyn Platform,
    part: &Part,
    answers: Option<&RemoteRef>,
    media_refs: &[String],
) -> AttemptRequest {
    static DELIVERY: AtomicI64 = AtomicI64::new(1);
    let context = PartContext {
        delivery: DeliveryId(DELIVERY.fetch_add(1, Ordering::Relaxed)),
        index: 0,
        total: 1,
        answers,
        media_refs,
        created_at: now(),
        earlier: None,
    };
    platform.request(part, &context)
}

/// Publishes a thread as a publisher does; returns each part's request and what came of it.
pub async fn thread(platform: &dyn Platform, parts: &[Part]) -> Vec<(AttemptRequest, Published)> {
    let mut answers: Option<RemoteRef> = None;
    let mut sent = Vec::new();
    for part in parts {
        let request = request(platform, part, answers.as_ref(), &[]);
        let outcome = published(platform.publish(&request).await);
        answers = Some(next_in_thread(&outcome, answers.as_ref()));
        sent.push((request, outcome));
    }
    sent
}

/// Publishes a plain text.
pub async fn say(platform: &dyn Platform, words: &str) -> Outcome {
    platform
        .publish(&request(platform, &text(words), None, &[]))
        .await
}

/// Takes a published outcome apart; anything else fails the test.
pub fn published(outcome: Outcome) -> Published {
    match outcome {
        Outcome::Published(published) => published,
        other => panic!("not published: {other:?}"),
    }
}

/// Reads JSON from a server, past the code under test.
pub async fn read_json(url: &str, token: Option<&str>) -> serde_json::Value {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap();
    let mut request = client.get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{url}: {status} {text}");
    serde_json::from_str(&text).unwrap()
}

/// Sends JSON to a server, past the code under test; returns what it answers.
pub async fn post_json(url: &str, body: &serde_json::Value) -> serde_json::Value {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.post(url).json(body).send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{url}: {status} {text}");
    serde_json::from_str(&text).unwrap()
}

/// Sends a form to a server, past the code under test; returns its words.
pub async fn post_form(url: &str, fields: &[(&str, &str)]) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = client.post(url).form(fields).send().await.unwrap();
    answer.text().await.unwrap()
}

/// Reads what `tests/servers/run.sh` exported about a server; `None`, with a printed reason, where it is not running.
pub fn server<const N: usize>(names: [&str; N]) -> Option<[String; N]> {
    let values = names.map(|name| std::env::var(name).unwrap_or_default());
    if values.iter().all(|value| !value.is_empty()) {
        return Some(values);
    }
    assert_ne!(
        std::env::var("MASTHEAD_SERVERS").as_deref(),
        Ok("required"),
        "MASTHEAD_SERVERS=required, but {} is not set: run this by tests/servers/run.sh",
        names.join(" or ")
    );
    println!(
        "skipped: {} is not set; tests/servers/run.sh cargo test starts the servers",
        names.join(" or ")
    );
    None
}
