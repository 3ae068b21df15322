//! What a login may do on its platform, as the platform told it, and what it lacks.
//!
//! Plain data with the words in which a person is told; each platform reads its own (`platforms/*_permission.rs`), and
//! `domain::connection` puts it among the lines of a channel.

use super::connection::Worth;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// What a login may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// What it may do, in words: its scopes, its role. Where the platform says nothing, that it says nothing.
    pub may: String,
    /// What it lacks; empty where nothing is known to be missing.
    pub lacks: Vec<Lack>,
    /// When the platform told it.
    pub told_at: DateTime<Utc>,
}

/// Something that a login lacks, or has too much of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lack {
    /// What is missing, what for, and what to do, in one sentence.
    pub words: String,
    /// What comes of it.
    pub costs: Costs,
}

/// What comes of a lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Costs {
    /// Posts will be refused.
    Publishing,
    /// Posts leave, but something about them does not work.
    Something,
}

impl Permission {
    /// Returns what is said of it, one line for each thing.
    pub fn lines(&self, zone: Tz) -> Vec<(Worth, String)> {
        let day = self.told_at.with_timezone(&zone).format("%-d %b %H:%M");
        let may = format!("permission: {} (asked {day})", self.may);
        let lacks = self.lacks.iter().map(|lack| {
            let worth = match lack.costs {
                Costs::Publishing => Worth::Bad,
                Costs::Something => Worth::Soon,
            };
            (worth, format!("permission: {}", lack.words))
        });
        std::iter::once((Worth::Fine, may)).chain(lacks).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_stands_in_lines_of_its_own_and_weighs_what_it_costs() {
        let permission = Permission {
            may: "scopes read".to_owned(),
            lacks: vec![
                Lack {
                    words: "it lacks `write`".to_owned(),
                    costs: Costs::Publishing,
                },
                Lack {
                    words: "it lacks `search`".to_owned(),
                    costs: Costs::Something,
                },
            ],
            told_at: "2026-11-22T12:00:00Z".parse().unwrap(),
        };
        assert_eq!(
            permission.lines(chrono_tz::Europe::Oslo),
            [
                (
                    Worth::Fine,
                    "permission: scopes read (asked 22 Nov 13:00)".to_owned()
                ),
                (Worth::Bad, "permission: it lacks `write`".to_owned()),
                (Worth::Soon, "permission: it lacks `search`".to_owned()),
            ]
        );
    }
}
