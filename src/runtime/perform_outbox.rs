//! Doing what the outbox asks for: reading it, calling back, trying again, and settling what a person knows better.
//!
//! The other effects are `perform.rs`. Nothing is sent from here; the publisher is only woken.

use super::perform::{Change, Hands, answer, reply, trouble};
use crate::app::msg::NotThere;
use crate::app::outbox_sheets::Calls;
use crate::app::{Effect, Msg, Reply, Request};
use crate::domain::{ChannelName, CorrectionKind, DeliveryId, PostId, Tries};
use crate::publisher::{self, Outlet, Setup, by_hand, dry_run};
use crate::store::Mark;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What the publisher works with; `None` until the channels are connected.
pub type Known = Arc<Mutex<Option<Setup>>>;

/// Shares a setup with whoever performs effects.
pub fn share(known: &Known, setup: &Setup) {
    *known.lock().unwrap_or_else(PoisonError::into_inner) = Some(setup.clone());
}

/// So many calls of a dry run are shown.
const MOST_CALLS: usize = 300;

/// What is said while the secrets are still being fetched.
const CONNECTING: &str = "The channels are still being connected: try again in a moment";

impl Hands {
    /// Returns the channels as they are connected; `None` while the secrets are still being fetched.
    pub(super) fn outlets(&self) -> Option<BTreeMap<ChannelName, Outlet>> {
        Some(self.connected()?.outlets)
    }

    fn connected(&self) -> Option<Setup> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) async fn perform_outbox(&self, effect: Effect) -> Option<Msg> {
        match effect {
            Effect::LoadOutbox(request, section, limit) => {
                let read = self.store.call(move |db| db.outbox(section, limit)).await;
                answer(request, read, Reply::Outbox)
            }
            Effect::LoadTries(request, id) => self.load_tries(request, id).await,
            Effect::LoadCalls(request, until) => self.load_calls(request, until).await,
            Effect::TryNow(request, id) => {
                let now = self.plan_clock.now();
                let tried = self.store.call(move |db| db.try_now(id, now)).await;
                (self.changed)(Change::Posts);
                answer(request, tried, |_| Reply::Trying)
            }
            Effect::Skip(request, id, channels) => {
                let (author, now) = (self.author.clone(), self.plan_clock.now());
                let skipped = self
                    .store
                    .call(move |db| db.skip(&author, id, &channels, now));
                answer(request, skipped.await, |count| Reply::Skipped(id, count))
            }
            Effect::MarkThere(request, id, channel, address) => {
                self.mark_there(request, id, channel, address).await
            }
            Effect::MarkNotThere(request, id, channel, then) => {
                let (mark, words) = match then {
                    NotThere::Send => (
                        Mark::NotThere,
                        format!("It is looked for once more on {channel}, then sent again"),
                    ),
                    NotThere::Skip => (
                        Mark::NotThereSkip,
                        format!("Noted: it is not there, and skipped on {channel}"),
                    ),
                };
                self.mark(request, id, channel, mark, words).await
            }
            Effect::LookAgain(request, id, channel) => {
                let (now, real_now) = (self.plan_clock.now(), self.clock.now());
                let words = format!("It is looked for on {channel}");
                let looked =
                    move |db: &mut crate::store::Db| db.look_again(id, &channel, now, real_now);
                let looked = self.store.call(looked).await;
                (self.changed)(Change::Posts);
                answer(request, looked, |()| Reply::Settled(words))
            }
            Effect::Correct(request, kind, id, channel) => {
                self.correct(request, kind, id, channel).await
            }
            _ => None,
        }
    }

    /// Deletes or edits on the platform, which may take as long as the network does.
    async fn correct(
        &self,
        request: Request,
        kind: CorrectionKind,
        id: PostId,
        channel: ChannelName,
    ) -> Option<Msg> {
        let Some(setup) = self.connected() else {
            return reply(request, Reply::Failed(CONNECTING.to_owned()));
        };
        let (author, name) = (self.author.clone(), channel.clone());
        // Goes on to its end even when the screen is left: it was asked for.
        let asked = tokio::spawn(async move {
            match kind {
                CorrectionKind::Delete => publisher::remove(setup, &author, id, &name).await,
                CorrectionKind::Edit => publisher::amend(setup, &author, id, &name)
                    .await
                    .map(|one| vec![one]),
            }
        });
        let told = asked.await;
        (self.changed)(Change::Posts);
        let words = match told {
            Ok(Ok(told)) => match told.iter().find(|one| !one.outcome.settles(kind)) {
                None => {
                    let words = format!("On {channel} it is {} now", kind.done());
                    return reply(request, Reply::Settled(words));
                }
                Some(open) => format!("{channel}: {}", open.outcome.left_open(kind)),
            },
            Ok(Err(error)) => error.to_string(),
            Err(_) => "The program stumbled while asking: look there".to_owned(),
        };
        reply(request, Reply::Failed(words))
    }

    async fn load_tries(&self, request: Request, id: DeliveryId) -> Option<Msg> {
        let read = self.store.call(move |db| {
            let delivery = db.delivery(id)?;
            let channels = db.channels()?;
            let account = (channels.iter())
                .find(|one| one.name == delivery.channel)
                .and_then(|one| one.account.as_ref());
            Ok(Tries {
                attempts: db.attempts(id)?,
                looks: db.looks(id)?,
                page: account.and_then(|it| delivery.platform.account_page(&it.handle)),
            })
        });
        answer(request, read.await, Reply::Tries)
    }

    async fn load_calls(&self, request: Request, until: DateTime<Utc>) -> Option<Msg> {
        let Some(setup) = self.connected() else {
            return reply(request, Reply::Failed(CONNECTING.to_owned()));
        };
        let (outlets, clock) = (setup.outlets, setup.clock_state);
        let (late, now) = (self.late, self.plan_clock.now());
        let worked_out = self
            .store
            .call(move |db| dry_run::calls(db, &outlets, clock, &late, now, until));
        answer(request, worked_out.await, |mut calls| {
            let leaving = calls.iter().filter(|call| call.leaves()).count();
            let stopped = calls.len() - leaving;
            calls.truncate(MOST_CALLS);
            Reply::Calls(Calls {
                calls,
                leaving,
                stopped,
            })
        })
    }

    /// Asks the platform whether the address is a post, which may take as long as the network does.
    async fn mark_there(
        &self,
        request: Request,
        id: PostId,
        channel: ChannelName,
        address: String,
    ) -> Option<Msg> {
        let outlet = match self.connected() {
            Some(mut connected) => connected.outlets.remove(&channel),
            None => return reply(request, Reply::Failed(CONNECTING.to_owned())),
        };
        let Some(outlet) = outlet else {
            let words = format!("{channel} is not in the configuration any more");
            return reply(request, Reply::Failed(words));
        };
        match by_hand::there(&self.store, &outlet, id, &channel, &address).await {
            Ok(mark) => {
                let words = format!("Noted: it is there on {channel}");
                self.mark(request, id, channel, mark, words).await
            }
            Err(by_hand::ByHandError::Store(error)) => reply(request, trouble(error, "")),
            Err(by_hand::ByHandError::Refused(reason)) => reply(request, Reply::Failed(reason)),
        }
    }

    async fn mark(
        &self,
        request: Request,
        id: PostId,
        channel: ChannelName,
        mark: Mark,
        words: String,
    ) -> Option<Msg> {
        let author = self.author.clone();
        let (now, real_now) = (self.plan_clock.now(), self.clock.now());
        let marked = self
            .store
            .call(move |db| db.mark(&author, id, &channel, &mark, now, real_now));
        let marked = marked.await;
        (self.changed)(Change::Posts);
        answer(request, marked, |()| Reply::Settled(words))
    }
}
