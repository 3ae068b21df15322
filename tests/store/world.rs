//! A folder with a database in it, two people and three channels.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use masthead::domain::{
    Author, Channel, ChannelName, Content, Delivery, DeliveryState, LocalTime, Plan, PlatformId,
    Post, PostId, Variant,
};
use masthead::store::{DeliveryChange, PostView, Store, StoreError};
use tempfile::TempDir;

/// A folder with a database; both go at the end of the test.
pub struct World {
    pub store: Store,
    pub folder: TempDir,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("masthead.db"), noon()).expect("opens");
        let channels = [
            Channel::new("fosstodon", PlatformId::Mastodon),
            Channel::new("bluesky", PlatformId::Bluesky),
            Channel::new("outbox", PlatformId::Sandbox),
        ];
        store
            .wait(move |db| db.sync_channels(&channels))
            .expect("channels");
        Self { store, folder }
    }

    /// Another process, as far as the database can tell.
    pub fn second(&self) -> Store {
        Store::open(&self.folder.path().join("masthead.db"), noon()).expect("opens again")
    }

    pub fn add(&self, content: Content) -> Post {
        self.store
            .wait(move |db| db.add_post(&ada(), &content, None, noon()))
            .expect("added")
    }

    pub fn view(&self, id: PostId) -> PostView {
        self.store.wait(move |db| db.post(id)).expect("there")
    }

    /// Saves a change of the present revision, as `author`.
    pub fn edit(
        &self,
        author: Author,
        id: PostId,
        change: impl FnOnce(&mut Content),
    ) -> Result<Post, StoreError> {
        let post = self.view(id).post;
        let mut content = post.content;
        change(&mut content);
        self.store
            .wait(move |db| db.save_post(&author, id, post.revision, &content, "edited", noon()))
    }

    /// Puts a delivery into a state, as a leader would.
    pub fn put(&self, delivery: &Delivery, state: DeliveryState) {
        let lease = self
            .store
            .try_lead("test", noon())
            .expect("asks")
            .expect("leads");
        let id = delivery.id;
        let change = DeliveryChange {
            state,
            reason: "because".to_owned(),
            next_try: None,
            permalink: None,
            tries: 0,
            waits: masthead::domain::Waits::ForItself,
        };
        self.store
            .wait(move |db| db.change_delivery(lease.fence, id, &change, noon()))
            .expect("changed");
    }

    /// Returns the states of a post's deliveries, in order.
    pub fn states(&self, id: PostId) -> Vec<DeliveryState> {
        self.view(id)
            .deliveries
            .iter()
            .map(|delivery| delivery.state)
            .collect()
    }
}

/// 10 November 2026, 12:00 in Oslo.
pub fn noon() -> DateTime<Utc> {
    at(10, 12).instant()
}

pub fn minutes(count: i64) -> DateTime<Utc> {
    noon() + Duration::minutes(count)
}

/// A time in November 2026 in Oslo.
pub fn at(day: u32, hour: u32) -> LocalTime {
    let local =
        NaiveDate::from_ymd_opt(2026, 11, day).and_then(|date| date.and_hms_opt(hour, 0, 0));
    LocalTime::new(local.expect("a time"), chrono_tz::Europe::Oslo)
}

pub fn ada() -> Author {
    Author::new("Ada")
}

pub fn grace() -> Author {
    Author::new("Grace")
}

pub fn name(channel: &str) -> ChannelName {
    ChannelName::new(channel)
}

/// A scheduled post at a time on channels.
pub fn planned(title: &str, time: LocalTime, channels: &[&str]) -> Content {
    Content {
        plan: Plan::At(time),
        ..shelved(title, channels)
    }
}

/// A scheduled post without a time.
pub fn shelved(title: &str, channels: &[&str]) -> Content {
    Content {
        title: title.to_owned(),
        text: format!("The text of {title}."),
        scheduled: true,
        variants: channels.iter().map(|one| Variant::inherits(*one)).collect(),
        ..Content::default()
    }
}
