//! One person's desk: a folder with a configuration and a database, and the real binary run in it.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long anything may take before the test gives it up.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A desk; its folder goes with it.
pub struct Desk {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Desk {
    /// Sets a desk up with these `[channels.NAME]` sections.
    pub fn new(channels: &[String]) -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        };
        desk.configure(channels);
        desk
    }

    /// Writes another configuration.
    pub fn configure(&self, channels: &[String]) {
        let config = format!("timezone = \"UTC\"\n{}", channels.concat());
        std::fs::write(self.path("config.toml"), config).unwrap();
    }

    /// Exports a variable to every later command; an empty one is taken away.
    pub fn export(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.variables.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Returns a path in the desk's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the desk's folder and returns its path.
    pub fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("USER", "tester")
            .env("LANG", "C.UTF-8")
            .env("MASTHEAD_CONFIG", self.path("config.toml"))
            .env("MASTHEAD_DATA_DIR", self.path("data"))
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str], stdin: &str) -> Run {
        let mut child = self.command(arguments).spawn().unwrap();
        // A command that fails early may not read its input.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        Run(child.wait_with_output().unwrap())
    }

    /// Adds a post and returns its id.
    pub fn add(&self, text: &str, arguments: &[&str]) -> String {
        let all = [&["add"], arguments].concat();
        self.run(&all, text).good().trim().to_owned()
    }

    /// Adds a post, publishes it everywhere, and returns what `show --json` says of it.
    pub fn publish(&self, text: &str, arguments: &[&str]) -> Value {
        let id = self.add(text, arguments);
        self.run(&["publish", &id], "").good();
        let shown = self.show(&id);
        assert_published(&shown);
        shown
    }

    /// Returns what `show --json` says of a post.
    pub fn show(&self, id: &str) -> Value {
        self.run(&["show", id, "--json"], "").json()
    }

    /// Returns the parts that `compose --json` shows for a channel.
    pub fn composed(&self, id: &str, channel: &str) -> Vec<Value> {
        let shown = self
            .run(&["compose", id, "--channel", channel, "--json"], "")
            .json();
        assert_eq!(shown[0]["can_leave"], true, "{shown}");
        shown[0]["parts"].as_array().unwrap().clone()
    }

    /// Logs in; `code` turns the address that is shown into what a person pastes.
    pub fn log_in(&self, channel: &str, code: impl FnOnce(&str) -> String) -> Run {
        let mut child = self.command(&["login", channel]).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("/oauth/authorize?") {
            assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
        }
        let pasted = code(said.lines().last().unwrap());
        let _ = writeln!(child.stdin.take().unwrap(), "{pasted}");
        std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
        let output = child.wait_with_output().unwrap();
        Run(Output {
            stderr: said.into_bytes(),
            ..output
        })
    }

    /// Starts `masthead daemon` and waits until it leads.
    pub fn daemon(&self) -> Daemon {
        let mut child = self
            .command(&["daemon"])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let lines = listen(child.stderr.take().unwrap());
        let mut daemon = Daemon {
            child,
            lines,
            heard: Vec::new(),
        };
        daemon.hear("publishing from this database");
        daemon
    }

    /// Returns where the database is.
    pub fn database(&self) -> PathBuf {
        self.path("data/plan.db")
    }

    /// Returns where a channel's stored login is.
    pub fn stored(&self, channel: &str) -> PathBuf {
        self.path(&format!("data/secrets/{channel}.json"))
    }
}

/// Checks that a post is published on each of its channels, with a permalink and an id for each.
pub fn assert_published(shown: &Value) {
    let deliveries = shown["deliveries"].as_array().unwrap();
    assert!(!deliveries.is_empty(), "{shown}");
    for delivery in deliveries {
        assert_eq!(delivery["state"], "published", "{delivery}");
        let permalink = delivery["permalink"].as_str().unwrap_or_default();
        assert!(permalink.contains("://"), "{delivery}");
        let ids = delivery["remote_ids"].as_array().unwrap();
        assert!(!ids.is_empty(), "{delivery}");
    }
}

/// Returns a channel's delivery from what `show --json` says.
pub fn delivery<'v>(shown: &'v Value, channel: &str) -> &'v Value {
    shown["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|delivery| delivery["channel"] == channel)
        .unwrap()
}

/// Returns the ids that a platform gave to the parts of a delivery.
pub fn remote_ids(shown: &Value, channel: &str) -> Vec<String> {
    delivery(shown, channel)["remote_ids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

/// Whether only its owner can read a file.
pub fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o077 == 0
}

/// A command that ended.
#[derive(Debug)]
pub struct Run(Output);

impl Run {
    /// Returns the exit status.
    pub fn status(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    /// Returns stdout.
    pub fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    /// Returns stderr.
    pub fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// Checks that all went well, and returns stdout.
    pub fn good(&self) -> String {
        assert_eq!(self.status(), 0, "{}{}", self.stdout(), self.stderr());
        self.stdout()
    }

    /// Checks that it was done in part, and returns stdout.
    pub fn in_part(&self) -> String {
        assert_eq!(self.status(), 3, "{}{}", self.stdout(), self.stderr());
        self.stdout()
    }

    /// Reads stdout as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.good()).unwrap()
    }
}

/// A daemon that runs; it is killed when the test is over.
pub struct Daemon {
    child: Child,
    lines: Receiver<String>,
    heard: Vec<String>,
}

impl Daemon {
    /// Waits for a line that contains these words.
    pub fn hear(&mut self, words: &str) {
        self.hear_times(words, 1);
    }

    /// Waits until so many lines contained these words.
    pub fn hear_times(&mut self, words: &str, times: usize) {
        let end = Instant::now() + PATIENCE;
        let count = |heard: &[String]| heard.iter().filter(|line| line.contains(words)).count();
        while count(&self.heard) < times {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.heard.push(line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("never said “{words}” {times} times: {:#?}", self.heard)
                }
            }
        }
    }

    /// Kills it, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and checks that it does so in good order.
    pub fn end(mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {:#?}", self.heard);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(stderr: ChildStderr) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}
