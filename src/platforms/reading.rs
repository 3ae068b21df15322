//! Reads bytes as every answer that a platform's server may give, without a server: for fuzzing.
//!
//! What comes back is all that would be kept or shown of it. The readers are the ones that real answers go through,
//! in `<platform>_reading.rs`; nothing here judges.

use super::http::{Answer, Http, Timeouts};
use super::{CallError, LookUp};
use crate::domain::{Account, Limits, Outcome, Permission};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What a server sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// Status code.
    pub status: u16,
    /// `Retry-After`, `Date`, `Location` and `WWW-Authenticate` alike.
    pub header: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// What would be kept or shown of an answer.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Reasons, ids, addresses, handles.
    pub texts: Vec<String>,
    /// Limits, where the answer was read as a server's description of itself.
    pub limits: Vec<Limits>,
    /// Until when it would be waited.
    pub until: Option<DateTime<Utc>>,
}

impl Kept {
    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.texts.push(text.into());
    }

    pub(super) fn account(&mut self, account: Result<Account, CallError>) {
        match account {
            Ok(account) => self.texts.extend([account.id, account.handle]),
            Err(error) => self.say(error.to_string()),
        }
    }

    pub(super) fn permission(&mut self, permission: Permission) {
        self.texts.push(permission.may);
        let lacks = permission.lacks.into_iter();
        self.texts.extend(lacks.map(|lack| lack.words));
    }

    pub(super) fn outcome(&mut self, outcome: Outcome) {
        self.say(outcome.reason());
        if let Outcome::Published(there) = outcome {
            self.say(there.id);
            self.texts.extend(there.cid);
            self.texts.extend(there.permalink);
            self.texts.extend(there.note);
        }
    }

    pub(super) fn look(&mut self, look: LookUp) {
        match look {
            LookUp::Found(there) => self.outcome(Outcome::Published(there)),
            LookUp::Absent => {}
            LookUp::CannotTell { reason } => self.say(reason),
        }
    }

    pub(super) fn limits(&mut self, limits: Limits) {
        self.texts.extend(limits.mime_types.iter().cloned());
        self.limits.push(limits);
    }
}

/// Puts the answer together.
pub(super) fn answer(sent: Sent<'_>) -> Answer {
    let headers = ["retry-after", "date", "location", "www-authenticate"];
    let headers = headers.map(|name| (name, sent.header));
    Answer::made(sent.status, &headers, sent.body)
}

pub(super) fn http(now: DateTime<Utc>) -> Http {
    Http::new(Timeouts::default(), Arc::new(now))
}
