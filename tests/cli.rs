//! The real binary on a sandbox: what scripts depend on, and one clear line for everything that is wrong.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot go on has failed"
)]

#[path = "cli/by_hand.rs"]
mod by_hand;
#[path = "cli/correct.rs"]
mod correct;
#[path = "cli/finding.rs"]
mod finding;
#[path = "cli/health.rs"]
mod health;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/manual.rs"]
mod manual;

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
        let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
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
        Run(child.wait_with_output().unwrap())
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

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn show_has_the_fields_of_the_contract() {
    let desk = Desk::new();
    let id = desk.add(
        "Hello",
        &[
            "--title",
            "Greeting",
            "--kind",
            "evergreen",
            "--channel",
            "sky,outbox",
            "--at",
            "2030-12-01 09:00",
        ],
    );
    let shown = desk.show(&id);
    let mut found = keys(&shown);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "channels",
            "deliveries",
            "id",
            "kind",
            "plan",
            "review",
            "text",
            "title"
        ]
    );
    assert_eq!(shown["id"], 1);
    assert_eq!(shown["title"], "Greeting");
    assert_eq!(shown["kind"], "evergreen");
    assert_eq!(shown["text"], "Hello");
    assert_eq!(
        shown["plan"],
        serde_json::json!({
            "type": "at",
            "local": "2030-12-01T09:00:00",
            "zone": "Europe/Oslo",
            "due_at": "2030-12-01T08:00:00Z"
        })
    );
    // In the order of the configuration, whatever was typed.
    assert_eq!(shown["channels"], serde_json::json!(["outbox", "sky"]));
    let delivery = &shown["deliveries"][0];
    let mut found = keys(delivery);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "attempts",
            "channel",
            "due_at",
            "local",
            "next_try",
            "permalink",
            "platform",
            "reason",
            "remote_ids",
            "state",
            "zone"
        ]
    );
    assert_eq!(delivery["state"], "waiting");
    assert_eq!(delivery["platform"], "sandbox");
    let list = desk.run(&["list", "--json"], "").json();
    assert_eq!(list, serde_json::json!([shown]));
}

#[test]
fn every_flag_reaches_the_post() {
    let desk = Desk::new();
    std::fs::write(desk.path("own.txt"), "Hello, sky\n").unwrap();
    let id = desk.add(
        "Hello",
        &[
            "--channel",
            "outbox,sky",
            "--at",
            "2030-12-01 09:00",
            "--zone",
            "America/Lima",
            "--not-before",
            "2030-12-01 08:00",
            "--not-after",
            "2030-12-02 08:00",
            "--campaign",
            "Autumn",
            "--tag",
            "a,b",
            "--cw",
            "long",
            "--lang",
            "en",
            "--visibility",
            "unlisted",
            "--link",
            "https://example.org/x",
            "--link-title",
            "A title",
            "--topic",
            "news",
            "--thread",
            "--reply-to",
            "https://example.org/y",
            "--author",
            "Ana",
            "--variant",
            &format!("sky={}", desk.path("own.txt").display()),
        ],
    );
    assert_eq!(desk.show(&id)["plan"]["due_at"], "2030-12-01T14:00:00Z");
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let part = &composed[0]["parts"][0];
    assert_eq!(composed[0]["channel"], "outbox");
    assert_eq!(composed[0]["can_leave"], true);
    assert_eq!(part["warning"], "long");
    assert_eq!(part["language"], "en");
    assert_eq!(part["visibility"], "unlisted");
    assert_eq!(composed[1]["parts"][0]["text"], "CW: long\n\nHello, sky");
    let only = desk
        .run(&["compose", &id, "--channel", "sky", "--json"], "")
        .json();
    assert_eq!(only, serde_json::json!([composed[1]]));
    assert!(desk.run(&["show", &id], "").good().contains("by Ana"));
}

#[test]
fn publish_sends_what_compose_shows_and_says_where_it_is() {
    let desk = Desk::new();
    let id = desk.add("Hello", &["--channel", "outbox,sky"]);
    assert_eq!(desk.show(&id)["deliveries"][0]["due_at"], Value::Null);
    let said = desk.run(&["publish", &id], "").good();
    assert_eq!(said.lines().count(), 2, "{said}");
    let shown = desk.show(&id);
    for delivery in shown["deliveries"].as_array().unwrap() {
        assert_eq!(delivery["state"], "published");
        assert_eq!(delivery["attempts"], 1);
        let permalink = delivery["permalink"].as_str().unwrap();
        let file = Path::new(permalink.trim_start_matches("file://"));
        let letter: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(letter["text"], "Hello");
    }
    assert_eq!(
        desk.run(&["publish", &id], "").refused(),
        format!("post {id} has left already")
    );
}

#[test]
fn publish_refuses_what_is_past_its_not_after() {
    let desk = Desk::new();
    let id = desk.add(
        "Hello",
        &["--channel", "outbox", "--not-after", "2030-01-01 09:00"],
    );
    let mut command = desk.command(&["publish", &id]);
    command.env("MASTHEAD_NOW", "2030-01-01T09:00:00Z");
    let said = desk.run_with(command, b"").refused();
    assert!(
        said.contains("“not after” time (2030-01-01 09:00 Europe/Oslo) has passed"),
        "{said}"
    );
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "waiting");
}

#[test]
fn what_cannot_leave_is_status_three_with_the_reason() {
    let desk = Desk::new();
    let id = desk.add(&"x".repeat(400), &["--channel", "outbox,sky"]);
    let run = desk.run(&["publish", &id, "--json"], "");
    assert_eq!(run.status(), 3);
    let shown: Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!(shown["deliveries"][0]["state"], "published");
    assert_eq!(shown["deliveries"][1]["state"], "failed");
    assert_ne!(shown["deliveries"][1]["reason"], "");
}

#[test]
fn the_daemon_sends_what_is_due_once_and_leaves_the_rest() {
    let desk = Desk::new();
    let due = desk.add("Due", &["--channel", "outbox", "--at", "2030-12-01 09:00"]);
    let later = desk.add(
        "Later",
        &["--channel", "outbox", "--at", "2030-12-01 10:00"],
    );
    let mut command = desk.command(&["daemon", "--once"]);
    command.env("MASTHEAD_NOW", "2030-12-01T08:00:05Z;frozen");
    let run = desk.run_with(command, b"");
    assert_eq!(run.status(), 0, "{}", run.stderr());
    assert!(
        run.stderr().contains("post 1 on outbox: published file://"),
        "{}",
        run.stderr()
    );
    assert_eq!(desk.show(&due)["deliveries"][0]["state"], "published");
    assert_eq!(desk.show(&later)["deliveries"][0]["state"], "waiting");
}

#[test]
fn a_post_that_nobody_sent_in_time_is_missed_and_says_so() {
    let desk = Desk::new();
    let id = desk.add("Late", &["--channel", "outbox", "--at", "2030-12-01 09:00"]);
    let mut command = desk.command(&["daemon", "--once"]);
    command.env("MASTHEAD_NOW", "2030-12-01T08:16:00Z;frozen");
    desk.run_with(command, b"").good();
    let delivery = &desk.show(&id)["deliveries"][0];
    assert_eq!(delivery["state"], "missed");
    assert_eq!(
        delivery["reason"],
        "nothing was publishing at its time; the grace was 15 min"
    );
}

#[test]
fn a_running_daemon_sends_for_publish_and_ends_on_a_signal() {
    let desk = Desk::new();
    let id = desk.add("Hello", &["--channel", "outbox"]);
    let mut daemon = desk.command(&["daemon"]).spawn().unwrap();
    let leads = |desk: &Desk| {
        let found = desk.run(&["doctor", "--json"], "");
        found.stdout().contains("daemon publishes")
    };
    let end = Instant::now() + Duration::from_secs(20);
    while !leads(&desk) {
        assert!(Instant::now() < end, "the daemon does not lead");
        std::thread::sleep(Duration::from_millis(50));
    }
    let second = desk.run(&["daemon", "--once"], "");
    assert!(
        second
            .stderr()
            .contains("daemon publishes from this database")
    );
    desk.run(&["publish", &id], "").good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
    let killed = Command::new("kill")
        .args(["-TERM", &daemon.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(daemon.wait().unwrap().code(), Some(0));
    let end = daemon.stderr.take().map(|mut stderr| {
        let mut said = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
        said
    });
    assert!(end.unwrap().contains("post 1 on outbox: published"));
}

#[test]
fn a_post_is_edited_moved_skipped_trashed_and_brought_back() {
    let desk = Desk::new();
    let id = desk.add(
        "Hello",
        &["--channel", "outbox", "--at", "2030-03-30 09:00"],
    );
    desk.run(
        &["edit", &id, "--title", "New", "--channel", "outbox,sky"],
        "Hello again\n",
    )
    .good();
    let shown = desk.show(&id);
    assert_eq!(
        (&shown["title"], &shown["text"]),
        (&"New".into(), &"Hello again".into())
    );
    assert_eq!(shown["deliveries"].as_array().unwrap().len(), 2);
    // Over the clock change it keeps its clock time.
    desk.run(&["move", &id, "+1d"], "").good();
    assert_eq!(desk.show(&id)["plan"]["due_at"], "2030-03-31T07:00:00Z");
    desk.run(&["undo"], "").good();
    assert_eq!(desk.show(&id)["plan"]["due_at"], "2030-03-30T08:00:00Z");
    desk.run(&["move", &id, "shelf"], "").good();
    assert_eq!(desk.show(&id)["plan"]["type"], "shelf");
    desk.run(&["skip", &id, "--channel", "sky"], "").good();
    assert_eq!(desk.show(&id)["deliveries"][1]["state"], "skipped");
    desk.run(&["trash", &id], "").good();
    assert_eq!(
        desk.run(&["list", "--json"], "").json(),
        serde_json::json!([])
    );
    let all = desk.run(&["list", "--trashed", "--json"], "").json();
    assert_eq!(all.as_array().unwrap().len(), 1);
    desk.run(&["trash", &id, "--back"], "").good();
    desk.run(&["approve", &id], "").good();
    assert_eq!(desk.show(&id)["review"], "approved");
}

#[test]
fn an_edit_of_another_revision_is_refused_and_nothing_changes() {
    let desk = Desk::new();
    let id = desk.add("Hello", &[]);
    desk.run(&["edit", &id, "--revision", "1"], "second").good();
    desk.run(&["edit", &id, "--revision", "1"], "third")
        .refused();
    assert_eq!(desk.show(&id)["text"], "second");
}

#[test]
fn a_list_is_limited_to_a_range() {
    let desk = Desk::new();
    for day in ["01", "02", "03"] {
        let at = format!("2030-12-{day} 09:00");
        desk.add(day, &["--channel", "outbox", "--at", &at]);
    }
    let list = desk.run(
        &[
            "list",
            "--from",
            "2030-12-02",
            "--to",
            "2030-12-03",
            "--json",
        ],
        "",
    );
    let texts: Vec<Value> = list
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|post| post["text"].clone())
        .collect();
    assert_eq!(texts, ["02"]);
}

#[test]
fn bad_input_gets_one_clear_line() {
    let desk = Desk::new();
    let refused = |arguments: &[&str], stdin: &str| {
        let mut all = vec!["add"];
        all.extend(arguments);
        desk.run(&all, stdin).refused()
    };
    assert_eq!(
        refused(&["--channel", "outbx"], "Hello"),
        "there is no channel `outbx`; did you mean `outbox`? (configured: outbox, sky)"
    );
    assert_eq!(
        refused(&["--channel", "outbox"], " \n"),
        "there is nothing to post: the text is empty and no picture is attached"
    );
    assert_eq!(
        refused(&["--channel", "outbox", "--reply-to", "xx"], "Hello"),
        "--reply-to: `xx` is neither the number of a post nor an address; write 12, or https://…"
    );
    assert_eq!(
        refused(&["--approve"], "Hello"),
        "--approve needs --channel: without one there is nothing to approve"
    );
    let missing = refused(
        &["--channel", "outbox", "--attach", "/nowhere/a.png"],
        "Hello",
    );
    assert!(missing.contains("/nowhere/a.png"), "{missing}");
    let text = desk.path("text.png");
    std::fs::write(&text, "this is no picture").unwrap();
    let odd = refused(&["--attach", &text.display().to_string()], "Hello");
    assert!(odd.contains("text.png"), "{odd}");
    assert_eq!(
        refused(
            &["--channel", "outbox", "--at", "2020-01-01 09:00"],
            "Hello"
        ),
        "--at: 2020-01-01 09:00 Europe/Oslo is in the past"
    );
    assert!(refused(&["--channel", "outbox", "--at", "whenever"], "Hello").contains("`whenever`"));
    assert_eq!(
        refused(
            &["--zone", "Europe/Olso", "--at", "2030-01-01 09:00"],
            "Hello"
        ),
        "--zone: there is no time zone `Europe/Olso`; did you mean `Europe/Oslo`?"
    );
    assert_eq!(
        refused(&["--at", "2030-01-01 09:00"], "Hello"),
        "it has a time but no channel: name one with --channel (configured: outbox, sky)"
    );
    assert!(refused(&["--link", "not an address"], "Hello").contains("--link"));
    assert!(refused(&["--lang", "x!"], "Hello").contains("--lang"));
    assert!(refused(&["--reply-to", "99"], "Hello").contains("99"));
    assert!(desk.run(&["show", "7"], "").refused().contains('7'));
    let not_utf8 = desk.run_with(desk.command(&["add"]), b"\xff\xfe");
    assert!(not_utf8.refused().contains("UTF-8"));
    assert_eq!(
        desk.run(&["list", "--json"], "").json(),
        serde_json::json!([])
    );
}

#[test]
fn wrong_usage_is_status_two() {
    let desk = Desk::new();
    for arguments in [
        &["add", "--alt", "a graph"][..],
        &["add", "--kind", "sometimes"],
        &["add", "--at", "2030-01-01 09:00", "--queue"],
        &["show"],
        &["frobnicate"],
    ] {
        assert_eq!(desk.run(arguments, "Hello").status(), 2, "{arguments:?}");
    }
}

#[test]
fn an_invalid_configuration_names_file_line_key_and_what_was_meant() {
    let desk = Desk::with("timezone = \"Europe/Oslo\"\n[channels.a]\nplatfrom = \"sandbox\"\n");
    let said = desk.run(&["list"], "").refused();
    assert!(
        said.ends_with("(and 1 more; `masthead doctor` lists them)"),
        "{said}"
    );
    let doctor = desk.run(&["doctor"], "");
    assert_eq!(doctor.status(), 3);
    assert!(
        doctor.stdout().contains(
            "config.toml:3: unknown key `platfrom` in [channels.a]; did you mean `platform`?"
        ),
        "{}",
        doctor.stdout()
    );
    let mut missing = desk.command(&["list"]);
    missing.env("MASTHEAD_CONFIG", desk.path("nowhere.toml"));
    let said = desk.run_with(missing, b"").refused();
    assert!(
        said.ends_with("nowhere.toml: there is no such file"),
        "{said}"
    );
}

/// Leaves a due post as a publisher does that lost the answer, so long ago that it cannot arrive any more.
fn lose_the_answer(desk: &Desk, id: &str) {
    let now = chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(20_000);
    let store = masthead::store::Store::open(&desk.path("data/plan.db"), now).unwrap();
    let lease = store.try_lead("lost", now).unwrap().unwrap();
    let (fence, post) = (lease.fence, masthead::domain::PostId(id.parse().unwrap()));
    store
        .wait(move |db| {
            let delivery = db.post(post)?.deliveries[0].id;
            assert!(db.claim(fence, delivery, now)?);
            let request = masthead::domain::AttemptRequest::default();
            let attempt = db.begin_attempt(fence, delivery, 0, &request, now, now)?;
            let lost = masthead::domain::Outcome::Unknown {
                reason: "the answer was lost".to_owned(),
            };
            db.finish_attempt(attempt, &lost, now)?;
            let change = masthead::store::DeliveryChange {
                state: masthead::domain::DeliveryState::Unknown,
                reason: "the answer was lost".to_owned(),
                next_try: None,
                permalink: None,
                tries: 0,
            };
            db.change_delivery(fence, delivery, &change, now)
        })
        .unwrap();
}

#[test]
fn a_person_settles_an_unknown_outcome() {
    let desk = Desk::new();
    let due = ["--channel", "outbox", "--at", "2030-01-01 09:00"];
    let id = desk.add("hello", &due);
    let mark = ["mark", &id, "--channel", "outbox"];
    let with = |said: &[&str]| desk.run(&[&mark[..], said].concat(), "");
    assert_eq!(with(&[]).0.status.code(), Some(2));
    assert_eq!(with(&["--there", "--not-there"]).0.status.code(), Some(2));
    let early = with(&["--there"]);
    assert_eq!(early.0.status.code(), Some(1));
    assert!(
        early.stderr().contains("is waiting on outbox"),
        "{}",
        early.stderr()
    );

    lose_the_answer(&desk, &id);
    with(&["--there", "https://example.org/1"]).good();
    let delivery = &desk.show(&id)["deliveries"][0];
    assert_eq!(delivery["state"], "published");
    assert_eq!(delivery["permalink"], "https://example.org/1");
    assert_eq!(delivery["reason"], "tester says that it is there");

    let id = desk.add("again", &due);
    lose_the_answer(&desk, &id);
    desk.run(&["mark", &id, "--channel", "outbox", "--not-there"], "")
        .good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "waiting");
    desk.run(&["daemon", "--once"], "").good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
}

#[test]
fn a_time_that_the_clocks_skip_or_repeat_is_said_and_taken_as_the_rule_says() {
    let desk = Desk::new();
    let skipped = desk.run(
        &["add", "--channel", "outbox", "--at", "2030-03-31 02:30"],
        "Hello",
    );
    assert_eq!(skipped.good().trim(), "1");
    assert_eq!(
        skipped.stderr().trim(),
        "masthead: 2030-03-31 02:30 does not exist in Europe/Oslo: the clocks skip it; it is 03:00 then"
    );
    assert_eq!(desk.show("1")["plan"]["due_at"], "2030-03-31T01:00:00Z");
    let twice = desk.run(
        &["add", "--channel", "outbox", "--at", "2030-10-27 02:30"],
        "Hello",
    );
    twice.good();
    assert!(
        twice.stderr().contains("exists twice"),
        "{}",
        twice.stderr()
    );
    assert_eq!(desk.show("2")["plan"]["due_at"], "2030-10-27T00:30:00Z");
}

#[test]
fn escape_bytes_never_reach_the_terminal_and_controls_are_not_kept() {
    let desk = Desk::new();
    let id = desk.add(
        "a\u{1b}[31mred\u{0} \u{202e}turned e\u{301}\u{301}\r\nsecond\u{7}",
        &["--title", "t\u{1b}]0;x\u{7}", "--channel", "outbox"],
    );
    assert_eq!(
        desk.show(&id)["text"],
        "a[31mred \u{202e}turned e\u{301}\u{301}\nsecond"
    );
    for arguments in [&["show", id.as_str()][..], &["list"], &["compose", &id]] {
        let shown = desk.run(arguments, "").good();
        assert!(
            !shown.chars().any(masthead::domain::text_safety::is_unsafe),
            "{arguments:?}: {shown:?}"
        );
    }
    let error = desk
        .run(&["add", "--channel", "x\u{1b}[2J"], "Hello")
        .refused();
    assert!(!error.contains('\u{1b}'), "{error:?}");
}

#[test]
fn pictures_keep_the_order_and_alt_text_of_the_command_line() {
    let desk = Desk::new();
    let picture = |name: &str, shade: u8| {
        let path = desk.path(name);
        image::GrayImage::from_pixel(4, 4, image::Luma([shade]))
            .save(&path)
            .unwrap();
        path.display().to_string()
    };
    let (one, two, three) = (
        picture("1.png", 1),
        picture("2.png", 2),
        picture("3.png", 3),
    );
    let id = desk.add(
        "Three",
        &[
            "--channel",
            "outbox",
            "--attach",
            &one,
            "--alt",
            "first",
            "--attach",
            &two,
            "--attach",
            &three,
            "--alt",
            "third",
        ],
    );
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let media = &composed[0]["parts"][0]["media"];
    let shown: Vec<(&str, &str)> = media
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["alt"].as_str().unwrap()))
        .collect();
    assert_eq!(
        shown,
        [("1.png", "first"), ("2.png", ""), ("3.png", "third")]
    );
    desk.run(&["publish", &id], "").good();
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
fn a_wrong_masthead_now_is_one_line() {
    let desk = Desk::new();
    let mut command = desk.command(&["list"]);
    command.env("MASTHEAD_NOW", "yesterday");
    assert!(
        desk.run_with(command, b"")
            .refused()
            .starts_with("MASTHEAD_NOW")
    );
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

#[test]
fn a_mastodon_server_on_this_machine_gets_the_thread_and_its_limits_are_kept() {
    use wiremock::matchers::{header, method, path};
    use wiremock::{Mock, MockServer, Request, ResponseTemplate};
    let tasks = tokio::runtime::Runtime::new().unwrap();
    let server = tasks.block_on(async {
        let server = MockServer::start().await;
        let json = |value: Value| ResponseTemplate::new(200).set_body_json(value);
        let answers = |verb: &str, at: &str| {
            Mock::given(method(verb))
                .and(path(at))
                .and(header("authorization", "Bearer very-secret"))
        };
        answers("GET", "/api/v1/accounts/verify_credentials")
            .respond_with(json(serde_json::json!({
                "id": "7", "username": "ana", "acct": "ana", "url": "https://example.social/@ana"
            })))
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .and(path("/api/v2/instance"))
            .respond_with(json(serde_json::json!({
                "configuration": { "statuses": {
                    "max_characters": 40, "max_media_attachments": 4, "characters_reserved_per_url": 23
                } }
            })))
            .mount(&server)
            .await;
        answers("POST", "/api/v1/statuses")
            .respond_with(|request: &Request| {
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                let text = body["status"].as_str().unwrap();
                let id = text.len().to_string();
                ResponseTemplate::new(200).set_body_json(serde_json::json!({
                    "id": id, "url": format!("https://example.social/@ana/{id}"), "visibility": "public"
                }))
            })
            .mount(&server)
            .await;
        server
    });
    let desk = Desk::with(&format!(
        "[channels.far]\nplatform = \"mastodon\"\nurl = \"{}\"\ntoken_env = \"FAR_TOKEN\"\n",
        server.uri()
    ));
    let id = desk.add(
        "First part\n---\nThe second",
        &["--channel", "far", "--thread"],
    );
    let run = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        command.env("FAR_TOKEN", "very-secret");
        desk.run_with(command, b"")
    };
    let said = run(&["publish", &id]).good();
    assert_eq!(said.trim(), "far: published https://example.social/@ana/10");
    assert_eq!(
        desk.show(&id)["deliveries"][0]["remote_ids"],
        serde_json::json!(["10", "10"])
    );
    let sent: Vec<Value> = tasks
        .block_on(server.received_requests())
        .unwrap()
        .iter()
        .filter(|request| request.method.as_str() == "POST")
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    assert_eq!(sent[0]["status"], "First part");
    assert_eq!(sent[1]["in_reply_to_id"], "10");
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    assert_eq!(composed[0]["parts"][0]["count"]["text"]["limit"], 40);
    let row = &desk.run(&["channels", "--json"], "").json()[0];
    assert_eq!(
        row["account"].as_str().map(|it| it.starts_with("@ana")),
        Some(true)
    );
    // Nothing that was written down holds the secret.
    let log = std::fs::read_to_string(desk.path("data/masthead.log")).unwrap();
    assert!(!log.contains("very-secret"));
}

/// The plan's clock stands still.
fn at_noon(desk: &Desk, minutes: u32, arguments: &[&str]) -> Run {
    let mut command = desk.command(arguments);
    let now = format!(
        "2030-12-01T{:02}:{:02}:00Z;frozen",
        12 + minutes / 60,
        minutes % 60
    );
    command.env("MASTHEAD_NOW", now);
    desk.run_with(command, b"")
}

fn lines_of(run: &Run) -> Vec<String> {
    run.good().lines().map(str::to_owned).collect()
}

#[test]
fn while_frozen_publish_and_daemon_once_are_refused_with_the_reason_and_a_thaw_says_what_leaves() {
    let desk = Desk::new();
    let id = desk.add(
        "Hello",
        &["--channel", "outbox", "--at", "2030-12-01 13:00"],
    );
    let late = desk.add("Late", &["--channel", "sky", "--at", "2030-12-01 12:00"]);
    let told = at_noon(&desk, 1, &["freeze", "--reason", "wrong link"]).good();
    assert_eq!(
        told,
        "frozen by tester, \"wrong link\", since 2030-12-01 13:01: nothing leaves\n"
    );
    let reason = "frozen by tester, \"wrong link\", since 2030-12-01 13:01";
    assert_eq!(
        at_noon(&desk, 2, &["publish", &id]).refused(),
        format!("post {id} is not sent: everything is {reason}")
    );
    assert_eq!(
        at_noon(&desk, 2, &["daemon", "--once"]).refused(),
        format!("nothing is sent: everything is {reason}")
    );
    assert!(
        at_noon(&desk, 2, &["freeze"])
            .refused()
            .contains("wrong link")
    );
    assert!(at_noon(&desk, 2, &["list"]).stderr().contains(reason));
    assert!(at_noon(&desk, 2, &["show", &id]).stderr().contains(reason));
    let doctor = at_noon(&desk, 2, &["doctor"]).stdout();
    assert!(
        doctor.contains("everything is frozen by tester"),
        "{doctor}"
    );
    let would = lines_of(&at_noon(&desk, 2, &["thaw", "--dry-run"]));
    let missed = format!(
        "post {late} on sky: missed: its time passed while everything was frozen by tester, \"wrong link\""
    );
    let leaves = format!("post {id} on outbox: leaves now");
    assert_eq!(
        would,
        [
            missed.clone(),
            leaves.clone(),
            "would be thawed; 2 held".to_owned()
        ]
    );
    assert_eq!(desk.show(&late)["deliveries"][0]["state"], "waiting");
    let did = lines_of(&at_noon(&desk, 2, &["thaw"]));
    assert_eq!(did, [missed, leaves, "thawed; 2 held".to_owned()]);
    assert_eq!(desk.show(&late)["deliveries"][0]["state"], "missed");
    at_noon(&desk, 2, &["daemon", "--once"]).good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
    assert_eq!(at_noon(&desk, 2, &["thaw"]).refused(), "nothing is frozen");
}

#[test]
fn a_dry_run_lists_each_call_in_order_with_what_would_stop_it_and_sends_nothing() {
    let desk = Desk::new();
    let second = desk.add(
        "Second",
        &["--channel", "outbox", "--at", "2030-12-01 15:00"],
    );
    let first = desk.add(
        "First",
        &["--channel", "outbox,sky", "--at", "2030-12-01 14:00"],
    );
    let over = desk.add(
        &"long ".repeat(100),
        &["--channel", "sky", "--at", "2030-12-01 16:00"],
    );
    desk.add("Later", &["--channel", "sky", "--at", "2030-12-03 09:00"]);
    let ended = desk.add(
        "Ended",
        &[
            "--channel",
            "sky",
            "--at",
            "2030-12-01 12:58",
            "--not-after",
            "2030-12-01 12:59",
        ],
    );
    let until = ["simulate", "--until", "2030-12-02", "--json"];
    let calls = at_noon(&desk, 0, &until).json();
    let told: Vec<(String, &str, bool)> = calls
        .as_array()
        .unwrap()
        .iter()
        .map(|call| {
            (
                call["post"].to_string(),
                call["channel"].as_str().unwrap(),
                call["leaves"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (ended, "sky", false),
            (first.clone(), "outbox", true),
            (first, "sky", true),
            (second, "outbox", true),
            (over, "sky", false),
        ]
    );
    assert_eq!(
        calls[0]["problems"][0],
        "too late: its “not after” time has passed"
    );
    assert_eq!(calls[1]["at"], "2030-12-01T13:00:00Z");
    assert_eq!(calls[1]["parts"][0]["text"], "First");
    assert_eq!(calls[1]["parts"][0]["used"], 5);
    assert_eq!(calls[1]["parts"][0]["limit"], 500);
    at_noon(&desk, 0, &["freeze"]).good();
    let frozen = at_noon(&desk, 0, &until).json();
    let all = frozen.as_array().unwrap();
    assert!(
        all.iter()
            .all(|call| call["leaves"] == false && call["problems"][0] == "frozen by tester")
    );
    let text = at_noon(&desk, 0, &["simulate", "--until", "2030-12-02"]);
    assert!(
        text.good()
            .ends_with("until 2030-12-02 00:00: 0 leave, 5 would not\n")
    );
    assert!(!desk.path("data/outbox").exists() || desk.show("1")["deliveries"][0]["attempts"] == 0);
}
