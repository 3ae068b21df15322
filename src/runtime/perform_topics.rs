//! The topics that channels know: those that were kept, and, where they are old, those that the server tells now.
//!
//! Runs beside everything else; a server that does not answer costs nothing but fresh topics.

use super::perform::{Hands, reply};
use crate::app::connections::Asked;
use crate::app::{Msg, Reply, Request};
use crate::domain::ChannelName;
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// What is older is asked for again.
const FRESH: TimeDelta = TimeDelta::hours(1);

impl Hands {
    pub(super) async fn load_topics(
        &self,
        request: Request,
        channels: Vec<ChannelName>,
        asked: Asked,
    ) -> Option<Msg> {
        // Without them nothing is completed, which nobody has to be told.
        let kept = self.store.call(|db| db.topics()).await.ok()?;
        let now = self.clock.now();
        let mut all: BTreeMap<ChannelName, Vec<String>> = BTreeMap::new();
        let mut old = Vec::new();
        for name in channels {
            let known = kept.get(&name);
            if known.is_none_or(|topics| now - topics.told_at > FRESH) {
                old.push(name.clone());
            }
            if let Some(topics) = known {
                all.insert(name, topics.names.clone());
            }
        }
        if asked == Asked::Nobody {
            return reply(request, Reply::Topics(all));
        }
        let outlets = self.outlets()?;
        for name in old {
            let Some(Ok(platform)) = outlets.get(&name).map(|outlet| &outlet.platform) else {
                continue;
            };
            match platform.topics().await {
                Ok(names) => {
                    let (channel, told) = (name.clone(), names.clone());
                    let saved = self
                        .store
                        .call(move |db| db.save_topics(&channel, told, now));
                    if let Err(error) = saved.await {
                        tracing::warn!(channel = %name, %error, "topics not kept");
                    }
                    all.insert(name, names);
                }
                Err(error) => tracing::info!(channel = %name, %error, "topics not told"),
            }
        }
        reply(request, Reply::Topics(all))
    }
}
