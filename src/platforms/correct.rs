//! How deletions and edits end, told from what happened on the wire.
//!
//! Each platform asks in its own file; who may ask, and what is kept of it, is decided in `publisher/correct.rs`.

use super::CallError;
use super::http::Failure;
use crate::domain::Corrected;

impl From<Failure> for Corrected {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(reason) => Self::NotDone { reason },
            Failure::Unknown(reason) => Self::Unknown { reason },
        }
    }
}

impl From<CallError> for Corrected {
    /// Reads the failure of a call that comes before the one that changes something.
    fn from(error: CallError) -> Self {
        match error {
            CallError::Rejected(reason) => Self::Refused { reason },
            CallError::Unauthorized(reason) => Self::Unauthorized { reason },
            CallError::RateLimited { reason, .. } | CallError::Unavailable(reason) => {
                Self::NotDone { reason }
            }
        }
    }
}
