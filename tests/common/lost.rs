//! A part whose answer was lost, and the question to its platform whether it is there.
//!
//! Judges nothing: what a look-up may find is each platform's own suite.

use super::now;
use chrono::{DateTime, TimeDelta, Utc};
use masthead::domain::{Attempt, AttemptId, AttemptRequest, DeliveryId};
use masthead::platforms::{LookUp, Platform, Sought};

/// An attempt at this request that began then and was never answered.
pub fn lost(request: &AttemptRequest, began: DateTime<Utc>) -> Attempt {
    Attempt {
        id: AttemptId(1),
        delivery: DeliveryId(1),
        part: 0,
        number: 1,
        request: request.clone(),
        started_at: began,
        deadline: began + TimeDelta::seconds(90),
        outcome: None,
        ended_at: None,
    }
}

/// Asks whether what was lost is there, and is none of those that are others'.
pub async fn look_for(platform: &dyn Platform, lost: &Attempt, taken: &[&str]) -> LookUp {
    let taken: Vec<String> = taken.iter().map(|id| (*id).to_owned()).collect();
    let sought = Sought {
        attempt: lost,
        since: lost.started_at,
        taken: &taken,
    };
    platform.look_up(&sought).await
}

/// Asks the same of a request that was sent a moment ago.
pub async fn look(platform: &dyn Platform, request: &AttemptRequest, taken: &[&str]) -> LookUp {
    look_for(platform, &lost(request, now()), taken).await
}
