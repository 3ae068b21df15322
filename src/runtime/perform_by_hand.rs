//! Doing what a task's sheet asks for: reading it, and recording what somebody says they did.
//!
//! The other effects are `perform.rs`. Nothing is sent from here.

use super::perform::{Change, Hands, answer};
use crate::app::by_hand::Said;
use crate::app::{Effect, Msg, Reply};
use crate::domain::by_hand::PUT_OFF_MINUTES;
use crate::publisher::tasks;
use chrono::TimeDelta;

impl Hands {
    pub(super) async fn perform_by_hand(&self, effect: Effect) -> Option<Msg> {
        let (author, now) = (self.author.clone(), self.plan_clock.now());
        let real_now = self.clock.now();
        match effect {
            Effect::LoadTask(request, id) => {
                let pictures = self.media.clone();
                let read = self
                    .store
                    .call(move |db| tasks::task(db, id, &pictures, now));
                answer(request, read.await, |task| Reply::Task(Box::new(task)))
            }
            Effect::PostedByHand(request, id, channel, posted) => {
                let said = Said::Posted(channel.clone(), posted.permalink.clone());
                let recorded = self.store.call(move |db| {
                    db.posted_by_hand(&author, id, &channel, &posted, now, real_now)
                });
                let recorded = recorded.await;
                (self.changed)(Change::Posts);
                answer(request, recorded, |()| Reply::ByHand(id, said))
            }
            Effect::PutOff(request, id, channel) => {
                let until = now + TimeDelta::minutes(PUT_OFF_MINUTES);
                let said = Said::PutOff(channel.clone(), until);
                let put_off = self
                    .store
                    .call(move |db| db.put_off(&author, id, &channel, until, now));
                let put_off = put_off.await;
                (self.changed)(Change::Posts);
                answer(request, put_off, |()| Reply::ByHand(id, said))
            }
            Effect::NotPostedByHand(request, id, channel) => {
                let said = Said::TakenBack(channel.clone());
                let taken_back = self
                    .store
                    .call(move |db| db.not_posted_by_hand(&author, id, &channel, now));
                let taken_back = taken_back.await;
                (self.changed)(Change::Posts);
                answer(request, taken_back, |()| Reply::ByHand(id, said))
            }
            _ => None,
        }
    }
}
