//! A video of 40 MB on its way to a strict X: the real daemon is killed half way and started again.

use super::Desk;
use crate::x_server::Server;
use std::time::{Duration, Instant};

const MIB: usize = 1024 * 1024;

/// Puts a box together.
fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), body].concat()
}

/// A film of 40 MB and 20 s, 640x360.
fn film() -> Vec<u8> {
    let mut mvhd = vec![0; 100];
    mvhd[12..16].copy_from_slice(&1000_u32.to_be_bytes());
    mvhd[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
    let mut tkhd = vec![0; 84];
    tkhd[40..44].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    tkhd[56..60].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    tkhd[76..80].copy_from_slice(&(640_u32 << 16).to_be_bytes());
    tkhd[80..84].copy_from_slice(&(360_u32 << 16).to_be_bytes());
    let mut hdlr = vec![0; 24];
    hdlr[8..12].copy_from_slice(b"vide");
    let mdia = atom(b"mdia", &atom(b"hdlr", &hdlr));
    let trak = atom(b"trak", &[atom(b"tkhd", &tkhd), mdia].concat());
    let moov = atom(b"moov", &[atom(b"mvhd", &mvhd), trak].concat());
    let frames: Vec<u8> = (0..40 * MIB).map(|at| (at / 4096) as u8).collect();
    let ftyp = atom(b"ftyp", b"isom\0\0\x02\0isommp41");
    [ftyp, moov, atom(b"mdat", &frames)].concat()
}

#[test]
fn a_video_that_was_killed_half_way_is_gone_on_with_and_is_there_once() {
    let server = Server::start();
    let url = server.url();
    let desk = Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.x]\nplatform = \"x\"\nurl = \"{url}\"\n"
    ));
    let keys = server.site().first().keys().replace(' ', "\n") + "\n";
    desk.run(&["login", "x"], &keys).good();
    std::fs::write(desk.path("talk.mp4"), film()).unwrap();
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
