//! The real program in a pseudo-terminal: keys in, a screen and a count of bytes out.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Long enough for a loaded machine; nothing here measures time with it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program under test: `MASTHEAD_BINARY` names another build of it.
pub fn binary() -> String {
    let named = std::env::var("MASTHEAD_BINARY").unwrap_or_default();
    match named.as_str() {
        "" => env!("CARGO_BIN_EXE_masthead").to_owned(),
        _ => named,
    }
}

pub struct Session {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<Mutex<Seen>>,
    closing: Arc<AtomicBool>,
}

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    last: Instant,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Session {
    /// Starts `masthead` in a folder of its own, with arguments and environment, at a size; an empty variable is taken away.
    pub fn start(home: &Path, size: (u16, u16), args: &[&str], env: &[(&str, &str)]) -> Self {
        let binary = binary();
        let program = [&[binary.as_str()], args].concat();
        Self::start_program(home, size, &program, env)
    }

    /// Starts `masthead` inside another terminal, `script`, which can be killed; `inside.pid` in `home` says who runs in it.
    pub fn start_in_a_terminal(home: &Path, size: (u16, u16), env: &[(&str, &str)]) -> Self {
        let inside = "echo $$ > inside.pid; exec \"$INSIDE\"";
        let program = ["script", "-q", "-f", "-e", "-c", inside, "/dev/null"];
        let binary = binary();
        let inside = [("INSIDE", binary.as_str()), ("SHELL", "/bin/sh")];
        Self::start_program(home, size, &program, &[env, &inside].concat())
    }

    fn start_program(
        home: &Path,
        (columns, rows): (u16, u16),
        program: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new("sh");
        // SIGHUP is ignored from the start, as under nohup: the hang-up itself has to be noticed.
        command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]);
        command.args(program);
        command.env_clear();
        command.env("HOME", home);
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("MASTHEAD_AUTHOR", "tester");
        command.env("MASTHEAD_CONFIG", home.join("config.toml"));
        command.env("MASTHEAD_DATA_DIR", home.join("data"));
        for (name, value) in env {
            if value.is_empty() {
                command.env_remove(name);
            } else {
                command.env(name, value);
            }
        }
        command.cwd(home);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(rows.try_into().unwrap(), columns.try_into().unwrap(), 0);
        let seen = Arc::new(Mutex::new(Seen {
            parser,
            raw: Vec::new(),
            last: Instant::now(),
        }));
        let shared = Arc::clone(&seen);
        let closing = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&closing);
        std::thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let mut seen = shared.lock().unwrap();
                seen.parser.process(&buffer[..count]);
                seen.raw.extend_from_slice(&buffer[..count]);
                seen.last = Instant::now();
            }
        });
        Self {
            master: Some(pair.master),
            writer: Some(writer),
            child,
            seen,
            closing,
        }
    }

    pub fn send(&mut self, keys: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    pub fn screen(&self) -> String {
        self.seen.lock().unwrap().parser.screen().contents()
    }

    pub fn raw_len(&self) -> usize {
        self.seen.lock().unwrap().raw.len()
    }

    pub fn raw_since(&self, from: usize) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().raw[from..]).into_owned()
    }

    pub fn is_restored(&self) -> bool {
        let seen = self.seen.lock().unwrap();
        let screen = seen.parser.screen();
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    }

    /// Waits until the screen holds a text.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("`{text}`"), |screen| screen.contains(text))
    }

    pub fn wait_until(&self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen();
            if holds(&screen) {
                return screen;
            }
            assert!(
                Instant::now() < until,
                "waited for {what}; the screen was:\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until nothing was written for a while from now on.
    pub fn rest(&self, quiet: Duration) {
        let called = Instant::now();
        loop {
            let last = self.seen.lock().unwrap().last.max(called);
            if last.elapsed() >= quiet {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.resize_pixels((columns, rows), (0, 0));
    }

    /// Gives the window another size, in cells and in pixels.
    pub fn resize_pixels(&mut self, (columns, rows): (u16, u16), pixels: (u16, u16)) {
        let mut seen = self.seen.lock().unwrap();
        seen.parser
            .screen_mut()
            .set_size(rows.try_into().unwrap(), columns.try_into().unwrap());
        self.master
            .as_ref()
            .unwrap()
            .resize(PtySize {
                pixel_width: pixels.0,
                pixel_height: pixels.1,
                ..size(columns, rows)
            })
            .unwrap();
    }

    /// Kills what was started, and returns just before when.
    pub fn kill(&self) -> Instant {
        let pid = self
            .child
            .process_id()
            .and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.and_then(Pid::from_raw).unwrap();
        let at = Instant::now();
        kill_process(pid, Signal::KILL).unwrap();
        at
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &pid])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Closes the terminal under the program: the reader lets go at the next output, for which a letter is typed.
    pub fn close(&mut self) -> Instant {
        self.closing.store(true, Ordering::SeqCst);
        self.send("!");
        std::thread::sleep(Duration::from_millis(300));
        self.writer = None;
        self.master = None;
        Instant::now()
    }

    /// Returns the exit status once the program has ended.
    pub fn ended(&mut self) -> Option<u32> {
        self.child
            .try_wait()
            .unwrap()
            .map(|status| status.exit_code())
    }

    /// Returns the exit status where the program ends within a while.
    pub fn ended_within(&mut self, patience: Duration) -> Option<u32> {
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// Waits until the program has ended and returns its exit status.
    pub fn wait(&mut self) -> u32 {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What it wrote last is still on its way through the reader.
                std::thread::sleep(Duration::from_millis(50));
                return status.exit_code();
            }
            assert!(
                Instant::now() < until,
                "it did not end; the screen was:\n{}",
                self.screen()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
