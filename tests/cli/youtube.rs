//! The real binary on a strict YouTube: from a login to a permalink, and an upload that goes on where it was killed.

use super::Desk;
use crate::film::film;
use crate::youtube_server::{CLIENT, CLIENT_SECRET, OWN, Server};
use std::time::{Duration, Instant};

fn desk(server: &Server, more: &str) -> Desk {
    let url = server.url();
    Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.talks]\nplatform = \"youtube\"\nurl = \"{url}\"\nclient_id = \"{CLIENT}\"\n{more}"
    ))
}

pub fn logged_in(server: &Server) -> Desk {
    let desk = desk(server, "");
    let said = desk
        .run(&["login", "talks"], &format!("{CLIENT_SECRET}\n"))
        .good();
    assert_eq!(said, "talks is connected as @example\n");
    desk
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(16, 9, |x, y| image::Rgb([x as u8 * 9, y as u8 * 9, 7]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

const AT: &str = "2030-12-01T08:00:05Z";

fn add(desk: &Desk, more: &[&str]) -> String {
    add_titled(desk, "Autumn preview", more)
}

fn add_titled(desk: &Desk, title: &str, more: &[&str]) -> String {
    let mut arguments = vec![
        "--channel",
        "talks",
        "--at",
        "2030-12-01 09:00",
        "--title",
        title,
        "--tag",
        "workshop",
        "--lang",
        "en",
        "--attach",
        "talk.mp4",
    ];
    arguments.extend(more);
    desk.add("What you will learn, in five minutes.", &arguments)
}

pub fn publish(desk: &Desk) -> i32 {
    let mut command = desk.command(&["daemon", "--once"]);
    command.env("MASTHEAD_NOW", AT);
    let run = desk.run_with(command, b"");
    run.status()
}

#[test]
fn from_login_to_a_permalink_and_what_is_there_is_what_compose_showed() {
    let server = Server::start();
    let desk = logged_in(&server);
    let checked = desk.run(&["channels", "--check", "--json"], "").json();
    assert_eq!(checked[0]["ok"], true, "{checked}");
    assert_eq!(checked[0]["account"], "@example");
    assert_eq!(checked[0]["permission"]["may"], "scopes youtube");
    std::fs::write(desk.path("talk.mp4"), film(3_000_001)).unwrap();
    std::fs::write(desk.path("cover.png"), png()).unwrap();
    let id = add(
        &desk,
        &[
            "--attach",
            "cover.png",
            "--alt",
            "The first slide",
            "--visibility",
            "unlisted",
            "--option",
            "talks.category=27",
        ],
    );
    assert_eq!(publish(&desk), 0, "{}", desk.show(&id));
    let delivery = desk.show(&id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published", "{delivery}");
    let videos = server.videos();
    assert_eq!(videos.len(), 1);
    let video = &videos[0];
    assert_eq!(
        delivery["permalink"],
        format!("https://www.youtube.com/watch?v={}", video.id)
    );
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let part = &composed[0]["parts"][0];
    let (snippet, status) = (&video.resource["snippet"], &video.resource["status"]);
    assert_eq!(part["title"], snippet["title"]);
    assert_eq!(part["text"], snippet["description"]);
    assert_eq!(part["tags"], snippet["tags"]);
    assert_eq!(part["language"], snippet["defaultLanguage"]);
    assert_eq!(part["options"]["category"], snippet["categoryId"]);
    assert_eq!(part["visibility"], status["privacyStatus"]);
    assert_eq!(status["selfDeclaredMadeForKids"], false);
    assert_eq!(part["media"][0]["size"], video.bytes.len());
    assert_eq!(part["media"][0]["duration_ms"], 12_000);
    assert_eq!(video.bytes, film(3_000_001));
    assert!(video.thumbnail.is_some());
    // It is there once, however often it is asked for.
    assert_eq!(publish(&desk), 0);
    assert_eq!(server.videos().len(), 1);
    assert_eq!(server.asked("POST /upload/youtube/v3/videos"), 1);
    let secrets = std::fs::read_to_string(desk.path("data/secrets/talks.json")).unwrap();
    assert!(secrets.contains("refresh-t0ken"), "{OWN}");
}

#[test]
fn an_upload_of_40_mb_that_was_killed_half_way_goes_on_and_makes_one_video() {
    const SIZE: usize = 40_000_000;
    let server = Server::start();
    let desk = logged_in(&server);
    std::fs::write(desk.path("talk.mp4"), film(SIZE)).unwrap();
    let id = add(&desk, &[]);
    server.state().slow = Duration::from_millis(400);
    let mut command = desk.command(&["daemon"]);
    command.env("MASTHEAD_NOW", AT);
    let mut child = command.spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(120);
    while server.arrived() < SIZE * 2 / 5 {
        assert!(
            Instant::now() < patience,
            "{} have arrived",
            server.arrived()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let status = desk.run(&["status", "--json"], "").json();
    let upload = &status["uploads"][0];
    let percent = upload["percent"].as_u64().unwrap();
    assert!((1..100).contains(&percent), "{upload}");
    assert_eq!(upload["total"], SIZE);
    child.kill().unwrap();
    child.wait().unwrap();
    let arrived = server.arrived();
    assert!(arrived < SIZE, "it was killed on the way");
    assert!(server.videos().is_empty());
    server.state().slow = Duration::ZERO;
    assert_eq!(publish(&desk), 0, "{}", desk.show(&id));
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
    let videos = server.videos();
    assert_eq!(videos.len(), 1);
    assert_eq!(videos[0].bytes.len(), SIZE);
    assert!(videos[0].bytes == film(SIZE), "byte for byte");
    // One session, and nothing of it was sent twice.
    assert_eq!(server.asked("POST /upload/youtube/v3/videos"), 1);
}

#[test]
fn a_lost_answer_a_server_error_and_a_dead_session_never_make_two_videos() {
    let server = Server::start();
    let desk = logged_in(&server);
    std::fs::write(desk.path("talk.mp4"), film(700_000)).unwrap();
    server.state().lose = 1;
    let id = add(&desk, &[]);
    assert_eq!(publish(&desk), 0, "{}", desk.show(&id));
    assert_eq!(server.videos().len(), 1);
    server.state().backend_errors = 1;
    let again = add_titled(&desk, "Another", &[]);
    assert_eq!(publish(&desk), 0, "{}", desk.show(&again));
    assert_eq!(server.videos().len(), 2);
}

#[test]
fn what_is_wrong_is_one_line_and_a_video_that_is_locked_private_is_told() {
    let server = Server::start();
    let unknown = desk(&server, "");
    let refused = unknown.run(&["login", "talks"], "wr0ng\n");
    assert_eq!(refused.status(), 1);
    assert!(
        refused.stderr().contains("copy the client secret again"),
        "{}",
        refused.stderr()
    );
    server.state().has_channel = false;
    server.state().pending = 0;
    let refused = unknown.run(&["login", "talks"], &format!("{CLIENT_SECRET}\n"));
    assert!(
        refused.stderr().contains("has no YouTube channel"),
        "{}",
        refused.stderr()
    );
    server.state().has_channel = true;
    server.state().audited = false;
    let desk = logged_in(&server);
    let film = film(300_000);
    std::fs::write(desk.path("talk.mp4"), &film).unwrap();
    let id = add(&desk, &[]);
    publish(&desk);
    let delivery = desk.show(&id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published", "{delivery}");
    let reason = delivery["reason"].as_str().unwrap();
    assert!(reason.contains("keeps it private"), "{reason}");
    // A processing that fails is told with its reason.
    server.state().failure = Some("codec");
    let bad = add_titled(&desk, "Bad", &[]);
    publish(&desk);
    let delivery = desk.show(&bad)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "failed", "{delivery}");
    let reason = delivery["reason"].as_str().unwrap();
    assert!(reason.contains("(codec): delete it there"), "{delivery}");
    // It is there, though it is of no use: no retry makes another one.
    let there = server.videos();
    assert_eq!(there.len(), 2);
    assert_eq!(
        delivery["permalink"],
        format!("https://www.youtube.com/watch?v={}", there[1].id)
    );
    let mut again = desk.command(&["publish", &bad]);
    again.env("MASTHEAD_NOW", AT);
    assert_eq!(desk.run_with(again, b"").status(), 3);
    assert_eq!(server.videos().len(), 2);
    assert_eq!(server.asked("POST /upload/youtube/v3/videos"), 2);
    // A login that Google has ended.
    server.state().failure = None;
    server.state().revoked = true;
    server.state().access.clear();
    let check = desk.run(&["channels", "--check"], "");
    assert_eq!(check.status(), 3);
    assert!(
        check.stdout().contains("run `masthead login talks`"),
        "{}",
        check.stdout()
    );
}

#[test]
fn a_processing_of_hours_holds_nothing_up_and_a_later_round_tells_how_it_ended() {
    let server = Server::start();
    let desk = logged_in(&server);
    std::fs::write(desk.path("talk.mp4"), film(700_000)).unwrap();
    server.state().processing = Duration::from_secs(3600);
    let (well, badly) = (add(&desk, &[]), add_titled(&desk, "Another", &[]));
    assert_eq!(publish(&desk), 0);
    let delivery = |id: &str| desk.show(id)["deliveries"][0].clone();
    for id in [&well, &badly] {
        let delivery = delivery(id);
        assert_eq!(delivery["state"], "published", "{delivery}");
        assert_eq!(delivery["reason"], "YouTube is still processing it");
    }
    let ended = Instant::now();
    server.state().videos[0].ready_at = ended;
    assert_eq!(publish(&desk), 0);
    assert_eq!(delivery(&well)["reason"], "");
    assert_eq!(delivery(&badly)["reason"], "YouTube is still processing it");
    assert_eq!(server.videos().len(), 2);
    assert_eq!(server.asked("POST /upload/youtube/v3/videos"), 2);
}

#[test]
fn a_login_of_another_account_is_refused_and_the_first_one_stays() {
    let server = Server::start();
    let desk = logged_in(&server);
    let stored = || std::fs::read_to_string(desk.path("data/secrets/talks.json")).unwrap();
    let before = stored();
    server.state().own = "UCother";
    server.state().pending = 0;
    let refused = desk.run(&["login", "talks"], &format!("{CLIENT_SECRET}\n"));
    assert_eq!(refused.status(), 1, "{}", refused.stderr());
    let last = refused.stderr().lines().last().unwrap().to_owned();
    assert!(last.starts_with("masthead: "), "{last}");
    assert!(last.contains("@example"), "{last}");
    assert_eq!(stored(), before);
}
