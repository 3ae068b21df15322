//! The real binary on a sandbox: what scripts depend on, and one clear line for everything that is wrong.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot go on has failed"
)]

#[path = "cli/bluesky_video.rs"]
mod bluesky_video;
#[path = "fakes/bluesky_video.rs"]
mod bluesky_video_server;
#[path = "cli/by_hand.rs"]
mod by_hand;
#[path = "cli/cards.rs"]
mod cards;
#[path = "cli/correct.rs"]
mod correct;
#[path = "cli/database.rs"]
mod database;
#[path = "fakes/wire.rs"]
mod fake_wire;
#[path = "common/film.rs"]
mod film;
#[path = "cli/finding.rs"]
mod finding;
#[path = "cli/freezing.rs"]
mod freezing;
#[path = "cli/handover.rs"]
mod handover;
#[path = "cli/health.rs"]
mod health;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/linkedin.rs"]
mod linkedin;
#[path = "cli/linkedin_comments.rs"]
mod linkedin_comments;
#[path = "fakes/linkedin.rs"]
mod linkedin_server;
#[path = "cli/linkedin_video.rs"]
mod linkedin_video;
#[path = "cli/manual.rs"]
mod manual;
#[path = "fakes/mastodon.rs"]
mod mastodon_server;
#[path = "cli/mastodon_video.rs"]
mod mastodon_video;
#[path = "cli/options.rs"]
mod options;
#[path = "fakes/pds.rs"]
mod pds_server;
#[path = "cli/people.rs"]
mod people;
#[path = "cli/posts.rs"]
mod posts;
#[path = "cli/publishing.rs"]
mod publishing;
#[path = "common/stuck.rs"]
mod stuck;
#[path = "cli/wrong.rs"]
mod wrong;
#[path = "cli/x.rs"]
mod x;
#[path = "cli/x_costs.rs"]
mod x_costs;
#[path = "fakes/x.rs"]
mod x_server;
#[path = "cli/x_video.rs"]
mod x_video;
#[path = "cli/youtube.rs"]
mod youtube;
#[path = "cli/youtube_captions.rs"]
mod youtube_captions;
#[path = "fakes/youtube.rs"]
mod youtube_server;
#[path = "cli/zulip.rs"]
mod zulip;
#[path = "fakes/zulip.rs"]
mod zulip_server;

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const CONFIG: &str = r#"
timezone = "Europe/Oslo"

[channels.outbox]
platform = "sandbox"
like = "mastodon"

[channels.sky]
platform = "sandbox"
like = "bluesky"
"#;

/// The program under test: `MASTHEAD_BINARY` names another build of it.
fn binary() -> PathBuf {
    let named = std::env::var_os("MASTHEAD_BINARY").filter(|named| !named.is_empty());
    named.map_or_else(|| env!("CARGO_BIN_EXE_masthead").into(), PathBuf::from)
}

/// A folder with a configuration, and the binary run in it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self::with(CONFIG)
    }

    fn with(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.toml"), config).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            // What a relative name leads to goes with the folder.
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("USER", "tester")
            .env("LANG", "C.UTF-8")
            .env("MASTHEAD_CONFIG", self.path("config.toml"))
            .env("MASTHEAD_DATA_DIR", self.path("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run_with(&self, mut command: Command, stdin: &[u8]) -> Run {
        let mut child = command.spawn().unwrap();
        // A command that fails early may not read its input.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        for said in [&output.stdout, &output.stderr] {
            let said = String::from_utf8_lossy(said);
            assert!(!said.contains("(os error"), "a number for programs: {said}");
        }
        Run(output)
    }

    fn run(&self, arguments: &[&str], stdin: &str) -> Run {
        self.run_with(self.command(arguments), stdin.as_bytes())
    }

    /// Adds a post and returns its id.
    fn add(&self, text: &str, arguments: &[&str]) -> String {
        let mut all = vec!["add"];
        all.extend(arguments);
        self.run(&all, text).good().trim().to_owned()
    }

    fn show(&self, id: &str) -> Value {
        self.run(&["show", id, "--json"], "").json()
    }
}

struct Run(Output);

impl Run {
    fn status(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    fn good(&self) -> String {
        assert_eq!(self.status(), 0, "{}", self.stderr());
        self.stdout()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.good()).unwrap()
    }

    /// Checks that it failed with exactly one line, and returns it.
    fn refused(&self) -> String {
        assert_eq!(self.status(), 1, "{}{}", self.stdout(), self.stderr());
        let said = self.stderr();
        assert!(said.starts_with("masthead: "), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(self.stdout().is_empty(), "{}", self.stdout());
        said.trim().trim_start_matches("masthead: ").to_owned()
    }
}

#[test]
fn channels_are_listed_and_checked() {
    let desk = Desk::with(&format!(
        "{CONFIG}\n[channels.far]\nplatform = \"mastodon\"\nurl = \"http://127.0.0.1:9\"\ntoken_env = \"FAR_TOKEN\"\n"
    ));
    let list = desk.run(&["channels", "--json"], "").json();
    let names: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["channel"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["outbox", "sky", "far"]);
    assert_eq!(list[2]["ok"], false);
    assert!(list[2]["reason"].as_str().unwrap().contains("FAR_TOKEN"));
    let checked = desk.run(&["channels", "--check"], "");
    assert_eq!(checked.status(), 3);
    let mut with_token = desk.command(&["channels", "--check", "--json"]);
    with_token.env("FAR_TOKEN", "very-secret");
    let checked = desk.run_with(with_token, b"");
    assert_eq!(checked.status(), 3);
    assert!(!checked.stdout().contains("very-secret"));
}

#[test]
fn a_secret_that_others_can_read_is_refused_with_the_remedy() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "very-secret\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let desk = Desk::with(&format!(
        "[channels.far]\nplatform = \"mastodon\"\nurl = \"https://example.invalid\"\ntoken_file = \"{}\"\n",
        file.display()
    ));
    let doctor = desk.run(&["doctor"], "");
    assert_eq!(doctor.status(), 3);
    assert!(doctor.stdout().contains("chmod 600"), "{}", doctor.stdout());
    assert!(!doctor.stdout().contains("very-secret"));
}

#[test]
fn the_data_folder_and_what_is_in_it_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.add("Hello", &[]);
    let mode = |name: &str| {
        let found = std::fs::metadata(desk.path(name)).unwrap();
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/plan.db"), 0o600);
    assert_eq!(mode("data/masthead.log"), 0o600);
}

#[test]
fn counting_needs_no_configuration_and_reports_malformed_lines() {
    let desk = Desk::with("this is not TOML");
    let run = desk.run(&["count", "--jsonl"], "\"Hello\"\nnonsense\n");
    assert_eq!(run.status(), 3);
    let lines: Vec<Value> = run
        .stdout()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["mastodon"]["used"], 5);
    assert!(lines[1]["error"].is_string());
    assert_eq!(
        desk.run(&["count", "--json"], "Hello").json()["x"]["used"],
        5
    );
}

#[test]
fn completions_are_printed_for_each_shell() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            desk.run(&["completions", shell], "")
                .good()
                .contains("masthead")
        );
    }
}
