//! The daemon that is started from the alarm: it dies at once and says why, or it lives on without the screen.

use crate::terminal::Session;
use crate::{FROZEN, home};
use rustix::process::{Pid, Signal, getsid, kill_process};
use std::time::Duration;

/// Ends the process when the test does, however that is.
struct Ended(Pid);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = kill_process(self.0, Signal::TERM);
    }
}

#[test]
fn from_the_alarm_the_daemon_says_why_it_died_and_once_that_is_mended_outlives_the_screen() {
    let home = home();
    let config = home.path().join("config.toml");
    let good = std::fs::read_to_string(&config).unwrap();
    let mut session = Session::start(home.path(), (120, 40), &[], &[FROZEN]);
    session.wait_for("CLOCK SET");
    session.rest(Duration::from_millis(800));
    // When it comes back from the shell the configuration is read again.
    session.send("\x1a");
    session.wait_until("the shell", |_| session.is_restored());
    std::fs::write(&config, format!("thme = \"dark\"\n{good}")).unwrap();
    session.signal("CONT");
    session.wait_for("NOT PUBLISHING");
    session.send("D");
    let said = session.wait_for("The daemon ended at once");
    assert!(said.contains("thme"), "{said}");
    std::fs::write(&config, good).unwrap();
    session.send("\x1b");
    session.rest(Duration::from_millis(200));
    session.send("D");
    let said = session.wait_for("The daemon runs (process ");
    let at = said.find("(process ").unwrap() + "(process ".len();
    let number: String = said[at..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let pid = Pid::from_raw(number.parse().unwrap()).unwrap();
    let daemon = Ended(pid);
    session.wait_until("the end of the alarm", |screen| {
        !screen.contains("NOT PUBLISHING")
    });
    assert_eq!(
        getsid(Some(pid)).unwrap(),
        pid,
        "it leads a session of its own"
    );
    session.send("q");
    session.wait();
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        rustix::process::test_kill_process(pid).is_ok(),
        "it lives on"
    );
    drop(daemon);
}
