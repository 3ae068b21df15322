//! The screen told in sentences: over a dumb terminal and over a pipe, from an empty home to a scheduled post.

use super::{FROZEN, home, masthead, post};
use crate::terminal::Session;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Long enough for a counted pause, which what a letter changed waits for.
const REST: Duration = Duration::from_millis(1500);

fn told(home: &Path, args: &[&str], env: &[(&str, &str)]) -> Session {
    let session = Session::start(home, (80, 24), args, &[env, &[FROZEN]].concat());
    session.wait_for("keys: ");
    session.rest(Duration::from_millis(500));
    session
}

/// Sends keys and returns what was told after them.
fn after(session: &mut Session, keys: &str) -> String {
    let from = session.raw_len();
    session.send(keys);
    session.rest(REST);
    session.raw_since(from)
}

#[test]
fn a_newcomer_writes_and_schedules_a_first_post_on_a_dumb_terminal() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(
        home.path().join("config.toml"),
        "timezone = \"Europe/Oslo\"\n",
    )
    .unwrap();
    let env = [("TERM", "dumb"), FROZEN];
    let mut session = Session::start(home.path(), (80, 24), &[], &env);
    session.wait_for("Write the first post");
    session.rest(REST);
    let said = after(&mut session, "2");
    assert!(said.contains("Editing:"), "{said}");
    assert!(said.contains("Esc saves"), "{said}");
    let said = after(&mut session, "Hello from a new user");
    assert!(said.starts_with("Hello from a new user"), "{said:?}");
    assert!(said.contains("21/500"), "the count follows: {said}");
    let said = after(&mut session, "\x1b");
    assert!(said.contains("Saved"), "{said}");
    assert!(
        said.contains("draft: Hello from a new user. On sandbox."),
        "{said}"
    );
    let said = after(&mut session, "s");
    assert!(said.contains("Schedule, Hello from a new user"), "{said}");
    let said = after(&mut session, "tomorrow 14:00");
    assert!(said.contains("Wed 11 November 2026 14:00 Oslo"), "{said}");
    let said = after(&mut session, "\r");
    assert!(
        said.contains("14:00 waiting: Hello from a new user. On sandbox."),
        "{said}"
    );
    let said = after(&mut session, "?");
    assert!(said.contains("Help") && said.contains("undo"), "{said}");
    after(&mut session, "\x1b");
    session.send("q");
    assert_eq!(session.wait(), 0);
    let raw = session.raw_since(0);
    assert!(!raw.contains('\x1b') && !raw.contains('\x08'), "{raw:?}");
    assert!(masthead(home.path(), &["list"], "").contains("Hello from a new user"));
}

#[test]
fn after_a_key_only_what_changed_is_told() {
    let home = home();
    post(home.path(), "Package showcase", "2026-11-11 09:00");
    let mut session = told(home.path(), &["--plain"], &[]);
    let said = after(&mut session, "l");
    let words = "Wednesday 11 November. 1 post.\r\n09:00 waiting: Package showcase. On linkedin, fosstodon.";
    assert_eq!(said, format!("\r\n{words}"));
    let agenda = masthead(home.path(), &["agenda"], "");
    assert!(agenda.contains("09:00 waiting: Package showcase. On linkedin, fosstodon."));
    let said = after(&mut session, "P");
    assert!(said.contains("Freeze"), "{said}");
    let said = after(&mut session, "wrong link\r");
    assert!(said.contains("FROZEN"), "an alarm is told: {said}");
    session.send("q");
    assert_eq!(session.wait(), 0);
    let raw = session.raw_since(0);
    let only_pastes = raw.replace("\x1b[?2004h", "").replace("\x1b[?2004l", "");
    assert!(!only_pastes.contains('\x1b'), "{raw:?}");
}

fn without_a_terminal(home: &Path, keys: Stdio) -> Child {
    Command::new(env!("CARGO_BIN_EXE_masthead"))
        .arg("--plain")
        .env("HOME", home)
        .env("LANG", "C.UTF-8")
        .env("MASTHEAD_AUTHOR", "tester")
        .env("MASTHEAD_CONFIG", home.join("config.toml"))
        .env("MASTHEAD_DATA_DIR", home.join("data"))
        .env(FROZEN.0, FROZEN.1)
        .stdin(keys)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn keys_that_are_all_there_at_once_are_taken_and_told_before_their_end_leaves() {
    let home = home();
    post(home.path(), "Package showcase", "2026-11-11 09:00");
    let file = home.path().join("keys");
    std::fs::write(&file, "l").unwrap();
    let mut piped = without_a_terminal(home.path(), Stdio::piped());
    // Written and closed long before the program listens.
    piped.stdin.take().unwrap().write_all(b"l").unwrap();
    let from_file = without_a_terminal(home.path(), File::open(&file).unwrap().into());
    for child in [piped, from_file] {
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stdout).unwrap();
        assert!(ended.status.success());
        assert!(said.contains("Package showcase"), "{said}");
    }
}

#[test]
fn keys_from_a_pipe_are_told_into_a_pipe_and_its_end_leaves() {
    let home = home();
    post(home.path(), "Package showcase", "2026-11-11 09:00");
    let mut child = without_a_terminal(home.path(), Stdio::piped());
    let mut keys = child.stdin.take().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut said = String::new();
    let mut bytes = [0; 4096];
    let mut read_until = |words: &str, said: &mut String| {
        while !said.contains(words) {
            let count = out.read(&mut bytes).unwrap();
            assert!(count > 0, "it ended before {words:?}:\n{said}");
            said.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    };
    read_until("keys: ", &mut said);
    keys.write_all(b"l").unwrap();
    read_until("Package showcase", &mut said);
    drop(keys);
    assert!(child.wait().unwrap().success());
    assert!(!said.contains('\r') && !said.contains('\x1b'), "{said:?}");
}
