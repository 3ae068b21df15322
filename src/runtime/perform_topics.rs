//! The topics that channels know: those that were kept, and, where they are old, those that the server tells now.
//!
//! Runs beside everything else; a server that does not answer costs nothing but fresh topics.

use super::perform::{Hands, reply};
use crate::app::connections::Asked;
use crate::app::topics::TopicsOf;
use crate::app::{Msg, Reply, Request};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// What is older is asked for again.
const FRESH: TimeDelta = TimeDelta::hours(1);

impl Hands {
    pub(super) async fn load_topics(
        &self,
        request: Request,
        wanted: Vec<TopicsOf>,
        asked: Asked,
    ) -> Option<Msg> {
        // Without them nothing is completed, which nobody has to be told.
        let kept = self.store.call(|db| db.topics()).await.ok()?;
        let now = self.clock.now();
        let mut all: BTreeMap<TopicsOf, Vec<String>> = BTreeMap::new();
        let mut old = Vec::new();
        for of in wanted {
            let known = kept.get(&kept_as(&of));
            if known.is_none_or(|topics| now - topics.told_at > FRESH) {
                old.push(of.clone());
            }
            if let Some(topics) = known {
                all.insert(of, topics.names.clone());
            }
        }
        if asked == Asked::Nobody {
            return reply(request, Reply::Topics(all));
        }
        let outlets = self.outlets()?;
        for of in old {
            let outlet = outlets.get(&of.channel);
            let Some(Ok(platform)) = outlet.map(|outlet| &outlet.platform) else {
                continue;
            };
            match platform.topics(of.to.as_ref()).await {
                Ok(names) => {
                    let (key, told) = (kept_as(&of), names.clone());
                    let saved = self.store.call(move |db| db.save_topics(&key, told, now));
                    if let Err(error) = saved.await {
                        tracing::warn!(channel = %of.channel, %error, "topics not kept");
                    }
                    all.insert(of, names);
                }
                Err(error) => tracing::info!(channel = %of.channel, %error, "topics not told"),
            }
        }
        reply(request, Reply::Topics(all))
    }
}

/// Returns the key under which topics are kept: a channel's name, and the one on its server where that is another.
fn kept_as(of: &TopicsOf) -> String {
    match &of.to {
        None => of.channel.to_string(),
        Some(to) => format!("{} {to}", of.channel),
    }
}
