//! A month of posts on three processes, in fast motion: killed, stopped, cut off and lied to at random, by a printed seed.
//!
//! The clock of all of them is one that the conductor in here moves on, to whatever comes next, once nothing is left to
//! do: no time is waited for, and no rule about time is passed over. Afterwards everything is counted: each part once, in
//! order; memory, tasks and open files as after the first tenth of the quiet half; no file that nobody needs.
//! `MASTHEAD_FULL=1` makes it a year. What one process does is in `soak/process.rs`, how it is counted in
//! `soak/afterwards.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "soak/afterwards.rs"]
mod afterwards;
mod common;
#[path = "soak/process.rs"]
mod process;

use chrono::{DateTime, Duration, TimeZone, Utc};
use chrono_tz::Tz;
use common::statuses::{Manner, Status, Statuses};
use masthead::config::{Config, Missing};
use masthead::domain::{
    Author, Clock, Content, DeliveryState, Kind, LocalTime, Plan, PostView, Threading, Variant,
};
use masthead::store::Store;
use process::{Process, Report, Wound};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration as Wait, Instant};

const SEED: u64 = 20_261_122;

/// Accounts on the server, and sandboxes.
const ACCOUNTS: [&str; 3] = ["a", "b", "c"];
const BOXES: [&str; 2] = ["d", "e"];

/// How much more memory a process may hold at the end, in KiB: what an allocator keeps, not what a post costs.
const MORE_MEMORY: u64 = 6 * 1024;

/// How long the server is away at a time, by the clock of the soak.
const OUTAGE: Duration = Duration::minutes(4);

/// How long a delivery may be on its way before its process is taken for dead.
const IN_FLIGHT: Wait = Wait::from_millis(700);

/// A leader takes the copy of the day five seconds after it took the lead.
const SETTLED_IN: Wait = Wait::from_secs(6);

/// How long nothing may move before the leader is killed, as a person would.
const STUCK: Wait = Wait::from_secs(5);

/// Numbers that look random, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

fn start_of_the_month() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 3, 1, 0, 0, 0).unwrap()
}

/// What was done to the processes.
#[derive(Default)]
struct Done {
    steps: usize,
    kills: usize,
    of_leaders: usize,
    /// Kills that left an attempt whose end nobody heard.
    in_flight: usize,
    stops: usize,
    outages: usize,
    stuck: usize,
}

struct Soak {
    folder: tempfile::TempDir,
    tasks: tokio::runtime::Runtime,
    clock: Arc<Wound>,
    store: Store,
    server: Statuses,
    faults: Arc<Mutex<BTreeMap<String, usize>>>,
    processes: Vec<Process>,
    dice: Dice,
    done: Done,
}

impl Soak {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        let clock = Arc::new(Wound::of(folder.path()));
        clock.set(start_of_the_month());
        let tasks = tokio::runtime::Runtime::new().unwrap();
        let faults = Arc::new(Mutex::new(BTreeMap::new()));
        let manners = at_random(Arc::clone(&faults));
        let server = tasks.block_on(Statuses::start(Vec::new(), clock.clone(), manners));
        let mut config = "timezone = \"UTC\"\n".to_owned();
        for name in ACCOUNTS {
            config += &format!(
                "[channels.{name}]\nplatform = \"mastodon\"\nurl = \"{}\"\ntoken_env = \"TOKEN_{name}\"\n",
                server.url()
            );
        }
        for name in BOXES {
            config += &format!("[channels.{name}]\nplatform = \"sandbox\"\n");
        }
        let file = folder.path().join("config.toml");
        std::fs::write(&file, config).unwrap();
        let store = Store::open(&folder.path().join("data/plan.db"), clock.now()).unwrap();
        let channels = Config::load(&file, Missing::IsWrong)
            .unwrap()
            .domain_channels();
        store.wait(move |db| db.sync_channels(&channels)).unwrap();
        Self {
            folder,
            tasks,
            clock,
            store,
            server,
            faults,
            processes: Vec::new(),
            dice: Dice(SEED),
            done: Done::default(),
        }
    }

    /// Plans posts over so many days: singles of both kinds, and threads.
    fn plan(&mut self, posts: u64, days: u64) {
        let minutes = days * 24 * 60;
        for number in 0..posts {
            let minute = number * minutes / posts + self.dice.roll(minutes / posts);
            let at = start_of_the_month() + Duration::minutes(1 + minute as i64);
            let threaded = self.dice.roll(7) == 0;
            let kind = if threaded || self.dice.roll(2) == 0 {
                Kind::Evergreen
            } else {
                Kind::AdHoc
            };
            let text = match (threaded, kind) {
                (true, _) => (1..=3)
                    .map(|part| format!("Post {number} part {part}"))
                    .collect(),
                (_, Kind::AdHoc) => vec![format!("Post {number} ad hoc")],
                _ => vec![format!("Post {number} single")],
            };
            let mut channels: Vec<&str> = ACCOUNTS.into_iter().chain(BOXES).collect();
            for _ in 0..2 + self.dice.roll(3) {
                channels.remove(self.dice.roll(channels.len() as u64) as usize);
            }
            let content = Content {
                text: text.join("\n---\n"),
                kind,
                plan: Plan::At(LocalTime::from_instant(at, Tz::UTC)),
                scheduled: true,
                threading: Threading::On,
                variants: channels.into_iter().map(Variant::inherits).collect(),
                ..Content::default()
            };
            let now = self.clock.now();
            self.store
                .wait(move |db| db.add_post(&Author::from("tester"), &content, None, now))
                .unwrap();
        }
    }

    fn start(&self, name: usize) -> Process {
        let tokens = ACCOUNTS.map(|name| (format!("TOKEN_{name}"), format!("token-{name}")));
        Process::start(self.folder.path(), name, &tokens)
    }

    /// Returns which process leads.
    fn leader(&self) -> Option<usize> {
        let leader = self.store.wait(|db| db.leader()).unwrap()?;
        leader.holder.parse().ok().filter(|_| leader.alive)
    }

    fn wake(&mut self) {
        self.processes.iter_mut().for_each(Process::wake);
    }

    /// Kills a process in the middle of whatever it does, and starts it again once what it had sent may be looked up.
    fn kill(&mut self, victim: usize) {
        self.done.kills += 1;
        self.done.of_leaders += usize::from(self.leader() == Some(victim));
        self.processes[victim].child.kill().unwrap();
        self.processes[victim].child.wait().unwrap();
        if let Some(deadline) = self.open_deadline() {
            self.done.in_flight += 1;
            self.clock.set(deadline.max(self.clock.now()));
        }
        self.processes[victim] = self.start(victim);
        self.wake();
    }

    /// Holds the leader up for forty seconds of its own clock, as a suspended machine does.
    fn stop(&mut self) {
        let Some(leader) = self.leader() else { return };
        self.done.stops += 1;
        let pid = Pid::from_child(&self.processes[leader].child);
        kill_process(pid, Signal::STOP).unwrap();
        self.clock.set(self.clock.now() + Duration::seconds(40));
        kill_process(pid, Signal::CONT).unwrap();
    }

    /// Returns the posts of the last two days that are on their way somewhere.
    fn publishing(&self) -> Vec<PostView> {
        let now = self.clock.now();
        self.store
            .wait(move |db| {
                let recent =
                    db.posts_between(now - Duration::days(2), now + Duration::seconds(1))?;
                recent
                    .into_iter()
                    .filter(|post| {
                        let mut channels = post.channels.iter();
                        channels.any(|channel| channel.state == DeliveryState::Publishing)
                    })
                    .map(|post| db.post(post.id))
                    .collect()
            })
            .unwrap()
    }

    /// Returns when the last of the open attempts can have no answer any more.
    fn open_deadline(&self) -> Option<DateTime<Utc>> {
        let views = self.publishing();
        let deliveries = views.iter().flat_map(|view| &view.deliveries);
        let attempts = deliveries.flat_map(|delivery| {
            let id = delivery.id;
            self.store.wait(move |db| db.attempts(id)).unwrap()
        });
        attempts
            .filter(|attempt| attempt.outcome.is_none())
            .map(|attempt| attempt.deadline)
            .max()
    }

    /// Waits until nothing is left to do at this time; kills the leader when that does not come.
    fn settle(&mut self) {
        let mut began = Instant::now();
        loop {
            let now = self.clock.now();
            let idle = self
                .store
                .wait(move |db| {
                    Ok(db.due(now, &[], 1)?.is_empty() && db.unknown_due(now, 1)?.is_empty())
                })
                .unwrap();
            if idle {
                if self.publishing().is_empty() {
                    return;
                }
                let later = self.open_deadline().is_some_and(|deadline| deadline > now);
                if later && began.elapsed() > IN_FLIGHT {
                    return;
                }
            }
            if began.elapsed() > STUCK {
                self.done.stuck += 1;
                assert!(self.done.stuck < 20, "it stands still again and again");
                if let Some(leader) = self.leader() {
                    self.kill(leader);
                }
                self.wake();
                began = Instant::now();
            }
            sleep(Wait::from_millis(2));
        }
    }

    /// Returns when something is to be done next.
    fn next(&self) -> Option<DateTime<Utc>> {
        let now = self.clock.now();
        let (due, looks) = self
            .store
            .wait(move |db| {
                Ok((
                    db.next_due(now)?,
                    db.unknown_due(DateTime::<Utc>::MAX_UTC, 1000)?,
                ))
            })
            .unwrap();
        let looks = looks.into_iter().filter_map(|due| due.delivery.next_try);
        looks.chain(due).chain(self.open_deadline()).min()
    }

    /// Goes on to what comes next, until `end` or until nothing does.
    fn go_on(&mut self, end: DateTime<Utc>, violence: bool) {
        let mut away: Option<DateTime<Utc>> = None;
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.done.steps += 1;
            if away.is_some_and(|until| until < next) {
                away = None;
                self.tasks.block_on(self.server.come_back());
            }
            if away.is_none() && self.dice.roll(40) == 0 {
                self.done.outages += 1;
                self.server.go_away();
                away = Some(next + OUTAGE);
            }
            self.clock.set(next.max(self.clock.now()));
            self.wake();
            if violence && self.dice.roll(10) == 0 {
                sleep(Wait::from_millis(self.dice.roll(16)));
                let leader = self.leader().filter(|_| self.dice.roll(3) > 0);
                let victim = leader.unwrap_or_else(|| self.dice.roll(3) as usize);
                self.kill(victim);
            }
            if self.dice.roll(30) == 0 {
                sleep(Wait::from_millis(self.dice.roll(10)));
                self.stop();
                self.wake();
            }
            self.settle();
        }
        if away.is_some() {
            self.tasks.block_on(self.server.come_back());
        }
    }

    /// Returns what the processes say once they are as quiet as `quiet`, or soon.
    fn reports(&mut self, quiet: Option<&[Report]>) -> Vec<Report> {
        let end = Instant::now() + Wait::from_secs(5);
        loop {
            let reports: Vec<Report> = self.processes.iter_mut().map(Process::report).collect();
            let same = |quiet: &[Report]| {
                let mut pairs = quiet.iter().zip(&reports);
                pairs.all(|(then, now)| (then.tasks, then.files) == (now.tasks, now.files))
            };
            if quiet.is_none_or(same) || Instant::now() > end {
                return reports;
            }
            sleep(Wait::from_millis(50));
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

/// A server that fails at random, but lets each part through in the end: twice it may go wrong, ad hoc only once.
fn at_random(
    faults: Arc<Mutex<BTreeMap<String, usize>>>,
) -> impl FnMut(&Status) -> Manner + Send + 'static {
    const WRONG: [Manner; 7] = [
        Manner::AnswerLost,
        Manner::AnswerCut,
        Manner::RequestLost,
        Manner::MadeBut(500),
        Manner::MadeBut(503),
        Manner::Refused(503),
        Manner::Refused(429),
    ];
    let (mut dice, mut treated) = (Dice(SEED ^ 1), HashMap::new());
    move |status| {
        let most = if status.text.contains("ad hoc") { 1 } else { 2 };
        let key = (status.account.clone(), status.text.clone());
        let so_far = treated.entry(key).or_insert(0);
        if *so_far >= most || dice.roll(3) > 0 {
            return Manner::Well;
        }
        *so_far += 1;
        let manner = WRONG[dice.roll(WRONG.len() as u64) as usize];
        *faults
            .lock()
            .unwrap()
            .entry(format!("{manner:?}"))
            .or_default() += 1;
        manner
    }
}

#[test]
fn one_of_three_processes() {
    process::run_if_asked();
}

#[test]
fn a_month_of_posts_under_faults_leaves_each_there_once_and_nothing_behind() {
    let began = Instant::now();
    let full = std::env::var_os("MASTHEAD_FULL").is_some();
    let (posts, days) = if full { (6000, 365) } else { (450, 30) };
    let mut soak = Soak::new();
    soak.plan(posts, days);
    soak.processes = (0..3).map(|name| soak.start(name)).collect();
    let day =
        |part: f64| start_of_the_month() + Duration::minutes((days as f64 * part * 1440.0) as i64);

    soak.go_on(day(0.5), true);
    // The quiet half: nobody is killed any more, so that what a process holds can be compared.
    soak.go_on(day(0.55), false);
    // Whoever leads by now takes the copy of the day first, and keeps what that opened for the next one.
    sleep(SETTLED_IN);
    let early = soak.reports(None);
    soak.go_on(DateTime::<Utc>::MAX_UTC, false);
    let late = soak.reports(Some(&early));
    let leader = soak.leader().unwrap();
    std::mem::take(&mut soak.processes)
        .into_iter()
        .for_each(Process::stop);

    let parts = soak.count();
    let faults = soak.faults.lock().unwrap().clone();
    let done = &soak.done;
    println!(
        "a soak of {days} days (seed {SEED}): {posts} posts, {parts} parts, each there once; {} steps of the clock, {} kills ({} \
         of leaders, {} with something in flight), {} stops, {} outages, {} restarts by hand; {} faults {faults:?}; {:.1} s",
        done.steps,
        done.kills,
        done.of_leaders,
        done.in_flight,
        done.stops,
        done.outages,
        done.stuck,
        faults.values().sum::<usize>(),
        began.elapsed().as_secs_f64(),
    );
    println!("early {early:?}, late {late:?}, {leader} leads");
    for (early, late) in early.iter().zip(&late) {
        assert!(
            late.memory <= early.memory + MORE_MEMORY,
            "{early:?} {late:?}"
        );
        assert_eq!((late.tasks, late.files), (early.tasks, early.files));
    }
    afterwards::nothing_is_left(soak);
}
