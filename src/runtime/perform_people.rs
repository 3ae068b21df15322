//! Doing what the sheet of people asks for: reading the directory, and changing it.
//!
//! The other effects are `perform.rs`.

use super::perform::{Change, Hands, answer};
use crate::app::{Effect, Msg, Reply};

impl Hands {
    pub(super) async fn perform_people(&self, effect: Effect) -> Option<Msg> {
        match effect {
            Effect::LoadPeople(request) => {
                let read = self.store.call(|db| db.directory()).await;
                answer(request, read, Reply::People)
            }
            Effect::ChangePeople(request, put, remove) => {
                let (author, now) = (self.author.clone(), self.plan_clock.now());
                let changed = self
                    .store
                    .call(move |db| db.change_directory(&author, &put, &remove, now))
                    .await;
                (self.changed)(Change::Posts);
                answer(request, changed, Reply::PeopleChanged)
            }
            _ => None,
        }
    }
}
