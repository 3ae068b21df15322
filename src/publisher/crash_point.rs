//! Named points between due and recorded, at which a test stops the process in order to kill it there.
//!
//! `send.rs`, `parts.rs` and `prepare.rs` pass them in one line each; `runtime/planted.rs` reads where to stop. In a
//! release build passing one is nothing, and the names are not there.

/// A step between due and recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(debug_assertions, derive(Debug))]
#[cfg_attr(
    not(debug_assertions),
    expect(missing_debug_implementations, reason = "it would put the names there")
)]
pub enum CrashPoint {
    /// The delivery was found due.
    BeforeClaim,
    /// It is claimed; nothing is composed yet.
    AfterClaim,
    /// A picture is there, the rest of the part is not.
    DuringUpload,
    /// The attempt is on record; nothing has left.
    AfterAttemptCommitted,
    /// The request is on its way, or with the server; nothing was heard of it.
    AfterRequestLeft,
    /// The answer is read, or will never come.
    AfterAnswerCame,
    /// The outcome is known and about to be written down.
    BeforeOutcomeCommitted,
    /// The attempt's outcome is on record; the delivery does not know it yet.
    AfterOutcomeCommitted,
}

#[cfg(not(debug_assertions))]
pub(super) async fn pass(_: CrashPoint, _: u32) {}

#[cfg(debug_assertions)]
pub(super) use planted::pass;
#[cfg(debug_assertions)]
pub use planted::{Stop, plant};

#[cfg(debug_assertions)]
mod planted {
    use super::CrashPoint;
    use std::sync::OnceLock;

    /// Where to stop, and what holds the process there.
    static PLANTED: OnceLock<(Vec<Stop>, Hold)> = OnceLock::new();

    /// Keeps the process where it is; may return to let it go on.
    type Hold = fn(Stop);

    /// A point of one part.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Stop {
        /// Where.
        pub point: CrashPoint,
        /// At which part of the thread, from 0; the claim belongs to the first.
        pub part: u32,
    }

    impl CrashPoint {
        /// All of them, in the order in which they are passed.
        pub const ALL: [Self; 8] = [
            Self::BeforeClaim,
            Self::AfterClaim,
            Self::DuringUpload,
            Self::AfterAttemptCommitted,
            Self::AfterRequestLeft,
            Self::AfterAnswerCame,
            Self::BeforeOutcomeCommitted,
            Self::AfterOutcomeCommitted,
        ];

        /// Returns its name, as tests write it.
        pub fn name(self) -> &'static str {
            match self {
                Self::BeforeClaim => "before-claim",
                Self::AfterClaim => "after-claim",
                Self::DuringUpload => "during-upload",
                Self::AfterAttemptCommitted => "after-attempt-committed",
                Self::AfterRequestLeft => "after-request-left",
                Self::AfterAnswerCame => "after-answer-came",
                Self::BeforeOutcomeCommitted => "before-outcome-committed",
                Self::AfterOutcomeCommitted => "after-outcome-committed",
            }
        }
    }

    /// Lets `halt` hold this process at these stops; the first call counts.
    pub fn plant(stops: Vec<Stop>, halt: fn(Stop)) {
        let _ = PLANTED.set((stops, halt));
    }

    pub(in crate::publisher) async fn pass(point: CrashPoint, part: u32) {
        let here = Stop { point, part };
        if let Some((stops, halt)) = PLANTED.get()
            && stops.contains(&here)
        {
            // Other tasks go on meanwhile, as they do in front of a slow disk.
            let _ = tokio::task::spawn_blocking(move || halt(here)).await;
        }
    }
}
