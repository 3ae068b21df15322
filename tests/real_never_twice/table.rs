//! Which cells are played, in which order, and the table of what became of them.

use crate::cell::{Became, Cell};
use crate::common::proxy::Fault;
use crate::registered::{Attached, Registered};
use masthead::domain::{DeliveryState, Kind};
use masthead::publisher::crash_point::CrashPoint;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// The longest thread.
const PARTS: usize = 3;

/// A row of numbers that follows from its seed (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    /// Returns a number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }
}

/// Returns every kill there is, in the order of the seed: each platform, point and fault, for each part of a thread.
pub fn all(rows: &[Arc<dyn Registered>], seed: u64) -> Vec<Cell> {
    let mut dice = Dice(seed);
    let mut cells = Vec::new();
    for row in rows {
        let faults = match row.wire() {
            Some(_) => &Fault::ALL[..],
            None => &[Fault::None],
        };
        for point in CrashPoint::ALL {
            for &fault in faults {
                let most = row.parts().min(row.longest_thread());
                for part in parts(point, most, &mut dice) {
                    let part = part.min(row.longest_thread() - 1);
                    let pictures = match (row.attaches(), point) {
                        (Attached::Video, _) => 0,
                        (Attached::Pictures, CrashPoint::DuringUpload) => 2,
                        (Attached::Pictures, _) => dice.roll(4) / 3,
                    };
                    cells.push(Cell {
                        row: Arc::clone(row),
                        point,
                        fault,
                        part,
                        parts: (part + 1)
                            .max(2 + dice.roll(PARTS - 1))
                            .min(row.longest_thread()),
                        pictures,
                        kind: [Kind::AdHoc, Kind::Evergreen][dice.roll(2)],
                        too_many_for: chrono::Duration::minutes([2, 20][dice.roll(2)]),
                        number: 0,
                    });
                }
            }
        }
    }
    for last in (1..cells.len()).rev() {
        cells.swap(last, dice.roll(last + 1));
    }
    for (number, cell) in cells.iter_mut().enumerate() {
        cell.number = number;
    }
    cells
}

/// At which parts it is killed: what comes before the parts happens once, and the fault strikes any of them.
fn parts(point: CrashPoint, most: usize, dice: &mut Dice) -> Vec<usize> {
    match point {
        CrashPoint::BeforeClaim | CrashPoint::AfterClaim | CrashPoint::DuringUpload => {
            vec![dice.roll(PARTS)]
        }
        _ if most < PARTS => vec![dice.roll(PARTS)],
        _ => (0..PARTS).collect(),
    }
}

/// Says how long a kill and its recovery took on each platform.
pub fn times(rows: &[Arc<dyn Registered>], played: &[(Cell, Became)]) -> String {
    let mut lines = String::new();
    for row in rows {
        let took = |which: usize| {
            let of = played
                .iter()
                .filter(|(cell, _)| cell.row.name() == row.name());
            let mut all: Vec<f64> = of
                .map(|(_, became)| became.took[which].as_secs_f64())
                .collect();
            all.sort_by(f64::total_cmp);
            let median = all.get(all.len() / 2).copied().unwrap_or_default();
            (all.len(), median, all.last().copied().unwrap_or_default())
        };
        let (count, kill, longest_kill) = took(0);
        let (_, settled, longest) = took(1);
        let _ = writeln!(
            lines,
            "{:<22} {count:>5} kills: killed after {kill:.1} s (at most {longest_kill:.1}), settled after {settled:.1} s (at most {longest:.1})",
            row.name(),
        );
    }
    lines
}

/// What became of the kills of one cell, by platform, fault and point.
type Cells<'a> = BTreeMap<(&'a str, Fault, &'a str), Vec<(&'a Cell, &'a Became)>>;

/// Draws the table: a block for each platform, a line for each fault, a column for each point.
pub fn draw(rows: &[Arc<dyn Registered>], played: &[(Cell, Became)]) -> String {
    let mut cells = Cells::new();
    for (cell, became) in played {
        let place = (cell.row.name(), cell.fault, cell.point.name());
        cells.entry(place).or_default().push((cell, became));
    }
    let mut table = String::new();
    for row in rows {
        let _ = write!(table, "\n{:<22}", row.name());
        for point in CrashPoint::ALL {
            let _ = write!(table, " | {:<24}", point.name());
        }
        table.push('\n');
        let faults = match row.wire() {
            Some(_) => &Fault::ALL[..],
            None => &[Fault::None],
        };
        for &fault in faults {
            let _ = write!(table, "{:<22}", fault.words());
            for point in CrashPoint::ALL {
                let found = cells.get(&(row.name(), fault, point.name()));
                let words = found.map_or_else(|| "·".to_owned(), |found| words(found));
                let _ = write!(table, " | {words:<24}");
            }
            table.push('\n');
        }
    }
    table
}

/// Says of the kills of one cell: posts made of those planned, final states, and who settled it.
fn words(found: &[(&Cell, &Became)]) -> String {
    let made: usize = found.iter().map(|(_, became)| became.made).sum();
    let planned: usize = found.iter().map(|(cell, _)| cell.parts).sum();
    let mut states: Vec<&str> = found
        .iter()
        .map(|(_, became)| became.state.word())
        .collect();
    states.sort_unstable();
    states.dedup();
    let asked = found.iter().any(|(_, became)| asks(became.state));
    let settled = found.iter().any(|(_, became)| !asks(became.state));
    let who = match (settled, asked) {
        (true, false) => "self",
        (false, _) => "asks",
        (true, true) => "self/asks",
    };
    format!("{made}/{planned} {} {who}", states.join("+"))
}

/// Whether a delivery that ended so asks a person.
pub fn asks(state: DeliveryState) -> bool {
    state != DeliveryState::Published
}
