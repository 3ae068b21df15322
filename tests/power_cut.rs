//! The power goes in the middle of publishing: whatever the disk holds then, nothing is sent twice and nothing is lost.
//!
//! The real program publishes under `strace`, to a server and to a sandbox. Its log is played back call by call onto a
//! model of a disk (`disk.rs`): what was synced is there, of all later writes and names any part may be. After each call
//! that gives the disks that a cut at that moment may leave: nothing of the unsynced, everything, names without bytes,
//! bytes without names, every prefix of it when a request leaves or its answer comes, and seeded others, torn by sector.
//! Each is opened as the program would; those that differ afterwards, in database, outbox or what the server got, go on
//! to the end (`world.rs`), the requests in flight both arrived and lost. That is complete because SQLite makes of every
//! disk one of the states between two commits, which is checked, and those, times the server's, are all gone through.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod common;
#[path = "power_cut/disk.rs"]
mod disk;
#[path = "power_cut/trace.rs"]
mod trace;
#[path = "power_cut/world.rs"]
mod world;

use common::statuses::Status;
use disk::{Dice, Disk, Image, Luck};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::time::Instant;
use trace::{Step, Traced};
use world::World;

const SEED: u64 = 20_261_122;

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// The requests that left until a moment.
#[derive(Default)]
struct Wire {
    /// With whether its answer came.
    left: Vec<(String, bool)>,
}

impl Wire {
    /// Takes notice of a step; returns whether it changed anything here.
    fn see(&mut self, step: &Step) -> bool {
        match step {
            Step::Left(key) => self.left.push((key.clone(), false)),
            Step::Answered(key) => {
                let sent = self.left.iter_mut().rfind(|(sent, _)| sent == key);
                sent.unwrap().1 = true;
            }
            _ => return false,
        }
        true
    }

    /// Returns what the server may have at this moment: each request in flight may have arrived or not.
    fn servers(&self, world: &World, in_the_end: &[Status]) -> Vec<Vec<Status>> {
        let made = |key: &str| in_the_end.iter().find(|status| status.key == key);
        let mut servers = vec![world.before.clone()];
        for (key, answered) in &self.left {
            let Some(status) = made(key).filter(|status| !world.before.contains(status)) else {
                continue;
            };
            let without = if *answered {
                Vec::new()
            } else {
                servers.clone()
            };
            servers
                .iter_mut()
                .for_each(|server| server.push(status.clone()));
            servers.extend(without);
        }
        for server in &mut servers {
            server.sort_by_key(|status| status.id);
        }
        servers
    }
}

/// What was gone through.
#[derive(Default)]
struct Tried {
    moments: usize,
    disks: usize,
    /// What is there once the database was opened, by what the disk held.
    opened: HashMap<u64, u64>,
    /// The databases between two commits.
    between_commits: HashSet<u64>,
    /// What went on to its end: the disk once opened, and the server.
    ends: HashSet<(u64, u64)>,
    sent_afterwards: usize,
    on_record: usize,
}

impl Tried {
    /// Opens the database on a disk, and lets it go on with each of the servers where that is something new.
    async fn go_on(&mut self, world: &World, image: &Image, servers: &[Vec<Status>], all: bool) {
        self.disks += 1;
        let on_disk = hash(image);
        let opened = match self.opened.get(&on_disk) {
            Some(known) => *known,
            None => {
                let opened = world.opened(image);
                let database = hash(&opened[&world.database()]);
                if all {
                    self.between_commits.insert(database);
                }
                assert!(
                    self.between_commits.contains(&database),
                    "the database is none that was ever committed"
                );
                *self.opened.entry(on_disk).or_insert(hash(opened))
            }
        };
        for server in servers {
            let ids: Vec<u64> = server.iter().map(|status| status.id).collect();
            if self.ends.insert((opened, hash(ids))) {
                self.sent_afterwards += world.goes_on(image, server.clone()).await;
            }
        }
    }

    /// Goes through all that a cut at this moment may leave.
    async fn cut(
        &mut self,
        world: &World,
        disk: &Disk,
        step: &Traced,
        servers: &[Vec<Status>],
        seeded: u64,
    ) {
        self.moments += 1;
        let on_the_wire = matches!(
            step.1,
            Step::Left(_) | Step::Answered(_) | Step::Linked { .. }
        );
        self.go_on(world, &disk.after_a_cut(Luck::All), servers, true)
            .await;
        if disk.pending().is_empty() {
            return;
        }
        let mut lucks = vec![Luck::Nothing, Luck::NamesOnly, Luck::BytesOnly];
        if on_the_wire {
            lucks.extend(disk.pending().into_iter().map(Luck::Until));
        }
        let dice = |number| Dice(hash((SEED, step.0, number)));
        lucks.extend((0..seeded).map(|number| Luck::Any(dice(number))));
        for luck in lucks {
            self.go_on(world, &disk.after_a_cut(luck), servers, false)
                .await;
        }
    }

    /// Before a request leaves, its attempt is on the disk whatever of the unsynced is lost.
    fn attempt_before_request(&mut self, world: &World, disk: &Disk, step: &Step) {
        let key = match step {
            Step::Left(key) => key.clone(),
            Step::Linked { to, .. } => to.file_stem().unwrap().to_string_lossy().into_owned(),
            _ => return,
        };
        let image = disk.after_a_cut(Luck::Nothing);
        assert!(world.is_on_record(&image, &key), "{key} left too early");
        self.on_record += 1;
    }
}

async fn cut_everywhere(name: &str, with_a_screen: bool, seeded: u64) {
    let began = Instant::now();
    let mut world = World::new(with_a_screen).await;
    let mut disk = Disk::read(&world.data(), &world.unsafe_names());
    let steps =
        tokio::task::block_in_place(|| trace::run(&world.program(), &world.log(), &disk.paths()));
    let in_the_end = world.server.all();
    world.close_the_screen();
    let requests = steps
        .iter()
        .filter(|(_, step)| matches!(step, Step::Left(_)))
        .count();
    assert_eq!(requests, 12, "every request was seen");

    let (mut wire, mut tried) = (Wire::default(), Tried::default());
    let first: Traced = (0, Step::Removed(PathBuf::new()));
    for step in std::iter::once(&first).chain(&steps) {
        tried.attempt_before_request(&world, &disk, &step.1);
        let changed = [disk.see(step), wire.see(&step.1)].contains(&true);
        if !changed && step.0 > 0 {
            continue;
        }
        let servers = wire.servers(&world, &in_the_end);
        tried.cut(&world, &disk, step, &servers, seeded).await;
    }
    println!(
        "{name} (seed {SEED}): {} calls that matter, {requests} of them requests; {} disks that a cut may leave, {} different, all opened as \
         one of {} states between commits; {} went on to their end, sending {} parts, none twice; {} attempts on the disk before \
         anything left; {:.1} s",
        tried.moments,
        tried.disks,
        tried.opened.len(),
        tried.between_commits.len(),
        tried.ends.len(),
        tried.sent_afterwards,
        tried.on_record,
        began.elapsed().as_secs_f64(),
    );
}

/// Returns how many seeded disks are tried at each moment; `None` where nothing can be traced.
fn seeded() -> Option<u64> {
    if !trace::can_trace() {
        println!("skipped: strace is not there, or may not trace");
        return None;
    }
    Some(if std::env::var_os("MASTHEAD_FULL").is_some() {
        40
    } else {
        2
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_power_cut_at_any_moment_nothing_is_sent_twice_and_nothing_is_lost() {
    if let Some(seeded) = seeded() {
        cut_everywhere("alone", false, seeded).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_beside_a_screen_that_made_the_log_and_wrote_nothing() {
    if let Some(seeded) = seeded() {
        cut_everywhere("beside a screen", true, seeded / 2).await;
    }
}
