//! A video of 40 MB on its way to a strict Bluesky and its video service: the real daemon is killed half way, while the service
//! works, and on the plain road to the account's own server.

use super::Desk;
use crate::bluesky_video_server::Server as Studio;
use crate::film::film;
use crate::mastodon_video::killed_when;
use crate::pds_server::{HANDLE, PASSWORD, Server as Pds};
use crate::stuck::StuckLine;
use std::process::Command;

const SIZE: usize = 40_000_000;

fn desk(pds: &str, service: &str) -> Desk {
    let desk = Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.bsky]\nplatform = \"bluesky\"\nurl = \"{pds}\"\nhandle = \"{HANDLE}\"\n\
         token_env = \"BSKY\"\nvideo_service = \"{service}\"\n"
    ));
    std::fs::write(desk.path("talk.mp4"), film(SIZE)).unwrap();
    desk
}

fn daemon(desk: &Desk) -> Command {
    let mut command = desk.command(&["daemon", "--once"]);
    command
        .env("MASTHEAD_NOW", "2030-12-01T08:00:05Z;frozen")
        .env("BSKY", PASSWORD);
    command
}

fn add(desk: &Desk) -> String {
    let at = ["--channel", "bsky", "--at", "2030-12-01 09:00"];
    let file = ["--attach", "talk.mp4", "--alt", "the talk"];
    desk.add("The talk of today", &[at, file].concat())
}

/// Goes on with what was killed: there is one record, with the whole film, which came there once.
fn published_once(desk: &Desk, pds: &Pds, id: &str) {
    let run = desk.run_with(daemon(desk), b"");
    assert_eq!(run.status(), 0, "{}{}", run.stdout(), run.stderr());
    let delivery = desk.show(id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published", "{delivery}");
    assert_eq!(pds.uploads(), 1);
    let repo = pds.repo();
    assert_eq!((repo.records.len(), repo.blobs.len()), (1, 1));
    let embed = &repo.records.values().next().unwrap()["embed"];
    assert_eq!(embed["alt"], "the talk");
    let blob = embed["video"]["ref"]["$link"].as_str().unwrap();
    assert!(repo.blobs[blob].1 == film(SIZE), "byte for byte");
}

#[test]
fn a_video_that_was_killed_half_way_to_the_service_is_there_once() {
    let pds = Pds::start();
    let studio = Studio::start(&pds.url(), &pds.did());
    let line = StuckLine::to(&studio.url(), SIZE / 2);
    // The service is what its address says, whatever leads there.
    studio.studio().own = Some(line.did());
    let desk = desk(&pds.url(), &line.url());
    let id = add(&desk);
    let status = killed_when(&desk, daemon(&desk), || line.through() >= SIZE / 2);
    assert!(
        status.contains("upload ") && status.contains("of 40 MB"),
        "{status}"
    );
    line.let_go();
    published_once(&desk, &pds, &id);
    assert_eq!(studio.uploads(), 1, "nothing was sent twice to its end");
}

#[test]
fn a_video_on_which_the_service_works_is_asked_for_by_the_next_run() {
    let pds = Pds::start();
    let studio = Studio::start(&pds.url(), &pds.did());
    let desk = desk(&pds.url(), &studio.url());
    let id = add(&desk);
    studio.studio().works_on = true;
    let status = killed_when(&desk, daemon(&desk), || !studio.studio().jobs.is_empty());
    assert!(status.contains("server works"), "{status}");
    studio.studio().works_on = false;
    published_once(&desk, &pds, &id);
    assert_eq!(studio.uploads(), 1);
}

#[test]
fn a_video_that_was_killed_half_way_to_the_accounts_own_server_is_there_once() {
    let pds = Pds::start();
    let line = StuckLine::to(&pds.url(), SIZE / 2);
    let desk = desk(&line.url(), "none");
    let id = add(&desk);
    let status = killed_when(&desk, daemon(&desk), || line.through() >= SIZE / 2);
    assert!(status.contains("of 40 MB"), "{status}");
    line.let_go();
    published_once(&desk, &pds, &id);
}

#[test]
fn a_used_up_quota_fails_in_one_sentence_and_the_post_is_kept() {
    let pds = Pds::start();
    let studio = Studio::start(&pds.url(), &pds.did());
    studio.studio().room = serde_json::json!({"canUpload": false, "message": "Confirm your email"});
    let desk = desk(&pds.url(), &studio.url());
    let id = add(&desk);
    let run = desk.run_with(daemon(&desk), b"");
    assert_eq!(run.status(), 3, "{}{}", run.stdout(), run.stderr());
    let shown = desk.show(&id);
    let delivery = &shown["deliveries"][0];
    assert_eq!(delivery["state"], "failed", "{delivery}");
    let reason = delivery["reason"].as_str().unwrap();
    assert!(
        reason.contains("takes no video of @ada.test now: Confirm your email"),
        "{reason}"
    );
    assert_eq!(shown["text"], "The talk of today");
    assert!(pds.repo().records.is_empty());
}
