//! Why a call in an account's name has no answer: it was not made, for want of a token, or it failed on the way.
//!
//! The two are told apart because what was not made can be tried again, and what failed on the way may be public. Logins are
//! kept in `NAME_session.rs` and `x_access.rs`.

use super::CallError;
use super::http::Failure;
use crate::domain::{Corrected, Outcome};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// The call was not made: there is nothing to make it with.
    NotMade(CallError),
    /// It failed on the way.
    OnTheWay(Failure),
}

impl From<CallError> for NoAnswer {
    fn from(error: CallError) -> Self {
        Self::NotMade(error)
    }
}

impl From<Failure> for NoAnswer {
    fn from(failure: Failure) -> Self {
        Self::OnTheWay(failure)
    }
}

impl From<NoAnswer> for CallError {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NotMade(error) => error,
            NoAnswer::OnTheWay(failure) => failure.into(),
        }
    }
}

impl From<NoAnswer> for Outcome {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NotMade(error) => error.into(),
            NoAnswer::OnTheWay(failure) => failure.into(),
        }
    }
}

impl From<NoAnswer> for Corrected {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NotMade(error) => error.into(),
            NoAnswer::OnTheWay(failure) => failure.into(),
        }
    }
}
