//! `masthead backup` and `masthead restore`: a copy of the calendar, and the way back to it.
//!
//! Both leave the configuration, secrets and pictures alone: they are in other files.

use super::house::{self, plan_clock};
use super::{Done, Globals, json};
use crate::domain::Clock;
use crate::domain::text_safety::visible;
use crate::runtime::clock::RealClock;
use crate::store;
use std::io::Write;
use std::path::PathBuf;

/// Copy the database to a new file while others work with it.
#[derive(Debug, clap::Args)]
pub(super) struct Backup {
    /// The new file
    file: PathBuf,
}

/// Put a copy in the place of the database; what may have gone out since is not sent again.
#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// The copy
    file: PathBuf,
}

impl Backup {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let locations = house::locations(globals)?;
        store::copy_database(&locations.db, &self.file, RealClock.now())?;
        let bytes = std::fs::metadata(&self.file)?.len();
        if globals.json {
            json::line(
                out,
                &serde_json::json!({ "file": self.file, "bytes": bytes }),
            )?;
        } else {
            let file = self.file.display().to_string();
            writeln!(out, "copied to {}, {bytes} bytes, checked", visible(&file))?;
        }
        Ok(Done::Whole)
    }
}

impl Restore {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let locations = house::locations(globals)?;
        house::refuse_network_file_system(&locations.db)?;
        if let Some(folder) = locations.db.parent() {
            house::make_folder(folder)?;
        }
        let now = plan_clock()?.now();
        let done = store::restore(&self.file, &locations.db, now, RealClock.now())?;
        if globals.json {
            json::line(
                out,
                &serde_json::json!({
                    "taken_at": json::utc(done.taken_at),
                    "kept_aside": done.aside,
                    "missed": done.missed,
                    "unknown": done.unknown,
                }),
            )?;
        } else {
            writeln!(
                out,
                "restored from the copy of {}",
                done.taken_at.format("%Y-%m-%d %H:%M UTC")
            )?;
            if let Some(aside) = &done.aside {
                let aside = aside.display().to_string();
                writeln!(out, "what was there is kept in {}", visible(&aside))?;
            }
            if done.missed + done.unknown > 0 {
                writeln!(
                    out,
                    "{} missed and {} unknown: they may have gone out since, so look before you send them",
                    done.missed, done.unknown
                )?;
            }
        }
        Ok(Done::Whole)
    }
}
