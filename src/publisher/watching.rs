//! Looks again at parts that are there and that their platform is still at work on, until that has ended.
//!
//! Runs beside the deliveries and holds none of them up: a channel that is watched goes on sending. Sends nothing new; when a
//! look is due is in the database, so that it goes on after a restart.

use super::lead::blocked;
use super::{PublisherEvent, Settled, Shared, prepare};
use crate::domain::{ChannelName, Published, Watch, next_watch};
use crate::platforms::CallError;
use crate::store::{StoreError, Watched};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// How many parts are looked at in one go.
const MOST: usize = 100;

/// The looks that are under way.
#[derive(Default)]
pub(super) struct Watching(JoinSet<()>);

impl Watching {
    /// Starts the looks that are due, unless the last ones are still under way.
    pub(super) fn start(&mut self, shared: &Arc<Shared>, fence: i64) {
        while self.0.try_join_next().is_some() {}
        if self.0.is_empty() {
            let shared = Arc::clone(shared);
            self.0.spawn(async move {
                if let Err(error) = look(&shared, fence).await {
                    tracing::warn!(%error, "what is still worked on was not looked at");
                }
            });
        }
    }

    /// Leaves what is under way to itself: the next leader looks again.
    pub(super) fn let_go(&mut self) {
        self.0.detach_all();
    }
}

/// Looks at all that is due, each channel by itself. Returns what changed by it.
pub(super) async fn look(shared: &Arc<Shared>, fence: i64) -> Result<Vec<Settled>, StoreError> {
    let now = shared.real_now();
    let all = shared.store().call(move |db| db.watched(now, MOST)).await?;
    let mut channels: BTreeMap<ChannelName, Vec<Watched>> = BTreeMap::new();
    for one in all {
        channels.entry(one.channel.clone()).or_default().push(one);
    }
    let mut looking = JoinSet::new();
    for these in channels.into_values() {
        let shared = Arc::clone(shared);
        looking.spawn(async move {
            let mut settled = Vec::new();
            for one in these {
                let looked = look_at(&shared, fence, one).await?;
                settled.extend(looked.changed);
                // Where nobody answers, the others are not waited for in vain: they stay due.
                if looked.away {
                    break;
                }
            }
            Ok::<_, StoreError>(settled)
        });
    }
    let mut settled = Vec::new();
    while let Some(looked) = looking.join_next().await {
        // One that panicked is in the log, and looked at again.
        settled.extend(looked.unwrap_or_else(|_| Ok(Vec::new()))?);
    }
    Ok(settled)
}

/// What a look led to.
#[derive(Default)]
struct Looked {
    /// Where the delivery stands, where that or its reason changed.
    changed: Option<Settled>,
    /// Whether the platform did not answer.
    away: bool,
}

/// Looks at one part, and keeps what was seen.
async fn look_at(shared: &Shared, fence: i64, watched: Watched) -> Result<Looked, StoreError> {
    let Some(outlet) = shared.setup.outlets.get(&watched.channel) else {
        return Ok(Looked::default());
    };
    let Ok(platform) = outlet.platform.clone() else {
        return Ok(Looked::default());
    };
    if blocked(shared, outlet).is_some() {
        return Ok(Looked::default());
    }
    let asked = match prepare::ready(shared, outlet, platform.as_ref()).await {
        Ok(()) => platform.watch(&watched.there, &watched.request).await,
        Err(stop) => Err(CallError::Unavailable(stop.to_string())),
    };
    let away = matches!(asked, Err(CallError::Unavailable(_)));
    let at = shared.real_now();
    let next = next_watch(watched.since, at);
    let (said, next) = match asked {
        Ok(said) if said.watch.goes_on() && next.is_none() => (given_up(&watched, said), None),
        Ok(said) => {
            let next = next.filter(|_| said.watch.goes_on());
            (said, next)
        }
        Err(error) => {
            tracing::warn!(post = watched.post.0, channel = %watched.channel, %error, "not looked at");
            match next {
                None => (given_up(&watched, watched.there.clone()), None),
                next => (watched.there.clone(), next),
            }
        }
    };
    let (one, now) = (watched.clone(), shared.plan_now());
    let kept = said.clone();
    let changed = shared
        .store()
        .call(move |db| db.keep_watch(fence, &one, &kept, next, now))
        .await?;
    let settled = changed.map(|change| Settled {
        post: watched.post,
        channel: watched.channel,
        state: change.state,
        reason: change.reason,
        permalink: said.permalink,
        next_try: None,
    });
    if let Some(settled) = &settled {
        tracing::info!(post = settled.post.0, channel = %settled.channel, state = settled.state.word(), "watched");
        shared.say(PublisherEvent::Settled(settled.clone()));
    }
    Ok(Looked {
        changed: settled,
        away,
    })
}

/// Says that only a person can tell now.
fn given_up(watched: &Watched, said: Published) -> Published {
    let label = watched.platform.label();
    let last = said
        .note
        .unwrap_or_else(|| format!("{label} was still at it"));
    Published {
        note: Some(format!("{last}, two days later too: look at it there")),
        watch: Watch::Over,
        ..said
    }
}
