//! A video of 40 MB on its way to a strict LinkedIn: the real daemon is killed half way and started again. And a PDF.

use super::Desk;
use crate::film::film;
use crate::linkedin_server::{PAGE, Server, TOKEN};
use std::process::Command;
use std::time::{Duration, Instant};

const SIZE: usize = 40_000_000;

fn desk(server: &Server) -> Desk {
    let url = server.url();
    Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.page]\nplatform = \"linkedin\"\nurl = \"{url}\"\norganization = {PAGE}\ntoken_env = \"LI\"\n"
    ))
}

fn daemon(desk: &Desk) -> Command {
    let mut command = desk.command(&["daemon", "--once"]);
    command
        .env("MASTHEAD_NOW", "2030-12-01T08:00:05Z;frozen")
        .env("LI", TOKEN);
    command
}

fn add(desk: &Desk, file: &[&str]) -> String {
    let at = ["--channel", "page", "--at", "2030-12-01 09:00"];
    desk.add("The talk of today", &[&at, file].concat())
}

#[test]
fn a_video_that_was_killed_half_way_sends_the_missing_parts_and_is_there_once() {
    let server = Server::start();
    let desk = desk(&server);
    std::fs::write(desk.path("talk.mp4"), film(SIZE)).unwrap();
    let id = add(&desk, &["--attach", "talk.mp4"]);
    server.world().stuck_at = Some(5);
    let mut killed = daemon(&desk).spawn().unwrap();
    let there = || {
        let world = server.world();
        let films = world.assets.values().filter_map(|it| it.film.as_ref());
        films.map(|film| film.there()).sum::<usize>()
    };
    let patience = Instant::now() + Duration::from_secs(120);
    while there() < 5 {
        assert!(Instant::now() < patience, "it does not come so far");
        std::thread::sleep(Duration::from_millis(20));
    }
    let status = desk.run(&["status"], "").stdout();
    assert!(status.contains("of 40 MB"), "{status}");
    killed.kill().unwrap();
    killed.wait().unwrap();
    server.world().stuck_at = None;
    let run = desk.run_with(daemon(&desk), b"");
    assert_eq!(run.status(), 0, "{}{}", run.stdout(), run.stderr());
    let delivery = desk.show(&id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published", "{delivery}");

    let world = server.world();
    assert_eq!((world.posts.len(), world.assets.len()), (1, 1));
    let urn = world.posts[0].body["content"]["media"]["id"].as_str();
    let arrived = world.assets[urn.unwrap()].bytes.as_ref().unwrap();
    assert!(*arrived == film(SIZE), "byte for byte");
    let sent = (world.asked.iter())
        .filter(|call| call.starts_with("PUT /uploads/parts/"))
        .count();
    // Ten parts; what was on its way when it was killed may have come twice.
    assert!((10..=12).contains(&sent), "{sent} parts");
}

#[test]
fn a_pdf_is_a_document_under_its_name() {
    let server = Server::start();
    let desk = desk(&server);
    let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    std::fs::write(desk.path("slides.pdf"), pdf).unwrap();
    let id = add(&desk, &["--attach", "slides.pdf"]);
    let run = desk.run_with(daemon(&desk), b"");
    assert_eq!(run.status(), 0, "{}{}", run.stdout(), run.stderr());
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
    let world = server.world();
    let media = &world.posts[0].body["content"]["media"];
    assert_eq!(media["title"], "slides.pdf");
    let document = &world.assets[media["id"].as_str().unwrap()];
    assert_eq!(document.bytes.as_deref(), Some(&pdf[..]));
}
