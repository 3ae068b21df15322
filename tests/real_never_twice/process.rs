//! The real `masthead daemon --once`, which stops where it is told to and is killed there with SIGKILL.

use masthead::publisher::crash_point::CrashPoint;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::sync::mpsc;

/// How long it may take to get there.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running daemon; it is killed when the test is over.
pub struct Daemon {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
    heard: Vec<String>,
}

impl Daemon {
    /// Starts it in a folder; `stops` are points and parts from 0.
    pub fn start(folder: &Path, stops: &[(CrashPoint, usize)], timeout: Duration) -> Self {
        let stops: Vec<String> = stops.iter().map(|stop| words(*stop)).collect();
        let mut child = Command::new(env!("CARGO_BIN_EXE_masthead"))
            .args(["daemon", "--once"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("MASTHEAD_CONFIG", folder.join("config.toml"))
            .env("MASTHEAD_DATA_DIR", folder.join("data"))
            .env("MASTHEAD_PLANTED_STOPS", stops.join(","))
            .env("MASTHEAD_PLANTED_TIMEOUT", timeout.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let (sender, lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            lines,
            heard: Vec::new(),
        }
    }

    /// Waits until it stands there; false when it ended before.
    pub async fn stopped_at(&mut self, stop: (CrashPoint, usize)) -> bool {
        let there = format!("stopped at {}", words(stop));
        loop {
            match tokio::time::timeout(PATIENCE, self.lines.recv()).await {
                Ok(Some(line)) if line == there => return true,
                Ok(Some(line)) => self.heard.push(line),
                Ok(None) | Err(_) => {
                    println!("never {there}: {:#?}", self.heard);
                    return false;
                }
            }
        }
    }

    /// Lets it go on.
    pub fn go_on(&mut self) {
        writeln!(self.child.stdin.as_mut().unwrap()).unwrap();
    }

    /// Kills it, as a power cut would, and checks that this is what ended it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "{status}: {:#?}", self.heard);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn words((point, part): (CrashPoint, usize)) -> String {
    format!("{} {}", point.name(), part + 1)
}
