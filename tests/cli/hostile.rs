//! What people, files and servers write never steers the terminal, and what is started inherits no token.

use super::{Desk, Run};
use serde_json::json;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const NASTY: &str = "a\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{7f}\u{202e}b\u{2066}";

/// Whether a terminal could act upon it.
fn steers(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

fn check(what: &[&str], run: &Run) {
    for printed in [run.stdout(), run.stderr()] {
        assert!(!printed.contains(steers), "{what:?}: {printed:?}");
    }
}

/// A server whose every word is nasty: names, errors, addresses.
async fn nasty_server() -> MockServer {
    let server = MockServer::start().await;
    let account = json!({"id": "1", "acct": NASTY, "username": NASTY, "display_name": NASTY});
    Mock::given(path("/api/v1/accounts/verify_credentials"))
        .respond_with(ResponseTemplate::new(200).set_body_json(account))
        .mount(&server)
        .await;
    Mock::given(path("/api/v1/apps"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"client_id": NASTY, "client_secret": NASTY})),
        )
        .mount(&server)
        .await;
    let there =
        json!({"id": "113", "url": format!("https://a.example/{NASTY}"), "visibility": NASTY});
    Mock::given(method("POST"))
        .and(path("/api/v1/statuses"))
        .respond_with(ResponseTemplate::new(200).set_body_json(there))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(
            ResponseTemplate::new(422)
                .set_body_json(json!({"error": NASTY, "error_description": NASTY})),
        )
        .mount(&server)
        .await;
    server
}

#[test]
fn whatever_is_in_posts_file_names_and_answers_no_command_lets_it_at_the_terminal() {
    let tasks = tokio::runtime::Runtime::new().unwrap();
    let server = tasks.block_on(nasty_server());
    let desk = Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.far]\nplatform = \"mastodon\"\nurl = \"{}\"\ntoken_env = \"FAR_TOKEN\"\n\
         [channels.near]\nplatform = \"mastodon\"\nurl = \"{}\"\n[channels.outbox]\nplatform = \"sandbox\"\n",
        server.uri(),
        server.uri()
    ));
    let run = |arguments: &[&str], stdin: &str| {
        let mut command = desk.command(arguments);
        command
            .env("FAR_TOKEN", "t0ken")
            .env("MASTHEAD_AUTHOR", NASTY);
        let run = desk.run_with(command, stdin.as_bytes());
        check(arguments, &run);
        run
    };
    let picture = desk.path(&format!("{NASTY}.png"));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(4, 4)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    std::fs::write(&picture, bytes.into_inner()).unwrap();
    let added = run(
        &[
            "add",
            "--title",
            NASTY,
            "--tag",
            NASTY,
            "--campaign",
            NASTY,
            "--cw",
            NASTY,
            "--alt",
            NASTY,
            "--attach",
            picture.to_str().unwrap(),
            "--channel",
            "far,outbox",
        ],
        &format!("Text {NASTY} https://example.org/{NASTY}"),
    );
    // A warning may have been refused; the plain post is what the rest looks at.
    let id = match added.status() {
        0 => added.stdout().trim().to_owned(),
        _ => run(
            &[
                "add",
                "--title",
                NASTY,
                "--tag",
                NASTY,
                "--channel",
                "far,outbox",
            ],
            &format!("Text {NASTY}"),
        )
        .good()
        .trim()
        .to_owned(),
    };
    let other = run(&["add", "--title", NASTY, "--channel", "far"], NASTY).good();
    let other = other.trim();
    for arguments in [
        &["publish", &id][..],
        &["publish", other],
        &["list"],
        &["list", "--json"],
        &["show", &id],
        &["show", &id, "--json"],
        &["show", other, "--json"],
        &["show", other],
        &["compose", &id],
        &["compose", &id, "--json"],
        &["simulate", "--until", "+1d"],
        &["status"],
        &["status", "--json"],
        &["channels", "--check"],
        &["channels", "--check", "--json"],
        &["doctor"],
        &["doctor", "--json"],
        &["update", &id, "--channel", "far"],
        &["delete", &id, "--channel", "far", "--yes"],
        &["delete", &id, "--channel", "outbox", "--yes"],
        &["mark", other, "--channel", "far", "--there", NASTY],
        &["freeze", "--reason", NASTY],
        &["status"],
        &["thaw", "--dry-run"],
        &["thaw"],
        &["move", other, NASTY],
        &["move", other, "+1d"],
        &["edit", other, "--title", NASTY],
        &["skip", other],
        &["undo"],
        &["trash", other],
        &["undo"],
        &["approve", NASTY],
        &["show", NASTY],
        &["add", "--channel", NASTY],
        &["add", "--reply-to", NASTY, "--channel", "far"],
        &["add", "--attach", NASTY],
        &["--db", NASTY, "list"],
        &["--config", NASTY, "list"],
        &["backup", NASTY],
        &["restore", NASTY],
    ] {
        run(arguments, "");
    }
    run(&["login", "near"], &format!("{NASTY}\ncode\n{NASTY}\n"));
    run(&["count"], NASTY);
    run(&["count", "--jsonl"], NASTY);
    let config = format!(
        "{NASTY} = 3\ntimezone = \"{}\"\n[channels.\"{}\"]\nplatform = \"{}\"\n",
        NASTY.replace(steers, "\u{1b}"),
        NASTY,
        NASTY
    );
    std::fs::write(desk.path("config.toml"), config).unwrap();
    run(&["doctor"], "");
    run(&["list"], "");
    std::fs::write(
        desk.path("config.toml"),
        "timezone = \"\\u001b[2J\\u009b\"\n[channels.\"\\u001b[2J\\u202e\"]\nplatform = \"\\u0007\\u007f\"\nurl = \"\\u009b\"\n",
    )
    .unwrap();
    run(&["doctor"], "");
    run(&["list"], "");
}

#[test]
fn a_program_that_carries_notices_inherits_no_token_and_sees_none_in_its_arguments() {
    let desk = Desk::new();
    let seen = desk.path("seen");
    std::fs::write(
        desk.path("config.toml"),
        format!(
            "notify_command = [\"sh\", \"-c\", \"env > {0}; tr '\\\\0' ' ' < /proc/$PPID/cmdline >> {0}; cat >> {0}\"]\n\
             [channels.far]\nplatform = \"mastodon\"\nurl = \"http://127.0.0.1:1\"\ntoken_env = \"FAR_TOKEN\"\n{1}",
            seen.display(),
            super::CONFIG.trim_start_matches("\ntimezone = \"Europe/Oslo\"\n")
        ),
    )
    .unwrap();
    let with_token = |arguments: &[&str], stdin: &str, now: &str| {
        let mut command = desk.command(arguments);
        command
            .env("FAR_TOKEN", "very-secret")
            .env("KEPT", "other")
            .env("MASTHEAD_NOW", now);
        desk.run_with(command, stdin.as_bytes())
    };
    with_token(
        &["add", "--channel", "outbox", "--at", "2099-01-01 09:00"],
        "hello",
        "2098-12-01T00:00:00Z",
    )
    .good();
    with_token(&["daemon", "--once"], "", "2099-02-01T00:00:00Z");
    let seen = std::fs::read_to_string(seen).unwrap();
    assert!(seen.contains("Masthead: 1 post"), "{seen}");
    assert!(seen.contains("KEPT=other"), "{seen}");
    assert!(!seen.contains("very-secret"), "{seen}");
}

#[test]
fn a_login_that_ended_needs_somebody_is_told_once_and_one_that_lasts_does_not() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let notices = desk.path("notices");
    std::fs::write(
        desk.path("config.toml"),
        format!(
            "notify_command = [\"sh\", \"-c\", \"cat >> {}\"]\n\
             [channels.sky]\nplatform = \"bluesky\"\nurl = \"http://127.0.0.1:1\"\nhandle = \"a.example\"\n",
            notices.display()
        ),
    )
    .unwrap();
    desk.run(&["list"], "").good();
    let folder = desk.path("data/secrets");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("sky.json");
    let store = |claims: &str| {
        let secret = json!({
            "platform": "bluesky", "did": "did:plc:a", "handle": "a.example", "pds": "http://127.0.0.1:1",
            "access": "a", "refresh": format!("e30.{claims}.c2ln"),
        });
        std::fs::write(&file, secret.to_string()).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    // {"exp":1000000000} and {"exp":4102444800}: 2001 and 2100.
    store("eyJleHAiOjEwMDAwMDAwMDB9");
    let status = desk.run(&["status", "--json"], "");
    assert_eq!(status.status(), 3, "{}", status.stdout());
    let shown: serde_json::Value = serde_json::from_str(&status.stdout()).unwrap();
    assert_eq!(shown["tokens"][0]["channel"], "sky");
    assert_eq!(shown["tokens"][0]["ends_at"], "2001-09-09T01:46:40Z");
    assert!(shown["tokens"][0]["days"].as_i64().unwrap() < 0);
    let words = desk.run(&["status"], "").stdout();
    assert!(
        words.contains("ended on 2001-09-09: run `masthead login sky`"),
        "{words}"
    );
    for _ in 0..2 {
        desk.run(&["daemon", "--once"], "");
    }
    let told = std::fs::read_to_string(&notices).unwrap();
    assert_eq!(
        told.matches("Masthead: a login ends soon").count(),
        1,
        "{told}"
    );
    store("eyJleHAiOjQxMDI0NDQ4MDB9");
    let shown = desk.run(&["status", "--json"], "").stdout();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["tokens"][0]["needs_you"], false);
    let listed = desk.run(&["channels"], "").stdout();
    assert!(listed.contains("ends in "), "{listed}");
}
