//! Captions from the command line: checked when they are attached, on the video once it is there, left out elsewhere.

use super::Desk;
use crate::film::film;
use crate::youtube::{logged_in, publish};
use crate::youtube_server::{FORCE_SSL, Server, WIDE};

const VTT: &str = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nHello and welcome.\n";

fn arguments<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec![
        "--channel",
        "talks",
        "--at",
        "2030-12-01 09:00",
        "--title",
        "A talk",
        "--attach",
        "talk.mp4",
        "--attach",
        file,
    ];
    all.extend(more);
    all
}

fn desk(server: &Server) -> Desk {
    let desk = logged_in(server);
    std::fs::write(desk.path("talk.mp4"), film(300_000)).unwrap();
    std::fs::write(desk.path("talk.vtt"), VTT).unwrap();
    desk
}

#[test]
fn captions_beside_a_film_are_on_the_video_and_in_what_compose_shows() {
    let server = Server::start();
    server.state().scopes = format!("{WIDE} {FORCE_SSL}");
    let desk = desk(&server);
    let id = desk.add("About it.", &arguments("talk.vtt", &["--lang", "en"]));
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let media = &composed[0]["parts"][0]["media"];
    assert_eq!(media[1]["mime"], "text/vtt", "{composed}");
    assert_eq!(publish(&desk), 0, "{}", desk.show(&id));
    let delivery = desk.show(&id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published");
    assert_eq!(delivery["reason"], "", "{delivery}");
    let videos = server.videos();
    assert_eq!(videos[0].captions.len(), 1);
    assert_eq!(videos[0].captions[0].language, "en");
    assert_eq!(videos[0].captions[0].bytes, VTT.as_bytes());
}

#[test]
fn a_login_by_a_code_publishes_the_film_and_says_in_one_sentence_that_it_may_not_caption_it() {
    let server = Server::start();
    let desk = desk(&server);
    let id = desk.add("About it.", &arguments("talk.vtt", &["--lang", "en"]));
    assert_eq!(publish(&desk), 0, "{}", desk.show(&id));
    let delivery = desk.show(&id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published");
    let reason = delivery["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("its captions were not added"),
        "{reason}"
    );
    assert_eq!(reason.lines().count(), 1);
    assert_eq!(server.videos().len(), 1);
}

#[test]
fn what_is_wrong_with_captions_is_told_when_they_are_attached() {
    let server = Server::start();
    let desk = desk(&server);
    std::fs::write(desk.path("broken.vtt"), "Hello\n").unwrap();
    let mut add = vec!["add"];
    add.extend(arguments("broken.vtt", &["--lang", "en"]));
    let refused = desk.run(&add, "About it.");
    assert_eq!(refused.status(), 1);
    let said = refused.stderr();
    assert!(
        said.contains("broken.vtt is damaged: its first line must be WEBVTT"),
        "{said}"
    );
    let mut add = vec!["add"];
    add.extend(arguments("talk.vtt", &[]));
    let said = desk.run(&add, "About it.").stderr();
    assert!(
        said.contains("problem: talks: YouTube must be told the language"),
        "{said}"
    );
}
