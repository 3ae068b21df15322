//! Which database a command works with: one that was named and is not there, and one on a network file system.

use super::*;

/// Every command that works with posts that are there, or only looks.
const LOOKING: &[&[&str]] = &[
    &["list"],
    &["agenda"],
    &["show", "1"],
    &["compose", "1"],
    &["review"],
    &["simulate", "--until", "2030-01-01"],
    &["channels"],
    &["status"],
    &["edit", "1"],
    &["move", "1", "+1d"],
    &["skip", "1"],
    &["trash", "1"],
    &["undo"],
    &["redo"],
    &["approve", "1"],
    &["freeze"],
    &["thaw"],
    &["publish", "1"],
];

#[test]
fn a_database_that_was_named_and_is_not_there_is_refused_and_not_made() {
    let desk = Desk::new();
    for arguments in LOOKING {
        let arguments = [&["--db", "typo.db"], *arguments].concat();
        let said = desk.run(&arguments, "").refused();
        let sentence = "there is no database typo.db: open `masthead` once, or name it with --db";
        assert_eq!(said, sentence, "{arguments:?}");
        assert!(!desk.path("typo.db").exists(), "{arguments:?}");
    }
    let said = desk.run(&["doctor", "--db", "typo.db"], "");
    assert_eq!(said.status(), 3);
    assert!(said.stdout().contains("there is no database typo.db"));
    assert!(!desk.path("typo.db").exists());
    // The usual one is made at the first call, whichever that is.
    desk.run(&["list"], "").good();
    assert!(desk.path("data/plan.db").exists());
}

#[test]
fn a_command_that_a_plan_may_begin_with_makes_the_database_and_says_so() {
    let desk = Desk::new();
    let add = ["add", "--channel", "outbox", "--db", "new.db"];
    let made = desk.run(&add, "Hello");
    made.good();
    let sentence = "masthead: there was no database new.db: a new one was made\n";
    assert_eq!(made.stderr(), sentence);
    let again = desk.run(&add, "Hello again");
    again.good();
    assert_eq!(again.stderr(), "");
    let listed = desk.run(&["list", "--json", "--db", "new.db"], "").json();
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
}

#[test]
fn a_database_on_a_network_file_system_is_refused_by_every_command() {
    let desk = Desk::new();
    let id = desk.add("Hello", &["--channel", "outbox"]);
    // To the program its folder is on NFS: the kernel's list of mounts is one that says so.
    let pretend = "mount -t tmpfs none /proc && echo 'server:/ / nfs4 rw 0 0' >/proc/mounts || exit 77; exec \"$0\" \"$@\"";
    for arguments in [
        &["publish", &id] as &[&str],
        &["list"],
        &["daemon", "--once"],
    ] {
        let own = desk.command(arguments);
        let mut inside = Command::new("unshare");
        inside
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", pretend])
            .arg(own.get_program())
            .args(arguments)
            .current_dir(desk.folder.path())
            .env_clear()
            .envs(
                own.get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let Ok(child) = inside.spawn() else {
            println!("skipped: unshare cannot be run here");
            return;
        };
        let ran = Run(child.wait_with_output().unwrap());
        if !ran.stderr().contains("masthead:") {
            println!("skipped: no mount can be pretended here: {}", ran.stderr());
            return;
        }
        let said = ran.refused();
        assert!(
            said.contains("is on a network file system"),
            "{arguments:?}: {said}"
        );
    }
}
