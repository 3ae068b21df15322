//! An idle daemon under `strace`: how often it wakes the machine, and how often it writes.

use crate::desk::Desk;
use std::process::Command;
use std::time::Duration;

/// After the start and the copy of the day, which is made five seconds after it.
const SETTLED: f64 = 9.0;
/// System calls closer together than this are one waking of the machine.
const ONE_WAKING: f64 = 0.05;

/// Seconds that are watched.
fn watched() -> f64 {
    match std::env::var_os("MASTHEAD_FULL") {
        Some(_) => 120.0,
        None => 10.0,
    }
}

#[test]
fn an_idle_daemon_wakes_once_a_second_and_writes_once_a_minute() {
    if !Command::new("strace")
        .arg("-V")
        .output()
        .is_ok_and(|ran| ran.status.success())
    {
        println!("skipped: strace is not installed");
        return;
    }
    let desk = Desk::new(None);
    let trace = desk.path().join("trace");
    let daemon = desk.command(&["daemon"]);
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-ttt", "-o"])
        .arg(&trace)
        .arg(daemon.get_program());
    traced.args(daemon.get_args()).env_clear();
    traced.envs(
        daemon
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    traced.stderr(std::process::Stdio::null());
    let mut child = traced.spawn().unwrap();
    std::thread::sleep(Duration::from_secs_f64(SETTLED + watched() + 1.0));
    // The daemon is the child of strace, which ends with it.
    let id = child.id();
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    for daemon in children.split_whitespace() {
        Command::new("kill")
            .args(["-s", "TERM", daemon])
            .status()
            .unwrap();
    }
    child.wait().unwrap();

    let text = std::fs::read_to_string(trace).unwrap();
    let calls: Vec<(f64, &str)> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.splitn(3, ' ').filter(|word| !word.is_empty());
            words.next()?;
            let rest = line.split_once(' ')?.1.trim_start();
            let (at, call) = rest.split_once(' ')?;
            Some((at.parse().ok()?, call))
        })
        .collect();
    let Some((start, _)) = calls.first().copied() else {
        println!("skipped: strace may not trace here");
        return;
    };
    let within: Vec<(f64, &str)> = calls
        .iter()
        .map(|(at, call)| (at - start, *call))
        .filter(|(at, _)| (SETTLED..SETTLED + watched()).contains(at))
        .collect();
    let mut wakings = 0;
    let mut last = f64::MIN;
    for (at, _) in &within {
        wakings += u32::from(at - last > ONE_WAKING);
        last = *at;
    }
    let of = |name: &str| {
        within
            .iter()
            .filter(|(_, call)| call.starts_with(name))
            .count()
    };
    let (pages, syncs) = (of("pwrite64("), of("fsync(") + of("fdatasync("));
    println!(
        "{} s idle: {wakings} wakings, {pages} pages written, {syncs} syncs, {} system calls",
        watched(),
        within.len()
    );
    if within.is_empty() {
        println!("skipped: nothing was traced");
        return;
    }
    // One more for each end of the time, and one for the tick that may fall between two seconds.
    assert!(
        f64::from(wakings) <= watched() * 1.1 + 2.0,
        "{wakings} wakings"
    );
    // A tick is one commit of a few pages, once a minute.
    let ticks = (watched() / 60.0).ceil() + 1.0;
    assert!(pages as f64 <= ticks * 8.0, "{pages} pages");
}
