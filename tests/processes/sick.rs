//! A full disk, a locked database and a network that is away, under a real screen: it says so, and the text stays.

use crate::desk::{Desk, deliveries, until};
use crate::server;
use chrono::TimeDelta;
use masthead::domain::DeliveryState;
use masthead::store::Store;
use rusqlite::Connection;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const ESC: &str = "\x1b";

/// The texts that are saved.
fn texts(store: &Store) -> Vec<String> {
    let all = store.wait(|db| db.list(None, None, false, 100)).unwrap();
    all.into_iter().map(|view| view.post.content.text).collect()
}

#[test]
fn a_locked_database_is_said_and_the_text_is_kept_and_the_post_leaves_once_it_is_free() {
    let desk = Desk::new(None);
    let store = desk.store();
    let mut screen = desk.screen();
    screen.wait_for("publishing");
    screen.send("a");
    screen.wait_for("Esc saves");
    let post = desk.add(
        &store,
        "due meanwhile",
        server::now() + TimeDelta::seconds(1),
        &["outbox"],
    );
    let held = Connection::open(desk.database()).unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    screen.send("typed while it was locked");
    screen.wait_for("typed while it was locked");
    screen.wait_for("NOT SAVED");
    screen.wait_for("Your text is kept here");
    screen.wait_for("NOT PUBLISHING");
    assert_eq!(desk.outbox(), 0);
    held.execute_batch("ROLLBACK").unwrap();
    screen.wait_until("the alarms to end", |shown| {
        !shown.contains("NOT SAVED") && !shown.contains("NOT PUBLISHING")
    });
    until("the post", || {
        deliveries(&store, post)[0].state == DeliveryState::Published
    });
    screen.send(ESC);
    screen.wait_for("Saved");
    assert!(texts(&store).contains(&"typed while it was locked".to_owned()));
    assert_eq!(desk.outbox(), 1);
    assert_eq!(deliveries(&store, post)[0].attempts, 1);
}

#[test]
fn a_network_that_is_away_is_said_with_since_when_and_what_waits_and_each_post_leaves_once() {
    // A port on which nobody listens yet.
    let (address, _) = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        (listener.local_addr().unwrap(), ())
    };
    let desk = Desk::new(Some(address));
    let store = desk.store();
    let screen = desk.screen();
    screen.wait_for("publishing");
    let posts = ["one", "two"].map(|text| desk.add(&store, text, server::now(), &["mock"]));
    let shown = screen.wait_for("OFFLINE since ");
    println!("{}", shown.lines().next().unwrap_or_default());
    screen.wait_for(", 2 wait");
    let (_, arrived) = server::start(&address.to_string());
    screen.wait_until("the network", |shown| !shown.contains("OFFLINE"));
    until("both posts", || {
        posts
            .iter()
            .all(|post| deliveries(&store, *post)[0].state == DeliveryState::Published)
    });
    let counted = arrived.count();
    assert!(
        counted.len() == 2 && counted.values().all(|times| *times == 1),
        "{counted:?}"
    );
}

/// Set for the copy of this program that runs on a disk of its own.
const SMALL_DISK: &str = "MASTHEAD_TEST_SMALL_DISK";

/// Fills what is left of a disk, to the last byte.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("filler");
    let mut file = File::create(&path).unwrap();
    for size in [65_536, 512, 1] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
    path
}

#[test]
fn on_a_full_disk_the_screen_says_so_keeps_the_text_and_publishes_once_there_is_room() {
    if std::env::var_os(SMALL_DISK).is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=4m masthead \"$MASTHEAD_TEST_SMALL_DISK\" || exit 77; exec \"$0\" \"$@\"";
    let ran = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", mount])
        .arg(std::env::current_exe().unwrap())
        .args([
            "sick::inside_a_disk_of_four_megabytes",
            "--exact",
            "--nocapture",
        ])
        .env(SMALL_DISK, folder.path())
        .env("TMPDIR", folder.path())
        .output();
    match ran {
        Ok(ran) if ran.status.success() => {
            let said = String::from_utf8_lossy(&ran.stdout).into_owned();
            assert!(said.contains("under a real screen:"), "{said}");
            print!("{said}");
        }
        Ok(ran) => {
            let why = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert!(!why.contains("panicked"), "{why}");
            println!("skipped: no disk of its own can be mounted here: {why}");
        }
        Err(error) => println!("skipped: unshare cannot be run here: {error}"),
    }
}

#[test]
fn inside_a_disk_of_four_megabytes() {
    let Some(disk) = std::env::var_os(SMALL_DISK) else {
        return;
    };
    let disk = Path::new(&disk);
    let desk = Desk::new(None);
    let store = desk.store();
    let mut screen = desk.screen();
    screen.wait_for("publishing");
    // The screen's copy of the day, made a few seconds after the start, must not be what finds the disk full.
    std::thread::sleep(Duration::from_secs(7));
    screen.send("a");
    screen.wait_for("Esc saves");
    screen.send("before, ");
    screen.wait_for("before,");
    let post = desk.add(
        &store,
        "due",
        server::now() + TimeDelta::seconds(2),
        &["outbox"],
    );
    screen.rest(Duration::from_millis(300));
    let filler = fill(disk);
    screen.send("and on a full disk");
    let shown = screen.wait_for("NOT SAVED");
    println!(
        "under a real screen: {}",
        shown.lines().next().unwrap_or_default()
    );
    screen.wait_for("Your text is kept here");
    screen.wait_for("NOT PUBLISHING");
    let shown = screen.wait_for("before, and on a full disk");
    println!(
        "under a real screen: {}",
        shown.lines().last().unwrap_or_default()
    );
    screen.send("\x03");
    screen.wait_for("only on this screen");
    assert_eq!(desk.outbox(), 0);
    std::fs::remove_file(filler).unwrap();
    screen.wait_until("the alarms to end", |shown| {
        !shown.contains("NOT SAVED") && !shown.contains("NOT PUBLISHING")
    });
    until("the post", || {
        deliveries(&store, post)[0].state == DeliveryState::Published
    });
    screen.send(ESC);
    screen.wait_for("Saved");
    assert!(texts(&store).contains(&"before, and on a full disk".to_owned()));
    assert_eq!(
        (desk.outbox(), deliveries(&store, post)[0].attempts),
        (1, 1)
    );
}
