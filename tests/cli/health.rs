//! Whether all is well, who hears of it when it is not, copies and the way back: with the real binary.

use super::{Desk, Run};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

const DUE: &str = "2030-12-01T08:00:05Z;frozen";
const LATE: &str = "2030-12-01T10:00:00Z;frozen";

fn at(desk: &Desk, clock: &str, arguments: &[&str]) -> Run {
    let mut command = desk.command(arguments);
    command.env("MASTHEAD_NOW", clock);
    desk.run_with(command, b"")
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn terminate(daemon: &mut Child) {
    let asked = Command::new("kill")
        .args(["-TERM", &daemon.id().to_string()])
        .status();
    assert!(asked.unwrap().success());
    assert_eq!(daemon.wait().unwrap().code(), Some(0));
}

fn planned(desk: &Desk, text: &str) -> String {
    desk.add(text, &["--channel", "outbox", "--at", "2030-12-01 09:00"])
}

fn outbox(desk: &Desk) -> usize {
    std::fs::read_dir(desk.path("data/outbox/outbox")).map_or(0, Iterator::count)
}

#[test]
fn status_is_zero_when_all_is_well_and_three_when_something_needs_a_person() {
    let desk = Desk::new();
    let id = planned(&desk, "Hello");
    let run = desk.run(&["status", "--json"], "");
    let well = run.json();
    assert_eq!(well["needs_you"], false);
    assert_eq!(well["next"]["post"], 1);
    assert_eq!(well["next"]["at"], "2030-12-01T08:00:00Z");
    assert_eq!(well["next"]["channels"], serde_json::json!(["outbox"]));
    assert_eq!(
        well["database"]["schema"].as_i64().map(|it| it > 0),
        Some(true)
    );
    assert!(desk.run(&["status"], "").good().contains("all is well"));

    // Past its time while nobody publishes, and not yet looked at by anybody.
    let late = at(&desk, LATE, &["status", "--json"]);
    assert_eq!(late.status(), 3);
    let shown: Value = serde_json::from_str(&late.stdout()).unwrap();
    assert_eq!(
        (&shown["overdue"], &shown["missed"]),
        (&1.into(), &0.into())
    );

    at(&desk, LATE, &["daemon", "--once"]).good();
    let missed = desk.run(&["status"], "");
    assert_eq!(missed.status(), 3);
    let said = missed.stdout();
    assert!(
        said.contains("0 unknown, 0 failed, 1 missed, 0 overdue"),
        "{said}"
    );
    assert!(said.contains("1 on outbox: missed"), "{said}");
    assert!(said.contains("something needs you"), "{said}");
    assert!(said.lines().count() <= 8, "{said}");

    desk.run(&["skip", &id], "").good();
    assert_eq!(desk.run(&["status"], "").status(), 0);
}

#[test]
fn status_that_cannot_be_told_is_one_and_makes_no_database() {
    let desk = Desk::new();
    let said = desk.run(&["status"], "").refused();
    assert!(said.contains("there is no database"), "{said}");
    assert!(!desk.path("data/plan.db").exists());
    std::fs::create_dir_all(desk.path("data")).unwrap();
    std::fs::write(desk.path("data/plan.db"), "not a database at all").unwrap();
    desk.run(&["status"], "").refused();
}

#[test]
fn a_channel_whose_secret_cannot_be_read_needs_a_person() {
    let desk = Desk::with(
        "[channels.far]\nplatform = \"mastodon\"\nurl = \"https://example.social\"\ntoken_file = \"/no/such\"\n",
    );
    desk.add("Hello", &[]);
    let run = desk.run(&["status", "--json"], "");
    assert_eq!(run.status(), 3);
    let shown: Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!(shown["secrets"][0]["channel"], "far");
    assert!(
        shown["secrets"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("/no/such")
    );
}

#[test]
fn a_restored_copy_does_not_send_again_what_went_out_after_it_was_taken() {
    let desk = Desk::new();
    let id = planned(&desk, "Once only");
    let copy = desk.path("copy.db");
    let copy = copy.to_str().unwrap();
    assert!(desk.run(&["backup", copy], "").good().contains("checked"));
    let mode = std::fs::metadata(copy).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let again = desk.run(&["backup", copy], "").refused();
    assert!(again.contains("exists already"), "{again}");

    at(&desk, DUE, &["daemon", "--once"]).good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
    assert_eq!(outbox(&desk), 1);

    let restored = at(&desk, DUE, &["restore", copy, "--json"]).json();
    assert_eq!(
        (&restored["missed"], &restored["unknown"]),
        (&1.into(), &0.into())
    );
    assert!(std::path::Path::new(restored["kept_aside"].as_str().unwrap()).exists());
    let delivery = &desk.show(&id)["deliveries"][0];
    assert_eq!(delivery["state"], "missed");
    let reason = delivery["reason"].as_str().unwrap();
    assert!(reason.starts_with("restored from a copy of "), "{reason}");
    at(&desk, DUE, &["daemon", "--once"]).good();
    assert_eq!(outbox(&desk), 1);
}

#[test]
fn nothing_is_restored_under_a_running_daemon() {
    let desk = Desk::new();
    let id = desk.add("Hello", &["--channel", "outbox"]);
    let copy = desk.path("copy.db");
    let copy = copy.to_str().unwrap();
    let mut daemon = desk.command(&["daemon"]).spawn().unwrap();
    eventually("the daemon leads", || {
        let shown = desk.run(&["status", "--json"], "").stdout();
        shown.contains("\"alive\":true")
    });
    desk.run(&["backup", copy], "").good();
    let refused = desk.run(&["restore", copy], "").refused();
    assert!(refused.contains("publishes from"), "{refused}");
    desk.run(&["publish", &id], "").good();
    eventually("the copy of the day", || {
        std::fs::read_dir(desk.path("data/backups")).map_or(0, Iterator::count) == 1
    });
    terminate(&mut daemon);
    desk.run(&["restore", copy], "").good();
}

#[test]
fn the_service_manager_hears_that_the_daemon_is_ready_alive_and_ending() {
    let desk = Desk::new();
    desk.add("Hello", &[]);
    let path = desk.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let heard = || {
        let mut bytes = [0; 100];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let mut command = desk.command(&["daemon"]);
    command
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "6000000");
    let mut daemon = command.spawn().unwrap();
    assert_eq!(heard(), "READY=1");
    assert_eq!(heard(), "WATCHDOG=1");
    terminate(&mut daemon);
    while heard() != "STOPPING=1" {}
}

#[test]
fn one_notice_is_given_for_a_burst_and_none_for_what_was_told_before() {
    let desk = Desk::new();
    let notices = desk.path("notices");
    let config = format!(
        "notify_command = [\"sh\", \"-c\", \"cat >> {0}; echo === >> {0}\"]\n{1}",
        notices.display(),
        super::CONFIG
    );
    std::fs::write(desk.path("config.toml"), config).unwrap();
    for text in ["One", "Two", "Three"] {
        planned(&desk, text);
    }
    at(&desk, LATE, &["daemon", "--once"]).good();
    let told = std::fs::read_to_string(&notices).unwrap();
    assert!(
        told.starts_with("Masthead: 3 posts missed the time to go out\n"),
        "{told}"
    );
    assert_eq!(told.matches("===").count(), 1);
    at(&desk, LATE, &["daemon", "--once"]).good();
    assert_eq!(std::fs::read_to_string(&notices).unwrap(), told);

    // A running daemon tells what happens while it runs, and a command that fails ends nothing.
    let long = desk.add(&"x".repeat(600), &["--channel", "outbox"]);
    let mut daemon = desk.command(&["daemon"]).spawn().unwrap();
    eventually("the daemon leads", || {
        let shown = desk.run(&["status", "--json"], "").stdout();
        shown.contains("\"alive\":true")
    });
    assert_eq!(desk.run(&["publish", &long], "").status(), 3);
    eventually("a notice of the failure", || {
        std::fs::read_to_string(&notices).is_ok_and(|all| all.contains("1 post failed"))
    });
    terminate(&mut daemon);
}

#[test]
fn a_token_that_a_server_throws_back_is_not_in_the_log_nor_in_a_copy() {
    use wiremock::matchers::any;
    use wiremock::{Mock, MockServer, Request, ResponseTemplate};
    let tasks = tokio::runtime::Runtime::new().unwrap();
    let server = tasks.block_on(async {
        let server = MockServer::start().await;
        let echo = |request: &Request| {
            let sent = request.headers.get("authorization");
            let sent = sent.and_then(|value| value.to_str().ok()).unwrap_or("none");
            ResponseTemplate::new(401).set_body_json(serde_json::json!({ "error": sent }))
        };
        Mock::given(any()).respond_with(echo).mount(&server).await;
        server
    });
    let desk = Desk::with(&format!(
        "[channels.far]\nplatform = \"mastodon\"\nurl = \"{}\"\ntoken_env = \"FAR_TOKEN\"\n",
        server.uri()
    ));
    let id = desk.add("Hello", &["--channel", "far"]);
    let mut command = desk.command(&["publish", &id]);
    command.env("FAR_TOKEN", "very-secret");
    let run = desk.run_with(command, b"");
    assert!(!run.stdout().contains("very-secret"), "{}", run.stdout());
    assert!(!run.stderr().contains("very-secret"), "{}", run.stderr());
    let copy = desk.path("copy.db");
    desk.run(&["backup", copy.to_str().unwrap()], "").good();
    for file in ["data/masthead.log", "copy.db", "data/plan.db"] {
        let bytes = std::fs::read(desk.path(file)).unwrap();
        let found = bytes.windows(11).any(|part| part == b"very-secret");
        assert!(!found, "the token is in {file}");
    }
}
