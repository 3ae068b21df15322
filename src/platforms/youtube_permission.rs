//! What a login of YouTube may do: the scopes that Google granted with it.
//!
//! developers.google.com/youtube/v3/guides/auth/installed-apps, and each method's page (read 2026-11). They come with every fresh
//! token, so nothing is asked for them alone.

use super::CallError;
use super::permission::{Need, of_scopes, untold};
use super::youtube::YouTube;
use crate::domain::{Costs, Permission};

const MANAGE: &str = "https://www.googleapis.com/auth/youtube";
const UPLOAD: &str = "https://www.googleapis.com/auth/youtube.upload";
const READ: &str = "https://www.googleapis.com/auth/youtube.readonly";
const FORCE_SSL: &str = "https://www.googleapis.com/auth/youtube.force-ssl";

pub(super) const NEEDS: [Need; 3] = [
    Need {
        any_of: &[MANAGE, UPLOAD, FORCE_SSL],
        without: "videos are refused",
        costs: Costs::Publishing,
    },
    Need {
        any_of: &[MANAGE, READ, FORCE_SSL],
        without: "nobody can say whose channel it is, or look up a video whose answer was lost",
        costs: Costs::Publishing,
    },
    Need {
        any_of: &[MANAGE, FORCE_SSL],
        without: "what is published can be neither edited nor deleted from here",
        costs: Costs::Something,
    },
];

impl YouTube {
    /// Says which scopes the token at hand has.
    pub(super) async fn find_permission(&self) -> Result<Permission, CallError> {
        let now = self.http().now();
        Ok(match self.tokens().scopes().await? {
            Some(granted) => of_scopes(&granted, &NEEDS, &self.tokens().remedy, now),
            None => untold("Google", now),
        })
    }
}
