//! The channels that a server shows to an account, asked where what is kept is old.
//!
//! Runs beside everything else; a server that does not answer leaves what was kept.

use super::perform::{Hands, reply};
use crate::app::{Msg, Reply, Request};
use crate::domain::{ChannelName, Places};
use chrono::TimeDelta;

/// What is older is asked for again: somebody may have made a channel just now.
const FRESH: TimeDelta = TimeDelta::minutes(2);

impl Hands {
    pub(super) async fn load_places(&self, request: Request, channel: ChannelName) -> Option<Msg> {
        let name = channel.clone();
        let facts = self.store.call(move |db| db.facts_of(&name)).await.ok()?;
        let told_at = self.clock.now();
        let kept = facts.places.as_deref();
        if let Some(places) = kept.filter(|places| told_at - places.told_at <= FRESH) {
            return reply(request, Reply::Places(channel, places.clone()));
        }
        let outlets = self.outlets()?;
        let platform = outlets.get(&channel)?.platform.as_ref().ok()?;
        let all = match platform.places().await {
            Ok(told) => told?,
            Err(error) => {
                tracing::info!(%channel, %error, "channels not told");
                return None;
            }
        };
        let places = Places { all, told_at };
        let (name, kept) = (channel.clone(), places.clone());
        let saved = self.store.call(move |db| db.save_places(&name, kept)).await;
        if let Err(error) = saved {
            tracing::warn!(%channel, %error, "channels not kept");
        }
        reply(request, Reply::Places(channel, places))
    }
}
