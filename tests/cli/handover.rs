//! The page for whoever takes over: everything is on it but a secret.

use super::Desk;
use std::os::unix::fs::PermissionsExt;

const SECRETS: [&str; 5] = [
    "s3cret-of-the-file",
    "s3cret-of-the-environment",
    "s3cret-of-the-command",
    "s3cret-of-the-login",
    "s3cret-client",
];

fn desk() -> Desk {
    let desk = Desk::with(
        r#"
timezone = "Europe/Oslo"
[authors]
al = "Ada Lovelace"
[review]
required = true
[channels.outbox]
platform = "sandbox"
[channels.fosstodon]
platform = "mastodon"
url = "http://127.0.0.1:9"
[channels.filed]
platform = "mastodon"
url = "http://127.0.0.1:9"
token_file = "token"
[channels.bluesky]
platform = "bluesky"
url = "http://127.0.0.1:9"
handle = "example.org"
token_env = "BLUESKY_APP_PASSWORD"
[channels.announce]
platform = "zulip"
url = "http://127.0.0.1:9"
email = "bot@example.org"
to = 42
token_command = ["sh", "-c", "echo s3cret-of-the-command"]
"#,
    );
    let private = |path: &str, text: &str| {
        let path = desk.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    private("token", "s3cret-of-the-file\n");
    private(
        "data/secrets/fosstodon.json",
        r#"{"platform":"mastodon","token":"s3cret-of-the-login","client_id":"id",
            "client_secret":"s3cret-client","ends_at":"2030-12-03T00:00:00Z"}"#,
    );
    desk
}

fn run(desk: &Desk, arguments: &[&str]) -> super::Run {
    let mut command = desk.command(arguments);
    command.env("BLUESKY_APP_PASSWORD", "s3cret-of-the-environment");
    command.env("MASTHEAD_NOW", "2030-11-20T08:00:00Z;frozen");
    desk.run_with(command, b"")
}

#[test]
fn everything_is_on_the_page_and_no_secret_is() {
    let desk = desk();
    let at = ["--channel", "outbox", "--at", "2030-12-01 09:00"];
    let id = desk.add("A | in the title", &at);
    desk.add(
        "Much later",
        &["--channel", "outbox", "--at", "2031-06-01 09:00"],
    );
    let page = run(&desk, &["handover"]).good();
    for said in [
        "# Masthead: handover",
        "data/plan.db",
        "token_env `BLUESKY_APP_PASSWORD`",
        "token_command `sh`",
        "token_file ",
        "Ada Lovelace",
        "Sun 1 Dec 2030 09:00",
        "A \\| in the title",
        "nothing leaves without the approval",
        "masthead login CHANNEL",
    ] {
        assert!(page.contains(said), "{said}:\n{page}");
    }
    assert!(page.contains(&format!("to review: post {id}")), "{page}");
    assert!(
        !page.contains("Much later |"),
        "it is not planned in these weeks:\n{page}"
    );
    let json = run(&desk, &["handover", "--json", "--weeks", "52"]);
    assert_eq!(json.json()["planned"].as_array().map(Vec::len), Some(2));
    for secret in SECRETS {
        assert!(!page.contains(secret), "{secret}:\n{page}");
        assert!(!json.stdout().contains(secret), "{secret}");
        assert!(!json.stderr().contains(secret), "{secret}");
    }
}

#[test]
fn what_failed_or_was_missed_is_named_with_its_reason() {
    let desk = Desk::new();
    let id = desk.add(
        "Hello",
        &["--channel", "outbox", "--at", "2030-12-01 09:00"],
    );
    let mut late = desk.command(&["daemon", "--once"]);
    late.env("MASTHEAD_NOW", "2030-12-03T08:00:00Z;frozen");
    desk.run_with(late, b"");
    let page = run(&desk, &["handover"]).good();
    assert!(
        page.contains(&format!("missed: post {id} “Hello” on outbox")),
        "{page}"
    );
}
