//! A picture in the terminal's own way: it is sent once, goes with its sheet, and never through a multiplexer.

use super::{ESC, FROZEN, home, masthead};
use crate::terminal::Session;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{Rgb, RgbImage};
use std::path::Path;
use std::time::Duration;

const TRANSMITTED: &str = "\x1b_Ga=T,";
const FORGOTTEN: &str = "\x1b_Ga=d,d=I,";

/// A post with a picture that is red above and blue below.
fn with_a_picture(setting: &str) -> tempfile::TempDir {
    let home = home();
    let path = home.path().join("config.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("pictures = \"{setting}\"\n{config}")).unwrap();
    let picture = home.path().join("flag.png");
    let colour = |_, y| match y < 200 {
        true => Rgb([250, 0, 0]),
        false => Rgb([0, 0, 250]),
    };
    RgbImage::from_fn(600, 400, colour).save(&picture).unwrap();
    let args = [
        "add",
        "--title",
        "A flag",
        "--at",
        "2026-11-10 09:00",
        "--channel",
        "fosstodon",
        "--attach",
        picture.to_str().unwrap(),
        "--alt",
        "Red above blue",
    ];
    masthead(home.path(), &args, "It has two colours.\n");
    home
}

/// Opens the preview of the post, and waits until everything that follows was sent.
fn previewing(home: &Path, env: &[(&str, &str)]) -> Session {
    let mut session = Session::start(home, (80, 24), &[], &[env, &[FROZEN]].concat());
    session.wait_for("A flag");
    session.rest(Duration::from_millis(800));
    assert!(!session.raw_since(0).contains(TRANSMITTED));
    session.send("v");
    session.wait_for("[picture 1, alt text set]");
    session.wait_for("▀");
    session.rest(Duration::from_millis(800));
    session
}

fn pieces(raw: &str) -> String {
    let pieces = raw.split("\x1b_G").skip(1);
    pieces
        .filter_map(|piece| {
            let piece = piece.split("\x1b\\").next()?;
            let (keys, encoded) = piece.split_once(';')?;
            keys.contains("m=").then_some(encoded)
        })
        .collect()
}

#[test]
fn kitty_gets_a_picture_once_and_is_told_when_it_goes() {
    let home = with_a_picture("kitty");
    let mut session = previewing(home.path(), &[]);
    let raw = session.raw_since(0);
    assert_eq!(raw.matches(TRANSMITTED).count(), 1);
    let file = STANDARD.decode(pieces(&raw)).unwrap();
    let picture = image::load_from_memory(&file).unwrap().into_rgb8();
    assert_eq!(picture.get_pixel(0, 0).0, [250, 0, 0]);
    let last = (picture.width() - 1, picture.height() - 1);
    assert_eq!(picture.get_pixel(last.0, last.1).0, [0, 0, 250]);
    println!("{} bytes, {last:?}", file.len());

    let shown = session.raw_len();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(session.raw_since(shown), "", "idle");
    session.send(ESC);
    session.wait_until("the sheet to close", |screen| !screen.contains("as sent"));
    session.rest(Duration::from_millis(400));
    let closed = session.raw_since(shown);
    assert_eq!(closed.matches(FORGOTTEN).count(), 1, "{closed:?}");
    assert!(!closed.contains(TRANSMITTED), "{closed:?}");

    session.send("v");
    session.wait_for("▀");
    session.rest(Duration::from_millis(800));
    let again = session.raw_len();
    session.send(ESC);
    session.rest(Duration::from_millis(300));
    session.send("q");
    assert_eq!(session.wait(), 0);
    assert!(session.is_restored());
    // Whatever was shown is taken back before the screen that it stood on is left.
    let left = session.raw_since(again);
    let off = left.find("\x1b_Ga=d,d=A").expect("taken back");
    assert!(off < left.find("\x1b[?1049l").expect("left"), "{left:?}");
}

#[test]
fn a_terminal_that_is_known_gets_pictures_unasked_and_tmux_none() {
    let home = with_a_picture("auto");
    let session = previewing(home.path(), &[("TERM_PROGRAM", "WezTerm")]);
    let raw = session.raw_since(0);
    let after = raw
        .split("\x1b]1337;File=inline=1;")
        .nth(1)
        .expect("a picture");
    let (keys, encoded) = after.split_once(':').unwrap();
    assert!(keys.contains("width=24;height=8;"), "{keys}");
    let file = STANDARD
        .decode(encoded.split('\x07').next().unwrap())
        .unwrap();
    let picture = image::load_from_memory(&file).unwrap().into_rgb8();
    let above = picture.get_pixel(9, 9).0;
    assert!(above[0] > 240 && above[2] < 15, "{above:?}");
    drop(session);

    for env in [
        [
            ("TERM_PROGRAM", "WezTerm"),
            ("TMUX", "/tmp/tmux-0/default,1,0"),
        ],
        [("KITTY_WINDOW_ID", "1"), ("TERM", "tmux-256color")],
    ] {
        let session = previewing(home.path(), &env);
        let raw = session.raw_since(0);
        for sequence in ["\x1b_G", "\x1b]1337", "\x1bP"] {
            assert!(!raw.contains(sequence), "{sequence:?} with {env:?}");
        }
    }
}

#[test]
fn sixels_need_a_terminal_that_tells_the_size_of_its_cells() {
    let home = with_a_picture("sixel");
    let mut session = previewing(home.path(), &[]);
    assert!(!session.raw_since(0).contains("\x1bP"), "none are told");
    let before = session.raw_len();
    session.resize_pixels((90, 30), (900, 600));
    session.wait_until("the picture again", |screen| screen.contains('▀'));
    session.rest(Duration::from_millis(1_000));
    let raw = session.raw_since(before);
    let sixels = raw.split("\x1bP0;1;0q").nth(1).expect("sixels");
    let sixels = sixels.split("\x1b\\").next().unwrap();
    assert!(sixels.starts_with("\"1;1;240;156#0;2;98;0;0"), "{sixels}");
    let bands: Vec<&str> = sixels.split('-').collect();
    assert!(bands[0].ends_with("#0!240~"), "{sixels}");
    assert_eq!(bands.len(), 156 / 6);
    assert_eq!(raw.matches("\x1bP").count(), 1);
}
