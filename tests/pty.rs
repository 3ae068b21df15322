//! The real program in a pseudo-terminal: it starts, draws, keeps what is typed, and gives the terminal back, whatever happens.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "pty/at_once.rs"]
mod at_once;
#[path = "pty/by_hand.rs"]
mod by_hand;
#[path = "pty/daemon.rs"]
mod daemon;
#[path = "pty/dice.rs"]
mod dice;
#[path = "fakes/wire.rs"]
mod fake_wire;
#[path = "common/film.rs"]
mod film;
#[path = "pty/killed.rs"]
mod killed;
#[path = "pty/look.rs"]
mod look;
#[path = "pty/newcomer.rs"]
mod newcomer;
#[path = "pty/pictures.rs"]
mod pictures;
#[path = "pty/piped.rs"]
mod piped;
#[path = "pty/plain.rs"]
mod plain;
#[path = "pty/terminal.rs"]
mod terminal;
#[path = "pty/together.rs"]
mod together;
#[path = "pty/uploads.rs"]
mod uploads;
#[path = "fakes/x.rs"]
mod x_server;
#[path = "fakes/youtube.rs"]
mod youtube_server;

#[path = "pty/line.rs"]
mod line;

use std::path::Path;
use std::time::Duration;
use terminal::Session;

const ESC: &str = "\x1b";
const FROZEN: (&str, &str) = ("MASTHEAD_NOW", "2026-11-10T08:12:00+01:00;frozen");

/// A home with three sandbox channels.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let channel = |name: &str, like: &str| {
        format!("[channels.{name}]\nplatform = \"sandbox\"\nlike = \"{like}\"\n")
    };
    let config = format!(
        "timezone = \"Europe/Oslo\"\n{}{}{}",
        channel("linkedin", "linkedin"),
        channel("fosstodon", "mastodon"),
        channel("bluesky", "bluesky"),
    );
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    home
}

fn masthead(home: &Path, args: &[&str], input: &str) -> String {
    use std::io::Write;
    let mut child = std::process::Command::new(terminal::binary())
        .args(args)
        .env("HOME", home)
        .env("MASTHEAD_AUTHOR", "tester")
        .env("MASTHEAD_CONFIG", home.join("config.toml"))
        .env("MASTHEAD_DATA_DIR", home.join("data"))
        .env(FROZEN.0, FROZEN.1)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn post(home: &Path, title: &str, at: &str) {
    let args = [
        "add",
        "--title",
        title,
        "--at",
        at,
        "--channel",
        "linkedin,fosstodon",
    ];
    masthead(home, &args, "Some text that says what it is about.\n");
}

fn opened(home: &Path) -> Session {
    let session = Session::start(home, (80, 24), &[], &[FROZEN]);
    session.wait_for("26 Oct");
    session.wait_for("CLOCK SET");
    // The publisher and what leaves next come a moment after the first frame.
    session.rest(Duration::from_millis(800));
    session
}

/// Opens the editor on a new post and types.
fn typing(home: &Path, text: &str) -> Session {
    let mut session = opened(home);
    session.send("a");
    session.wait_for("Esc saves");
    session.send(text);
    session.wait_for(text);
    session.rest(Duration::from_millis(300));
    session
}

#[test]
fn it_opens_and_gives_the_terminal_back() {
    let home = home();
    let mut session = opened(home.path());
    assert!(!session.is_restored());
    session.send("q");
    assert_eq!(session.wait(), 0);
    assert!(session.is_restored());
}

#[test]
fn a_first_start_without_a_channel_welcomes_and_leads_to_a_first_post_in_a_sandbox() {
    let home = tempfile::tempdir().unwrap();
    let mut session = Session::start(home.path(), (80, 24), &[], &[FROZEN]);
    // The place of the configuration is named by the environment here, so it has to be there.
    session.wait_until("an end", |_| true);
    drop(session);
    std::fs::write(
        home.path().join("config.toml"),
        "timezone = \"Europe/Oslo\"\n",
    )
    .unwrap();
    session = Session::start(home.path(), (80, 24), &[], &[FROZEN]);
    session.wait_for("Write the first post");
    session.send("2");
    session.wait_for("Ma ");
    session.send("Hello from a new user");
    session.wait_for("Hello from a new user");
    session.rest(Duration::from_millis(300));
    session.send(ESC);
    session.wait_for("Saved");
    assert!(masthead(home.path(), &["list"], "").contains("Hello from a new user"));
}

#[test]
fn a_panic_in_a_background_task_leaves_the_screen_and_says_so() {
    let home = home();
    let env = [FROZEN, ("MASTHEAD_PLANTED_PANIC", "background")];
    let mut session = Session::start(home.path(), (80, 24), &[], &env);
    session.wait_for("stumbled");
    assert!(!session.is_restored(), "the screen is still the program's");
    session.send("?");
    session.wait_for("Help");
    session.send(ESC);
    session.rest(Duration::from_millis(200));
    session.send("q");
    assert_eq!(session.wait(), 0);
    assert!(session.is_restored());
}

#[test]
fn a_panic_of_the_screen_itself_gives_the_terminal_back_with_a_readable_message() {
    let home = home();
    let env = [FROZEN, ("MASTHEAD_PLANTED_PANIC", "screen")];
    let mut session = Session::start(home.path(), (80, 24), &[], &env);
    assert_ne!(session.wait(), 0);
    assert!(session.is_restored());
    assert!(session.screen().contains("planted"), "{}", session.screen());
}

#[test]
fn hang_up_and_terminate_leave_the_terminal_and_keep_the_text() {
    for signal in ["HUP", "TERM", "INT"] {
        let home = home();
        let mut session = typing(home.path(), "half a thought");
        session.signal(signal);
        let sent = std::time::Instant::now();
        session.wait();
        println!("ended within {:?} of SIG{signal}", sent.elapsed());
        assert!(session.is_restored(), "after {signal}");
        let again = opened(home.path());
        again.wait_for("half a thought");
    }
}

#[test]
fn a_closed_terminal_ends_a_program_that_ignores_sighup_and_keeps_the_text() {
    let home = home();
    let mut session = typing(home.path(), "typed before the line broke");
    let closed = session.close();
    session.wait();
    println!("ended within {:?} of the hang-up", closed.elapsed());
    let again = opened(home.path());
    again.wait_for("typed before the line broke");
}

#[test]
fn a_killed_program_offers_the_text_again_with_the_cursor_where_it_was() {
    let home = home();
    let mut session = typing(home.path(), "never saved");
    session.send("\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D");
    session.send("x");
    session.wait_for("never xsaved");
    session.rest(Duration::from_millis(300));
    session.signal("KILL");
    session.wait();
    let mut again = opened(home.path());
    again.wait_for("never xsaved");
    again.send("\r");
    again.wait_for("Esc saves");
    again.send("y");
    again.wait_for("never xysaved");
}

#[test]
fn a_paste_of_100_kb_arrives_whole_and_fires_no_command() {
    let home = home();
    let mut session = typing(home.path(), "before ");
    let lines = "d q ! x P publish now\n".repeat(5_000);
    session.send(&format!("\x1b[200~{lines}the end\x1b[201~"));
    session.wait_for("the end");
    session.rest(Duration::from_millis(500));
    session.send(ESC);
    session.wait_for("Saved");
    let shown: serde_json::Value =
        serde_json::from_str(&masthead(home.path(), &["show", "1", "--json"], "")).unwrap();
    assert_eq!(shown["text"], format!("before {lines}the end"));
}

#[test]
fn a_storm_of_sizes_ends_in_the_screen_it_began_with() {
    let home = home();
    post(home.path(), "Package showcase", "2026-11-10 09:00");
    let mut session = opened(home.path());
    let before = session.screen();
    for step in 0..60_u16 {
        session.resize(20 + step * 3, 5 + step);
        std::thread::sleep(Duration::from_millis(5));
    }
    session.resize(20, 5);
    session.wait_for("Masthead needs 60");
    session.resize(80, 24);
    session.wait_until("the first screen", |screen| screen == before);
}

#[test]
fn a_deletion_asks_on_the_terminal_names_what_would_go_and_takes_only_a_yes() {
    let home = home();
    let added = masthead(home.path(), &["add", "--channel", "fosstodon"], "Out\n");
    let id = added.trim();
    masthead(home.path(), &["publish", id], "");
    let args = ["delete", id, "--channel", "fosstodon"];
    for (answer, words, status) in [
        ("\r", "nothing was deleted", 1),
        ("yes\r", "fosstodon: deleted: file:", 0),
    ] {
        let mut session = Session::start(home.path(), (160, 24), &args, &[FROZEN]);
        let asked = session.wait_for("Type yes:");
        assert!(
            asked.contains("/outbox/") && asked.contains("cannot be brought back"),
            "{asked}"
        );
        session.send(answer);
        session.wait_for(words);
        assert_eq!(session.wait(), status);
    }
}

#[test]
fn an_idle_screen_writes_nothing() {
    let home = home();
    post(home.path(), "Package showcase", "2026-11-12 09:00");
    let session = opened(home.path());
    let before = session.raw_len();
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(session.raw_since(before), "");
}

#[test]
fn a_move_sends_at_most_180_bytes_a_letter_with_all_its_counts_60_a_change_of_focus_its_hints() {
    let home = home();
    for day in 11..16 {
        let title = format!("Package showcase number {day}, with a title of some length");
        post(home.path(), &title, &format!("2026-11-{day:02} 09:30"));
    }
    let mut session = opened(home.path());
    let sent = |session: &mut Session, key: &str, pause: u64| {
        let before = session.raw_len();
        session.send(key);
        // What follows after a pause (details, other channels' counts) belongs to the key.
        session.rest(Duration::from_millis(pause));
        session.raw_len() - before
    };
    let moves: Vec<usize> = ["l", "l", "j", "k", "h", "h"]
        .iter()
        .map(|key| sent(&mut session, key, 400))
        .collect();
    drop(session);

    session = Session::start(home.path(), (120, 36), &[], &[FROZEN]);
    session.wait_for("? help");
    session.rest(Duration::from_millis(400));
    session.send("2");
    session.rest(Duration::from_millis(400));
    let focus: Vec<usize> = ["1", "2"]
        .iter()
        .map(|key| sent(&mut session, key, 400))
        .collect();
    drop(session);

    session = opened(home.path());
    session.send("a");
    session.wait_for("Esc saves");
    session.rest(Duration::from_millis(400));
    session.send("W");
    session.rest(Duration::from_millis(400));
    let letters: Vec<usize> = "e count every letter"
        .chars()
        .map(|letter| sent(&mut session, &letter.to_string(), 300))
        .collect();

    println!("bytes per move {moves:?}, per letter {letters:?}, per change of focus {focus:?}");
    assert!(moves.iter().all(|bytes| *bytes <= 180), "{moves:?}");
    assert!(letters.iter().all(|bytes| *bytes <= 60), "{letters:?}");
    // Two head names, two markers, and after a pause the row of hints, whose words are the pane's own.
    assert!(focus.iter().all(|bytes| *bytes <= 400), "{focus:?}");
}

#[test]
fn a_change_by_another_process_shows_within_two_seconds() {
    let home = home();
    let session = opened(home.path());
    post(home.path(), "Added elsewhere", "2026-11-10 15:00");
    let added = std::time::Instant::now();
    session.wait_for("Added e");
    println!("shown after {:?}", added.elapsed());
}
