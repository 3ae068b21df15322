//! A video of 40 MB on its way to a strict Mastodon: the real daemon is killed half way, and while the server works on it.

use super::Desk;
use crate::film::film;
use crate::mastodon_server::{Server, TOKEN};
use crate::stuck::StuckLine;
use std::process::Command;
use std::time::{Duration, Instant};

const SIZE: usize = 40_000_000;

fn desk(url: &str) -> Desk {
    Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.masto]\nplatform = \"mastodon\"\nurl = \"{url}\"\ntoken_env = \"MASTO\"\n"
    ))
}

fn daemon(desk: &Desk) -> Command {
    let mut command = desk.command(&["daemon", "--once"]);
    command
        .env("MASTHEAD_NOW", "2030-12-01T08:00:05Z;frozen")
        .env("MASTO", TOKEN);
    command
}

fn add(desk: &Desk) -> String {
    std::fs::write(desk.path("talk.mp4"), film(SIZE)).unwrap();
    let at = ["--channel", "masto", "--at", "2030-12-01 09:00"];
    let file = ["--attach", "talk.mp4", "--alt", "the talk"];
    desk.add("The talk of today", &[at, file].concat())
}

/// Runs the daemon until `is_there`, and kills it; returns what was said of it meanwhile.
pub fn killed_when(desk: &Desk, mut daemon: Command, is_there: impl Fn() -> bool) -> String {
    let mut killed = daemon.spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(120);
    while !is_there() {
        assert!(Instant::now() < patience, "it does not come so far");
        std::thread::sleep(Duration::from_millis(20));
    }
    // How far it is is written down once a second.
    std::thread::sleep(Duration::from_millis(1500));
    let status = desk.run(&["status"], "").stdout();
    killed.kill().unwrap();
    killed.wait().unwrap();
    status
}

fn published_once(desk: &Desk, server: &Server, id: &str) {
    let run = desk.run_with(daemon(desk), b"");
    assert_eq!(run.status(), 0, "{}{}", run.stdout(), run.stderr());
    let delivery = desk.show(id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published", "{delivery}");
    let site = server.site();
    assert_eq!((site.posts.len(), site.media.len()), (1, 1));
    let media = &site.media[&site.posts[0].media[0]];
    assert_eq!(media.alt, "the talk");
    assert!(media.bytes == film(SIZE), "byte for byte");
    let uploads = site.asked.iter();
    let uploads = uploads.filter(|call| call.as_str() == "POST /api/v2/media");
    assert_eq!(uploads.count(), 1, "nothing was sent twice to its end");
}

#[test]
fn a_video_that_was_killed_half_way_is_sent_anew_and_is_there_once() {
    let server = Server::start();
    let line = StuckLine::to(&server.url(), SIZE / 2);
    let desk = desk(&line.url());
    let id = add(&desk);
    let status = killed_when(&desk, daemon(&desk), || line.through() >= SIZE / 2);
    assert!(
        status.contains("upload ") && status.contains("of 40 MB"),
        "{status}"
    );
    line.let_go();
    published_once(&desk, &server, &id);
}

#[test]
fn a_video_on_which_the_server_works_is_waited_for_by_the_next_run() {
    let server = Server::start();
    let desk = desk(&server.url());
    let id = add(&desk);
    server.site().works_on = true;
    let status = killed_when(&desk, daemon(&desk), || !server.site().media.is_empty());
    assert!(status.contains("server works"), "{status}");
    server.site().works_on = false;
    published_once(&desk, &server, &id);
}

#[test]
fn a_video_that_cannot_be_processed_fails_in_one_sentence_and_the_post_is_kept() {
    let server = Server::start();
    server.site().fails = true;
    let desk = desk(&server.url());
    let id = add(&desk);
    let run = desk.run_with(daemon(&desk), b"");
    assert_eq!(run.status(), 3, "{}{}", run.stdout(), run.stderr());
    let shown = desk.show(&id);
    let delivery = &shown["deliveries"][0];
    assert_eq!(delivery["state"], "failed", "{delivery}");
    let reason = delivery["reason"].as_str().unwrap();
    assert!(reason.contains("convert talk.mp4 to MP4"), "{reason}");
    assert_eq!(shown["text"], "The talk of today");
    assert!(server.site().posts.is_empty());
}
