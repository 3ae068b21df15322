//! A folder with a configuration and a database, and the real program started on it.

use crate::server::now;
use crate::terminal::Session;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use masthead::domain::{Author, Content, Delivery, Kind, LocalTime, Plan, PostId, Variant};
use masthead::store::Store;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Long enough for a loaded machine; nothing is measured with it.
pub const PATIENCE: Duration = Duration::from_secs(90);

pub struct Desk {
    pub folder: tempfile::TempDir,
}

impl Desk {
    /// A desk with a sandbox channel, and a Mastodon where an address is given.
    pub fn new(mastodon: Option<SocketAddr>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config =
            "timezone = \"UTC\"\n[channels.outbox]\nplatform = \"sandbox\"\n".to_owned();
        if let Some(address) = mastodon {
            config.push_str(&format!(
                "[channels.mock]\nplatform = \"mastodon\"\nurl = \"http://{address}\"\ntoken_env = \"MOCK_TOKEN\"\n"
            ));
        }
        std::fs::write(folder.path().join("config.toml"), config).unwrap();
        let desk = Self { folder };
        // Makes the database and its channels.
        assert!(desk.command(&["list"]).status().unwrap().success());
        desk
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn database(&self) -> PathBuf {
        self.path().join("data/plan.db")
    }

    pub fn store(&self) -> Store {
        Store::open(&self.database(), now()).unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("LANG", "C.UTF-8")
            .env("MOCK_TOKEN", "t0ken")
            .env("MASTHEAD_CONFIG", self.path().join("config.toml"))
            .env("MASTHEAD_DATA_DIR", self.path().join("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    pub fn daemon(&self) -> Process {
        Process::Daemon(self.command(&["daemon"]).spawn().unwrap())
    }

    pub fn screen(&self) -> Session {
        Session::start(self.path(), (80, 24), &[], &[("MOCK_TOKEN", "t0ken")])
    }

    /// Adds a post that is due at an instant on some channels.
    pub fn add(&self, store: &Store, text: &str, due: DateTime<Utc>, channels: &[&str]) -> PostId {
        let content = Content {
            text: text.to_owned(),
            kind: Kind::Evergreen,
            plan: Plan::At(LocalTime::from_instant(due, Tz::UTC)),
            scheduled: true,
            variants: channels.iter().map(|one| Variant::inherits(*one)).collect(),
            ..Content::default()
        };
        let author = Author::from("tester");
        store
            .wait(move |db| db.add_post(&author, &content, None, now()))
            .unwrap()
            .id
    }

    /// Returns how many files the sandbox holds.
    pub fn outbox(&self) -> usize {
        fn files(folder: &Path) -> usize {
            let Ok(entries) = std::fs::read_dir(folder) else {
                return 0;
            };
            entries
                .flatten()
                .map(|entry| match entry.path() {
                    path if path.is_dir() => files(&path),
                    path => usize::from(path.extension().is_some_and(|it| it == "json")),
                })
                .sum()
        }
        files(&self.path().join("data/outbox"))
    }
}

pub fn deliveries(store: &Store, id: PostId) -> Vec<Delivery> {
    store.wait(move |db| db.post(id)).unwrap().deliveries
}

/// Waits until something holds.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "waited for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A process of ours; killed when the test is over.
pub enum Process {
    Daemon(Child),
    Screen(Session),
}

impl Process {
    pub fn signal(&mut self, name: &str) {
        match self {
            Self::Screen(session) => session.signal(name),
            Self::Daemon(child) => {
                let pid = child.id().to_string();
                assert!(
                    Command::new("kill")
                        .args(["-s", name, &pid])
                        .status()
                        .unwrap()
                        .success()
                );
            }
        }
    }

    /// Ends it and waits until it is gone.
    pub fn end(mut self, signal: &str) {
        self.signal(signal);
        match &mut self {
            Self::Screen(session) => {
                session.wait();
            }
            Self::Daemon(child) => {
                child.wait().unwrap();
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Self::Daemon(child) = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
