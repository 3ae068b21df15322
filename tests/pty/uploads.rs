//! A video of 40 MB that the screen itself publishes: how far it is stands on the outbox page, the screen is killed half
//! way, and the next one goes on where it was.

use crate::film::film;
use crate::terminal::{Session, binary};
use crate::{x_server, youtube_server};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const SIZE: usize = 40_000_000;
const DUE: (&str, &str) = ("MASTHEAD_NOW", "2030-12-01T08:00:05Z");

fn run(home: &Path, args: &[&str], input: &str) -> String {
    let mut child = Command::new(binary())
        .args(args)
        .current_dir(home)
        .env("HOME", home)
        .env("MASTHEAD_AUTHOR", "tester")
        .env("MASTHEAD_CONFIG", home.join("config.toml"))
        .env("MASTHEAD_DATA_DIR", home.join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A home with one channel, logged in, and a video that is due.
fn home(section: &str, typed: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let config = format!("timezone = \"Europe/Oslo\"\n[channels.talks]\n{section}");
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    std::fs::write(home.path().join("talk.mp4"), film(SIZE)).unwrap();
    run(home.path(), &["login", "talks"], typed);
    let at = ["add", "--channel", "talks", "--at", "2030-12-01 09:00"];
    let what = ["--title", "Autumn preview", "--attach", "talk.mp4"];
    run(
        home.path(),
        &[&at[..], &what].concat(),
        "What you will learn.\n",
    );
    home
}

fn state(home: &Path) -> String {
    let list: serde_json::Value =
        serde_json::from_str(&run(home, &["list", "--json"], "")).unwrap();
    let id = list[0]["id"].to_string();
    let shown: serde_json::Value =
        serde_json::from_str(&run(home, &["show", id.trim_matches('"'), "--json"], "")).unwrap();
    shown["deliveries"][0]["state"].as_str().unwrap().to_owned()
}

/// Opens the outbox page.
fn outbox(home: &Path) -> Session {
    let mut session = Session::start(home, (120, 40), &[], &[DUE]);
    session.wait_for("CLOCK SET");
    session.send("o");
    session
}

/// Reads the row of the bar: its per cent, and the row as it is seen.
fn bar(screen: &str) -> Option<(u32, String)> {
    let row = screen.lines().find(|row| row.contains(" %   "))?;
    let before = row.split(" %").next()?;
    let percent = before.rsplit(['#', '.', ' ']).next()?.parse().ok()?;
    Some((percent, row.trim_end().to_owned()))
}

/// Waits until the bar stands at this or beyond; returns what was seen on the way.
fn seen(session: &Session, least: u32) -> Vec<(u32, String)> {
    let rows = std::cell::RefCell::new(Vec::new());
    session.wait_until(&format!("{least} %"), |screen| {
        let Some(now) = bar(screen) else { return false };
        let mut rows = rows.borrow_mut();
        if rows.last() != Some(&now) {
            println!("  {}", now.1);
            rows.push(now);
        }
        rows.last().is_some_and(|(percent, _)| *percent >= least)
    });
    rows.into_inner()
}

fn rises(rows: &[(u32, String)]) -> bool {
    rows.windows(2).all(|two| two[0].0 <= two[1].0)
        && rows
            .iter()
            .all(|(percent, row)| *percent < 3 || row.contains('#'))
}

#[test]
fn the_screen_shows_how_far_a_video_to_x_is_and_after_a_kill_the_next_goes_on() {
    let server = x_server::Server::start();
    let section = format!("platform = \"x\"\nurl = \"{}\"\n", server.url());
    let keys = server.site().first().keys().replace(' ', "\n") + "\n";
    let home = home(&section, &keys);
    server.site().stuck_at = Some(5);
    println!("X, before the kill:");
    let session = outbox(home.path());
    let before = seen(&session, 40);
    session.kill();
    drop(session);
    server.site().stuck_at = Some(8);
    println!("X, after it:");
    let session = outbox(home.path());
    let after = seen(&session, 65);
    assert!(rises(&before) && rises(&after), "{before:?} {after:?}");
    assert!(
        after[0].0 >= before.last().unwrap().0,
        "{before:?} {after:?}"
    );
    server.site().stuck_at = None;
    session.wait_until("the end of the bar", |screen| bar(screen).is_none());
    session.wait_until("the post", |_| !server.site().posts.is_empty());
    session.wait_until("published", |_| state(home.path()) == "published");
    let site = server.site();
    assert_eq!(
        (site.posts.len(), site.media.len()),
        (1, 1),
        "one video, begun once"
    );
    let arrived = &site.media[&site.posts[0].media[0]];
    assert!(arrived.bytes == film(SIZE), "byte for byte");
}

#[test]
fn the_screen_shows_how_far_a_video_to_youtube_is_and_after_a_kill_the_next_goes_on() {
    let server = youtube_server::Server::start();
    let section = format!(
        "platform = \"youtube\"\nurl = \"{}\"\nclient_id = \"{}\"\n",
        server.url(),
        youtube_server::CLIENT
    );
    let home = home(&section, &format!("{}\n", youtube_server::CLIENT_SECRET));
    server.state().slow = Duration::from_millis(1500);
    println!("YouTube, before the kill:");
    let session = outbox(home.path());
    let before = seen(&session, 35);
    session.kill();
    drop(session);
    assert!(server.videos().is_empty());
    println!("YouTube, after it:");
    let session = outbox(home.path());
    let after = seen(&session, 70);
    assert!(rises(&before) && rises(&after), "{before:?} {after:?}");
    server.state().slow = Duration::ZERO;
    session.wait_until("the video", |_| !server.videos().is_empty());
    session.wait_until("published", |_| state(home.path()) == "published");
    let videos = server.videos();
    assert_eq!(videos.len(), 1);
    assert!(videos[0].bytes == film(SIZE), "byte for byte");
    assert_eq!(
        server.asked("POST /upload/youtube/v3/videos"),
        1,
        "begun once"
    );
}
