//! A text through real commands: one that mends it, and one that hangs.

use crate::terminal::Session;
use crate::{ESC, FROZEN, home, masthead};
use std::io::Write;
use std::path::Path;

/// Opens a new post, with filters and a token in the environment.
fn typing(home: &Path, text: &str) -> Session {
    let mut config = std::fs::OpenOptions::new()
        .append(true)
        .open(home.join("config.toml"))
        .unwrap();
    let filters = "[channels.real]\nplatform = \"mastodon\"\nurl = \"http://127.0.0.1:9\"\ntoken_env = \"REAL_TOKEN\"\n\
        [[filters]]\nname = \"spelling\"\ncommand = [\"sh\", \"-c\", \"sed s/teh/the/; echo \\\"token: $REAL_TOKEN.\\\"\"]\n\
        [[filters]]\nname = \"slow\"\ncommand = [\"sh\", \"-c\", \"echo $$ > slow.pid; sleep 300 & wait\"]\n";
    config.write_all(filters.as_bytes()).unwrap();
    let env = [FROZEN, ("REAL_TOKEN", "very-secret")];
    let mut session = Session::start(home, (80, 24), &[], &env);
    session.wait_for("CLOCK SET");
    session.send("a");
    session.wait_for("Esc saves");
    session.send(text);
    session.wait_for(text);
    session
}

#[test]
fn a_text_is_piped_through_a_command_and_only_what_was_accepted_is_saved() {
    let home = home();
    let mut session = typing(home.path(), "teh newsletter");
    session.send("\x10");
    session.wait_for("Pipe");
    session.send("\r");
    // What the connections say may stand in the row of keys and messages: the text itself is waited for.
    let shown = session.wait_for("{+the+}");
    assert!(shown.contains("[-teh-]{+the+}"), "{shown}");
    assert!(shown.contains("token: ."), "{shown}");
    session.send("\r");
    session.wait_for("   the newsletter");
    session.send(ESC);
    session.wait_until("the saved post", |_| {
        masthead(home.path(), &["list"], "").contains("the newsletter")
    });
    let shown: serde_json::Value =
        serde_json::from_str(&masthead(home.path(), &["show", "1", "--json"], "")).unwrap();
    assert_eq!(shown["text"], "the newsletter\ntoken: .");
}

#[test]
fn a_command_that_hangs_says_its_seconds_and_esc_ends_it_with_what_it_started() {
    let home = home();
    let mut session = typing(home.path(), "a text");
    session.send("\x10");
    session.wait_for("Pipe");
    session.send("2");
    session.wait_for("running");
    session.wait_for("running, 3 s");
    let pid = std::fs::read_to_string(home.path().join("slow.pid")).unwrap();
    let lives = || {
        let group = format!("-{}", pid.trim());
        let mut asked = std::process::Command::new("kill");
        asked
            .args(["-0", "--", &group])
            .stderr(std::process::Stdio::null());
        asked.status().unwrap().success()
    };
    assert!(lives());
    session.send(ESC);
    session.wait_for("Stopped");
    session.wait_until("its end", |_| !lives());
    session.send(ESC);
    session.wait_until("the sheet to close", |screen| !screen.contains("Stopped"));
    session.send("!");
    session.wait_for("a text!");
}
