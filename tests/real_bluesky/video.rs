//! Videos and a real PDS: sent to it, or brought to it by a strict video service, with the record that it then has.

use super::*;

/// Connects with a film to send, by a service or by none.
fn filmed(real: &Real, service: &str, bytes: &[u8]) -> (Arc<dyn Platform>, PartMedia) {
    let connection = Connection {
        url: Some(real.url.clone()),
        handle: Some(real.handle.clone()),
        secret: Some(Secret::new(&*real.password)),
        stored: real.folder.path().join("secrets/test.json"),
        files: Files::new(InMemory(bytes.to_vec())),
        video_service: Some(service.to_owned()),
        ..Connection::default()
    };
    let mut test = channel(PlatformId::Bluesky);
    test.account = Some(Account {
        id: real.did.clone(),
        handle: format!("@{}", real.handle),
    });
    let platform = connect(&test, connection, &http(PATIENCE)).unwrap();
    let media = PartMedia {
        name: "talk.mp4".to_owned(),
        mime: "video/mp4".to_owned(),
        pixels: Some((640, 360)),
        ..picture(bytes, "a tälk")
    };
    (platform, media)
}

/// Uploads and posts a film on the way to which a service belongs, or none; the record is the request's, and names the film.
async fn video(real: &Real, service: &str, words: &str) -> (Arc<dyn Platform>, String) {
    let bytes = common::film::film_of(words.as_bytes());
    let (platform, media) = filmed(real, service, &bytes);
    let mut part = text(words);
    part.media.push(media.clone());
    let log = Log::default();
    let uploaded = platform.upload_in_pieces(&part, &media, &log).await;
    let blob = uploaded.unwrap();
    assert_eq!(
        platform
            .upload_in_pieces(&part, &media, &log)
            .await
            .as_ref(),
        Ok(&blob)
    );
    let request = request(&*platform, &part, None, std::slice::from_ref(&blob));
    let sent = published(platform.publish(&request).await);
    let record = real.record(&sent).await;
    assert_eq!(record, asked(&request));
    let embed = &record["embed"];
    assert_eq!(embed["$type"], "app.bsky.embed.video");
    assert_eq!(embed["video"]["size"].as_u64(), Some(bytes.len() as u64));
    assert_eq!(embed["alt"], "a tälk");
    (platform, blob)
}

#[tokio::test]
async fn a_video_that_goes_to_the_server_itself_is_in_a_valid_record() {
    let Some(real) = real() else { return };
    video(&real, "none", "a film for the server itself").await;
}

#[tokio::test]
async fn a_video_goes_by_the_service_which_brings_it_to_the_real_server_with_the_token_that_it_gave()
 {
    let Some(real) = real() else { return };
    let described = format!("{}/xrpc/com.atproto.server.describeServer", real.url);
    let audience = read_json(&described, None).await["did"].clone();
    let studio = bluesky_video_server::Server::start(&real.url, audience.as_str().unwrap());
    let service = studio.url();
    let (_, blob) = video(&real, &service, "a film for the service").await;
    assert_eq!(studio.uploads(), 1);
    assert!(blob.contains("video/mp4"), "{blob}");
}

#[tokio::test]
async fn a_video_that_is_too_large_for_the_server_itself_is_refused_though_the_answer_comes_early()
{
    let Some(real) = real() else { return };
    // The server takes 5 MiB, and says no before it has read the rest.
    let bytes = common::film::film(12_000_000);
    let (platform, media) = filmed(&real, "none", &bytes);
    let part = text("too large");
    let log = Log::default();
    let refused = platform.upload_in_pieces(&part, &media, &log).await;
    let Err(CallError::Rejected(said)) = refused else {
        panic!("{refused:?}");
    };
    assert!(said.contains("too large"), "{said}");
}
