//! Accounts are verified and limits fetched ahead of the first send, each channel by itself, at every tick of the leader.
//!
//! Says of a channel what is wrong with it once, and again only when that changes: what stays as it is must not talk over the
//! screen every minute. What is wrong is written down by `prepare.rs` and by the log.

use super::lead::blocked;
use super::{PublisherEvent, Shared, prepare};
use crate::domain::ChannelName;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// The looks that are under way, and what was said of each channel last.
#[derive(Default)]
pub(super) struct Warming {
    running: JoinSet<(ChannelName, Option<String>)>,
    told: BTreeMap<ChannelName, String>,
}

impl Warming {
    /// Starts a look at each channel that may be used, unless the last ones are still under way.
    pub(super) fn start(&mut self, shared: &Arc<Shared>) {
        self.reap();
        if !self.running.is_empty() {
            return;
        }
        for outlet in shared.setup.outlets.values() {
            if outlet.channel.dormant || blocked(shared, outlet).is_some() {
                continue;
            }
            let Ok(platform) = outlet.platform.clone() else {
                continue;
            };
            let (shared, outlet) = (Arc::clone(shared), outlet.clone());
            let told = self.told.get(&outlet.channel.name).cloned();
            self.running.spawn(async move {
                let ready = prepare::ready(&shared, &outlet, platform.as_ref()).await;
                let channel = outlet.channel.name;
                let reason = ready.err().map(|stop| stop.to_string());
                if let Some(reason) = reason.clone().filter(|_| reason != told) {
                    tracing::warn!(%channel, reason, "not ready");
                    shared.say(PublisherEvent::ChannelTrouble {
                        channel: channel.clone(),
                        reason,
                    });
                }
                (channel, reason)
            });
        }
    }

    /// Takes in the looks that ended.
    pub(super) fn reap(&mut self) {
        while let Some(ended) = self.running.try_join_next() {
            match ended {
                Ok((channel, Some(reason))) => drop(self.told.insert(channel, reason)),
                Ok((channel, None)) => drop(self.told.remove(&channel)),
                Err(_) => {}
            }
        }
    }

    /// Leaves what is under way to itself: its answers are for nobody any more.
    pub(super) fn let_go(&mut self) {
        self.running.detach_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ended(warming: &mut Warming, reason: Option<&str>) -> Option<String> {
        let reason = reason.map(str::to_owned);
        warming.running.spawn(async { ("a".into(), reason) });
        while !warming.running.is_empty() {
            tokio::task::yield_now().await;
            warming.reap();
        }
        warming.told.get(&"a".into()).cloned()
    }

    #[tokio::test]
    async fn what_was_said_of_a_channel_is_remembered_until_it_works() {
        let mut warming = Warming::default();
        let refused = "127.0.0.1:9 cannot be reached";
        assert_eq!(
            ended(&mut warming, Some(refused)).await.as_deref(),
            Some(refused)
        );
        assert_eq!(
            ended(&mut warming, Some("the login ended"))
                .await
                .as_deref(),
            Some("the login ended")
        );
        assert_eq!(ended(&mut warming, None).await, None);
    }
}
