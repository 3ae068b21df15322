//! A video of 40 MB on its way to a strict X: the real daemon is killed half way and started again.

use super::Desk;
use crate::film::film;
use crate::x_server::Server;
use std::time::{Duration, Instant};

const MIB: usize = 1024 * 1024;

#[test]
fn a_video_that_was_killed_half_way_is_gone_on_with_and_is_there_once() {
    let server = Server::start();
    let url = server.url();
    let desk = Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.x]\nplatform = \"x\"\nurl = \"{url}\"\n"
    ));
    let keys = server.site().first().keys().replace(' ', "\n") + "\n";
    desk.run(&["login", "x"], &keys).good();
    std::fs::write(desk.path("talk.mp4"), film(40 * MIB + 1)).unwrap();
    let at = ["--channel", "x", "--at", "2030-12-01 09:00"];
    let file = ["--attach", "talk.mp4", "--alt", "the talk"];
    let id = desk.add("The talk of today", &[at, file].concat());
    let daemon = || {
        let mut command = desk.command(&["daemon", "--once"]);
        command.env("MASTHEAD_NOW", "2030-12-01T08:00:05Z;frozen");
        command
    };
    server.site().stuck_at = Some(5);
    let mut killed = daemon().spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(120);
    while !server.site().media.values().any(|media| media.next == 5) {
        assert!(Instant::now() < patience, "it does not come so far");
        std::thread::sleep(Duration::from_millis(20));
    }
    let status = desk.run(&["status"], "").stdout();
    assert!(status.contains("upload "), "{status}");
    assert!(status.contains("of 42 MB"), "{status}");
    killed.kill().unwrap();
    killed.wait().unwrap();
    server.site().stuck_at = None;
    let run = desk.run_with(daemon(), b"");
    assert_eq!(run.status(), 0, "{}{}", run.stdout(), run.stderr());
    let delivery = desk.show(&id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published", "{delivery}");

    let site = server.site();
    assert_eq!(site.posts.len(), 1);
    assert_eq!(site.media.len(), 1, "one video, begun once");
    let media = &site.media[&site.posts[0].media[0]];
    assert_eq!(media.category, "tweet_video");
    assert_eq!(media.alt, "the talk");
    assert_eq!(media.bytes.len(), media.total);
    assert!(media.total > 40 * MIB);
    let pieces = site
        .asked
        .iter()
        .filter(|call| call.ends_with("/append"))
        .count();
    assert!(
        pieces <= media.next + 1,
        "{pieces} pieces for {}",
        media.next
    );
}
