//! Faults planted on request, so that a test of the real program can see what becomes of it: panics, places to be
//! killed at, short timeouts. Not in release builds.

use crate::platforms::Timeouts;
use crate::publisher::crash_point::{CrashPoint, Stop, plant};
use std::io::Write;
use std::time::Duration;

/// A process that nobody comes to kill ends by itself.
const FORGOTTEN: Duration = Duration::from_secs(300);

/// Panics where `MASTHEAD_PLANTED_PANIC` says: in the `background` after a moment, or at once on the `screen`.
pub fn panic_if_asked() {
    match std::env::var("MASTHEAD_PLANTED_PANIC").as_deref() {
        Ok("background") => {
            tokio::spawn(async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                panic!("planted in the background");
            });
        }
        Ok("screen") => panic!("planted on the screen"),
        _ => {}
    }
}

/// Makes the publisher stop where `MASTHEAD_PLANTED_STOPS` says: `after-claim 1,after-answer-came 2`, parts from 1.
pub fn stop_if_asked() {
    let Ok(asked) = std::env::var("MASTHEAD_PLANTED_STOPS") else {
        return;
    };
    let stops = asked.split(',').map(|one| stop(one.trim())).collect();
    plant(stops, halt);
}

/// Returns how long a call may take, which `MASTHEAD_PLANTED_TIMEOUT` shortens (milliseconds).
pub fn timeouts() -> Timeouts {
    let usual = Timeouts::default();
    let asked = std::env::var("MASTHEAD_PLANTED_TIMEOUT").ok();
    Timeouts {
        total: asked
            .and_then(|text| text.parse().ok())
            .map_or(usual.total, Duration::from_millis),
        ..usual
    }
}

fn stop(text: &str) -> Stop {
    text.split_once(' ')
        .and_then(|(name, part)| {
            let point = CrashPoint::ALL
                .into_iter()
                .find(|point| point.name() == name)?;
            let part = part.parse::<u32>().ok()?.checked_sub(1)?;
            Some(Stop { point, part })
        })
        .expect("a test names a point and a part")
}

/// Says where it stands and waits there: for a line to go on, else to be killed.
fn halt(stop: Stop) {
    let part = stop.part + 1;
    let _ = writeln!(std::io::stderr(), "stopped at {} {part}", stop.point.name());
    let mut line = String::new();
    if !std::io::stdin()
        .read_line(&mut line)
        .is_ok_and(|read| read > 0)
    {
        std::thread::sleep(FORGOTTEN);
        std::process::abort();
    }
}
