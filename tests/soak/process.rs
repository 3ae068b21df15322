//! One of the processes of the soak: publisher and caretaker as in the daemon, by a clock that others move.
//!
//! It is this test program once more; what it is told comes in by lines, and what it says goes out so.

use chrono::{DateTime, TimeDelta, Utc};
use masthead::config::{Config, Locations, Missing};
use masthead::domain::Clock;
use masthead::domain::schedule::LatePolicy;
use masthead::platforms::{Http, Timeouts};
use masthead::publisher::{self, ClockState, Setup};
use masthead::runtime::caretaker::{Caretaker, Duties};
use masthead::runtime::outlets;
use masthead::store::Store;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// The variable that names the folder to a process, and the one that names the process.
const FOLDER: &str = "MASTHEAD_SOAK";
const NAME: &str = "MASTHEAD_SOAK_NAME";

/// How lines that are meant for the conductor begin; the test harness has its own.
const MARK: &str = "soak: ";

/// How long a process may take to say something.
const PATIENCE: Duration = Duration::from_secs(30);

/// A clock in a file: it stands still until the conductor moves it on, for every process at once.
#[derive(Debug)]
pub struct Wound(File);

impl Wound {
    /// Opens the clock of a folder.
    pub fn of(folder: &Path) -> Self {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        Self(options.open(folder.join("clock")).unwrap())
    }

    /// Moves it to an instant.
    pub fn set(&self, at: DateTime<Utc>) {
        let bytes = at.timestamp_millis().to_le_bytes();
        self.0.write_all_at(&bytes, 0).unwrap();
    }
}

impl Clock for Wound {
    fn now(&self) -> DateTime<Utc> {
        let mut bytes = [0; 8];
        self.0.read_exact_at(&mut bytes, 0).unwrap();
        DateTime::from_timestamp_millis(i64::from_le_bytes(bytes)).unwrap()
    }
}

/// What a process says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Resident memory, in KiB; 0 where the system does not say.
    pub memory: u64,
    pub tasks: usize,
    /// Open files and sockets.
    pub files: usize,
}

/// A running process, for the conductor; killed when this is dropped.
pub struct Process {
    pub child: Child,
    commands: ChildStdin,
    said: mpsc::Receiver<String>,
}

impl Process {
    /// Starts a process and waits until it publishes.
    pub fn start(folder: &Path, name: usize, tokens: &[(String, String)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "one_of_three_processes", "--nocapture"])
            .env(FOLDER, folder)
            .env(NAME, name.to_string())
            .envs(tokens.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (says, said) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some((_, words)) = line.split_once(MARK) {
                    let _ = says.send(words.to_owned());
                }
            }
        });
        let process = Self {
            commands: child.stdin.take().unwrap(),
            child,
            said,
        };
        assert_eq!(process.hear(), "ready");
        process
    }

    /// Makes it look at once. It may be dead already.
    pub fn wake(&mut self) {
        let _ = self.commands.write_all(b"wake\n");
    }

    pub fn report(&mut self) -> Report {
        self.commands.write_all(b"report\n").unwrap();
        let words = self.hear();
        let mut numbers = words.split(' ').map(|number| number.parse().unwrap());
        let mut number = || numbers.next().unwrap();
        Report {
            memory: number(),
            tasks: number() as usize,
            files: number() as usize,
        }
    }

    /// Lets it end by itself, and waits for that.
    pub fn stop(mut self) {
        self.commands.write_all(b"stop\n").unwrap();
        assert_eq!(self.hear(), "stopped");
        assert!(self.child.wait().unwrap().success());
    }

    fn hear(&self) -> String {
        self.said.recv_timeout(PATIENCE).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn say(words: &str) {
    println!("{MARK}{words}");
}

/// Runs the process that the environment names; does nothing in the ordinary run of the tests.
pub fn run_if_asked() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let name = std::env::var(NAME).unwrap();
    let tasks = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    tasks.block_on(run(&folder, &name));
}

async fn run(folder: &Path, name: &str) {
    let clock: Arc<dyn Clock> = Arc::new(Wound::of(folder));
    let locations = Locations::within(&folder.join("data"));
    let config = Config::load(&folder.join("config.toml"), Missing::IsWrong).unwrap();
    let store = Store::open(&locations.db, clock.now()).unwrap();
    let channels = config.domain_channels();
    store
        .call(move |db| db.sync_channels(&channels))
        .await
        .unwrap();
    let known = store.call(|db| db.channels()).await.unwrap();
    let timeouts = Timeouts {
        total: Duration::from_secs(10),
        ..Timeouts::default()
    };
    let http = Http::new(timeouts, Arc::clone(&clock));
    let duties = Duties {
        store: store.clone(),
        real_clock: Arc::clone(&clock),
        notify_command: None,
        hidden: Vec::new(),
        logins: Arc::new(Vec::new),
        login_notice_days: 0,
        backups: locations.backups(),
    };
    let (handle, mut heard) = publisher::start(Setup {
        store,
        outlets: outlets::connect_all(&config, &locations, &known, &http),
        // What was lost while the server was away is rightly missed where the grace is short; here everything is to leave.
        late: LatePolicy {
            ad_hoc: TimeDelta::hours(12),
            ..config.late
        },
        plan_clock: Arc::clone(&clock),
        clock_state: ClockState::Real,
        real_clock: clock,
        read_media: Arc::new(|_| Err("there are no pictures".to_owned())),
        holder: name.to_owned(),
    });
    let caretaker = Caretaker::start(duties);
    let (told, mut commands) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            let _ = told.send(line);
        }
    });
    say("ready");
    loop {
        tokio::select! {
            event = heard.recv() => event.iter().for_each(|event| caretaker.hear(event)),
            command = commands.recv() => match command.as_deref() {
                Some("wake") => handle.wake(),
                Some("report") => say(&report()),
                // Told to, or the conductor is gone.
                _ => break,
            },
        }
    }
    handle.stop().await;
    caretaker.stop().await;
    say("stopped");
}

fn report() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next())
        .unwrap_or("0");
    let tasks = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    let files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    format!("{memory} {tasks} {files}")
}
