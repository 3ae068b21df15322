//! Two people at two screens and a daemon on one database, random keys in both: no panic, no lost text, one state.
//!
//! Twenty seconds in a normal run, ten minutes with `MASTHEAD_FULL=1`; `MASTHEAD_SEED` plays other keys.

use crate::dice::{Dice, seed};
use crate::terminal::Session;
use crate::{ESC, home};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Keys that are pressed without looking. Left out are those that only stop the process (`C-c`, `C-z`); `q` is in.
const KEYS: &[&str] = &[
    "h",
    "j",
    "k",
    "l",
    "J",
    "K",
    "[",
    "]",
    "t",
    "0",
    "$",
    "gg",
    "G",
    "gd",
    "gm",
    "gw",
    "gl",
    "g",
    "1",
    "2",
    "3",
    "\t",
    "\x1b[Z",
    "a",
    "e",
    "i",
    "\r",
    "y",
    "x",
    "p",
    "<",
    ">",
    "-",
    "+",
    "s",
    "d",
    "u",
    "!",
    "P",
    ":",
    "?",
    "/",
    "n",
    "N",
    "r",
    "o",
    "v",
    "w",
    "c",
    "A",
    "C",
    "m",
    "f",
    "q",
    " ",
    "7",
    "é",
    ESC,
    ESC,
    ESC,
    "\x10",
    "\x12",
    "\x04",
    "\x16",
    "\x14",
    "\x07",
    "\x15",
    "\x0c",
    "\x0f",
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[H",
    "\x1b[F",
    "\x7f",
    "\x1b[3~",
    "tomorrow\r",
    "in 1 min\r",
    "fri 14:00\r",
    "thaw\r",
];

/// A person at a screen.
struct Person {
    name: &'static str,
    home: PathBuf,
    session: Session,
    dice: Dice,
    /// Each text, and the screen that it was typed into.
    texts: Vec<(String, String)>,
    keys: usize,
    left: usize,
    conflicts: usize,
}

/// How many rows the screens have.
const ROWS: usize = 40;

fn screen_of(home: &Path, name: &str) -> Session {
    let size = (120, u16::try_from(ROWS).unwrap());
    let session = Session::start(home, size, &[], &[("MASTHEAD_AUTHOR", name)]);
    // Whatever stands above: by then everything may be frozen.
    session.wait_for("2 Queue");
    session
}

impl Person {
    fn new(home: &Path, name: &'static str, seed: u64) -> Self {
        Self {
            name,
            home: home.to_owned(),
            session: screen_of(home, name),
            dice: Dice(seed),
            texts: Vec::new(),
            keys: 0,
            left: 0,
            conflicts: 0,
        }
    }

    fn press(&mut self, keys: &str) {
        self.session.send(keys);
        self.keys += 1;
    }

    /// Starts the screen again where a key ended it; an end that is not a person's wish fails the run.
    fn come_back(&mut self) {
        if let Some(status) = self.session.ended() {
            let screen = self.session.screen();
            assert_eq!(status, 0, "{} ended with {status}:\n{screen}", self.name);
            self.left += 1;
            self.session = screen_of(&self.home, self.name);
        }
    }

    /// Leaves whatever is open, saves what is typed, and decides about two texts of one post.
    fn settle(&mut self) {
        for _ in 0..40 {
            self.come_back();
            let screen = self.session.screen();
            if screen.contains("mine becomes a post on the shelf") {
                self.conflicts += 1;
                let choice = self.dice.one_of(&["m", "t"]);
                self.press(choice);
            } else {
                self.press(ESC);
            }
            // Printable keys right after an Esc that leaves the text are dropped.
            std::thread::sleep(Duration::from_millis(70));
            self.session.rest(Duration::from_millis(30));
            let screen = self.session.screen();
            if !is_open(&screen) && self.session.ended().is_none() {
                return;
            }
        }
        panic!("{} cannot leave:\n{}", self.name, self.session.screen());
    }

    /// Opens a post or a new one, types some words that nobody else types, and leaves.
    fn write(&mut self) {
        self.settle();
        if self.dice.roll(2) == 0 {
            // Both are often at today's first post, so that they meet.
            self.press("t");
        }
        let how = self.dice.one_of(&["a", "e", "e"]);
        self.press(how);
        let opened = Instant::now();
        while !self.session.screen().contains("Esc saves") {
            if opened.elapsed() > Duration::from_millis(1_500) || self.session.ended().is_some() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let word = format!("{}{:04}x", self.name, self.texts.len());
        self.press(" ");
        for letter in word.chars() {
            self.press(&letter.to_string());
            std::thread::sleep(Duration::from_millis(self.dice.roll(25)));
        }
        let after = self
            .dice
            .one_of(&[" ", "\r", "\t", "\x1b[D", "\x16", "\x04", ""]);
        self.press(after);
        self.session.rest(Duration::from_millis(20));
        self.texts.push((word, self.session.screen()));
        std::thread::sleep(Duration::from_millis(
            self.dice.roll(2) * self.dice.roll(700),
        ));
        // Saved before any other key: one of those may be the undoing of what was typed.
        self.settle();
    }

    fn play(&mut self, until: Instant) {
        while Instant::now() < until {
            match self.dice.roll(6) {
                0..3 => self.write(),
                3 => {
                    self.settle();
                    let when =
                        self.dice
                            .one_of(&["in 1 min", "fri 14:00", "tomorrow 9:00", "shelf"]);
                    self.press(&format!("s{when}\r"));
                    std::thread::sleep(Duration::from_millis(60));
                }
                4 if self.dice.roll(4) == 0 => {
                    self.settle();
                    self.press("!");
                    self.session.rest(Duration::from_millis(60));
                    self.press("now\r");
                }
                _ => {
                    for _ in 0..1 + self.dice.roll(25) {
                        let key = self.dice.one_of(KEYS);
                        self.press(key);
                        std::thread::sleep(Duration::from_millis(self.dice.roll(30)));
                        self.come_back();
                    }
                }
            }
        }
        self.settle();
        // The same place on every screen: today, and the first row of the queue.
        for key in ["gm", "2", "gg", "1", "h", "t", "\x0c"] {
            self.press(key);
            self.session.rest(Duration::from_millis(150));
        }
    }
}

/// Whether a text is typed, or is still on its way to its post, or something lies over the calendar.
///
/// A message may hide the hints: the editor is known by its place too. Keys are dropped until the text is saved, and are
/// commands then.
fn is_open(screen: &str) -> bool {
    let last = screen.lines().last().unwrap_or_default();
    let is_typing = |row: &str| row.starts_with("▸3 Editor");
    screen.lines().take(20).any(is_typing)
        || screen.contains("Esc saves")
        || last.contains("Esc")
        || last.contains("Enter")
}

/// What a screen shows of the plan: all but the messages at its foot.
fn plan_of(screen: &str) -> String {
    // Rows that are empty at the end are not told.
    let rows = screen.lines().map(str::trim_end);
    let rows: Vec<&str> = rows.chain(std::iter::repeat("")).take(ROWS - 1).collect();
    rows.join("\n")
}

/// The rows in which somebody's screen shows another plan than a screen that was just opened.
fn difference(fresh: &Session, people: &[&Person]) -> Option<String> {
    let plan = plan_of(&fresh.screen());
    people.iter().find_map(|person| {
        let own = plan_of(&person.session.screen());
        let rows = plan.lines().zip(own.lines());
        let differs: Vec<String> = rows
            .filter(|(plan, own)| plan != own)
            .map(|(plan, own)| format!("{own}\nwhere a fresh screen has\n{plan}"))
            .collect();
        let foot = person.session.screen();
        let foot = foot.lines().last().unwrap_or_default();
        let said = format!(
            "{} sees\n{}\nabove\n{foot}",
            person.name,
            differs.join("\n")
        );
        (own != plan).then_some(said)
    })
}

struct Daemon(Child);

impl Daemon {
    fn start(home: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_masthead"))
            .arg("daemon")
            .current_dir(home)
            .env("HOME", home)
            .env("MASTHEAD_AUTHOR", "daemon")
            .env("MASTHEAD_CONFIG", home.join("config.toml"))
            .env("MASTHEAD_DATA_DIR", home.join("data"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let leads = "SELECT count(*) FROM leader WHERE holder LIKE 'daemon%'";
        let is_leading = || {
            let database = Connection::open(home.join("data/plan.db")).ok()?;
            database.query_row(leads, [], |row| row.get(0)).ok()
        };
        std::thread::sleep(Duration::from_millis(200));
        while is_leading() != Some(1) {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "it does not lead"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self(child)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn texts_of(home: &Path) -> String {
    let database = Connection::open(home.join("data/plan.db")).unwrap();
    let mut all = database
        .prepare("SELECT content FROM revisions UNION ALL SELECT content FROM editor_drafts")
        .unwrap();
    let rows = all.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

fn number(home: &Path, query: &str) -> i64 {
    let database = Connection::open(home.join("data/plan.db")).unwrap();
    database.query_row(query, [], |row| row.get(0)).unwrap()
}

#[test]
fn random_keys_at_two_screens_beside_a_daemon_lose_nothing_and_end_in_one_state() {
    let seed = seed(20_261_110);
    let seconds = if std::env::var_os("MASTHEAD_FULL").is_some() {
        600
    } else {
        20
    };
    let home = home();
    let folder = home.path();
    let mut daemon = Daemon::start(folder);
    let until = Instant::now() + Duration::from_secs(seconds);
    let people: Vec<Person> = std::thread::scope(|scope| {
        let play = |name, seed| {
            scope.spawn(move || {
                let mut person = Person::new(folder, name, seed);
                person.play(until);
                person
            })
        };
        let both = [play("ada", seed), play("ben", seed + 1)];
        both.map(|one| one.join().unwrap()).into()
    });
    assert!(daemon.0.try_wait().unwrap().is_none(), "the daemon ended");

    let third = screen_of(folder, "cai");
    let [ada, ben] = &people[..] else {
        unreachable!()
    };
    let settled = Instant::now();
    while let Some(difference) = difference(&third, &[ada, ben]) {
        assert!(
            settled.elapsed() < Duration::from_secs(20),
            "seed {seed}: {difference}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }

    let kept = texts_of(folder);
    let mut lost = Vec::new();
    for person in &people {
        println!(
            "seed {seed}: {} pressed {} keys, wrote {} texts, decided {} conflicts, quit and came back {} times",
            person.name,
            person.keys,
            person.texts.len(),
            person.conflicts,
            person.left
        );
        lost.extend(
            person
                .texts
                .iter()
                .filter(|(word, _)| !kept.contains(word.as_str())),
        );
    }
    let published = number(
        folder,
        "SELECT count(*) FROM deliveries WHERE state = 'published'",
    );
    let posts = number(folder, "SELECT count(*) FROM posts");
    println!("{posts} posts, {published} deliveries published");
    for (word, screen) in &lost {
        println!("{word} is nowhere to be found; it was typed into\n{screen}");
    }
    assert!(
        lost.is_empty(),
        "seed {seed}: {} texts are lost",
        lost.len()
    );
    for table in ["integrity_check", "foreign_key_check"] {
        let database = Connection::open(folder.join("data/plan.db")).unwrap();
        let mut asked = database.prepare(&format!("PRAGMA {table}")).unwrap();
        let rows = asked.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let found: Vec<String> = rows.map(Result::unwrap).filter(|it| it != "ok").collect();
        assert!(found.is_empty(), "{table}: {found:?}");
    }
    for person in &people {
        assert!(
            !person.session.screen().contains("stumbled"),
            "{}",
            person.session.screen()
        );
    }
    let log = std::fs::read_to_string(folder.join("data/masthead.log")).unwrap_or_default();
    assert!(!log.contains("panic"), "{log}");
}
