//! `masthead demo`: a sample month in a private folder that is removed at the end; every channel is a sandbox, but for one that
//! a person serves by hand.
//!
//! The history in it is real: past posts went through claim, attempt and outcome, and their files are in the folder.

use super::house::{self, House, Tasks};
use super::{Done, Globals, demo_posts, screen};
use crate::config::{Config, Locations};
use crate::domain::by_hand::ASKED;
use crate::domain::schedule::{LatePolicy, Plan};
use crate::domain::{
    Attempt, Author, ChannelName, Composed, Content, DeliveryId, DeliveryState, Entry, Key, Kind,
    LocalTime, Look, Outcome, Post, ReviewRule, Saw, Threading, Variant, Waits,
};
use crate::platforms::{PartContext, next_in_thread};
use crate::publisher::Outlet;
use crate::runtime::outlets;
use crate::store::{DeliveryChange, Lease, PostView};
use crate::text::naming;
use anyhow::{Context, anyhow};
use chrono::{Duration, NaiveTime, Timelike};
use std::collections::BTreeMap;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

/// Open a sample month in a throw-away folder.
#[derive(Debug, clap::Args)]
pub(super) struct Demo {}

/// One post of the sample month.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Days from today.
    pub(super) day: i64,
    /// Clock time.
    pub(super) time: (u32, u32),
    pub(super) kind: Kind,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) channels: &'static [&'static str],
    pub(super) campaign: Option<&'static str>,
    pub(super) way: Way,
}

/// What becomes of a post of the sample month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Published,
    FailedOn(&'static str, &'static str),
    UnknownOn(&'static str, &'static str),
    Missed(&'static str),
    InAMinute,
    /// Somebody is asked to post it by hand.
    Asked,
    Planned,
    OwnText(&'static str, &'static str),
    Thread,
    Draft,
    Shelf,
}

const CHANNELS: &str = r#"
[channels.linkedin]
platform = "sandbox"
like = "linkedin"

[channels.fosstodon]
platform = "sandbox"
like = "mastodon"

[channels.bluesky]
platform = "sandbox"
like = "bluesky"

[channels.announce]
platform = "sandbox"
like = "zulip"
topic = "news"

[channels.newsletter]
platform = "byhand"
like = "linkedin"
mark = "Nl"
url = "https://www.linkedin.com/company/example/admin/page-posts/published/"
"#;

impl Demo {
    pub(super) fn run(self, globals: &Globals) -> anyhow::Result<Done> {
        let folder = Private::new()?;
        let house = open(globals, &folder)?;
        fill(&house)?;
        screen::open(globals, house, screen::Occasion::Demo, house::Found::There)
    }
}

/// A folder that is for its owner alone and goes when this does.
#[derive(Debug)]
struct Private(PathBuf);

impl Private {
    fn new() -> anyhow::Result<Self> {
        let name = format!("masthead-demo-{}", uuid::Uuid::new_v4().simple());
        let path = std::env::temp_dir().join(name);
        // Not recursive: a folder that somebody else made there first is refused.
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("the demo's folder {} cannot be made", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Opens an empty plan in the folder; of the user's own configuration only what concerns the look is taken.
fn open(globals: &Globals, folder: &Private) -> anyhow::Result<House> {
    let own = house::locations(globals)
        .ok()
        .and_then(|locations| house::load(&locations).ok())
        .unwrap_or_default();
    let sample = Config::parse(CHANNELS, "demo")
        .map_err(|_| anyhow!("the demo's own configuration is damaged"))?;
    let config = Config {
        channels: sample.channels,
        review: ReviewRule::Optional,
        ..own
    };
    House::with(Locations::within(&folder.0), config)
}

/// Puts the sample month into the plan.
fn fill(house: &House) -> anyhow::Result<()> {
    let known = house.known_channels()?;
    let outlets = outlets::connect_all(&house.config, &house.locations, &known, &house.http());
    let lease = house
        .store
        .try_lead("demo", house.now())?
        .ok_or_else(|| anyhow!("the demo's own database is led by somebody else"))?;
    let history = History {
        house,
        outlets,
        lease,
        tasks: house.tasks()?,
    };
    introduce(house)?;
    demo_posts::SAMPLES
        .iter()
        .try_for_each(|sample| history.add(sample))?;
    history.for_review()
}

/// Puts who is who into the directory, so that `@@` has somebody to offer.
fn introduce(house: &House) -> anyhow::Result<()> {
    let mut people = Vec::new();
    for (key, name, kind, handles) in demo_posts::PEOPLE {
        let mut entry = Entry::new(key.parse::<Key>()?, name, *kind)?;
        for (platform, written) in *handles {
            let platform = platform.parse()?;
            let handle = naming::handle(platform, written).map_err(|reason| anyhow!(reason))?;
            entry.handles.insert(platform, handle);
        }
        people.push(entry);
    }
    let (author, now) = (house.author.clone(), house.now());
    (house.store).wait(move |db| db.change_directory(&author, &people, &[], now))?;
    Ok(())
}

struct History<'a> {
    house: &'a House,
    outlets: BTreeMap<ChannelName, Outlet>,
    lease: Lease,
    tasks: Tasks,
}

impl History<'_> {
    fn add(&self, sample: &Sample) -> anyhow::Result<()> {
        let (house, content) = (self.house, content(sample, self.house));
        let (author, now) = (house.author.clone(), house.now());
        let post = house
            .store
            .wait(move |db| db.add_post(&author, &content, None, now))?;
        let view = house.post(post.id.0)?;
        for (index, delivery) in view.deliveries.iter().enumerate() {
            let name = delivery.channel.as_str();
            match sample.way {
                Way::Published => self.attempt(&view, index, None)?,
                Way::FailedOn(channel, reason) if channel == name => {
                    let reason = reason.to_owned();
                    self.attempt(&view, index, Some(Outcome::Unauthorized { reason }))?;
                }
                Way::UnknownOn(channel, reason) if channel == name => {
                    let reason = reason.to_owned();
                    self.attempt(&view, index, Some(Outcome::Unknown { reason }))?;
                    self.looked_in_vain(delivery.id)?;
                }
                Way::FailedOn(..) | Way::UnknownOn(..) => self.attempt(&view, index, None)?,
                Way::Missed(reason) => {
                    let change = DeliveryChange::to(DeliveryState::Missed, reason);
                    let (fence, id) = (self.lease.fence, delivery.id);
                    house
                        .store
                        .wait(move |db| db.change_delivery(fence, id, &change, now))?;
                }
                Way::Asked => {
                    let due = delivery.due_at.unwrap_or(now);
                    let change = DeliveryChange {
                        next_try: Some(due + LatePolicy::default().grace(sample.kind)),
                        waits: Waits::ForAPerson,
                        ..DeliveryChange::to(DeliveryState::Waiting, ASKED)
                    };
                    let (fence, id) = (self.lease.fence, delivery.id);
                    (house.store).wait(move |db| db.change_delivery(fence, id, &change, now))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Lets a colleague have approved the first draft, and has it changed since: it waits on the review page.
    fn for_review(&self) -> anyhow::Result<()> {
        let (house, now) = (self.house, self.house.now());
        let views = house
            .store
            .wait(|db| db.list(None, None, false, demo_posts::SAMPLES.len()))?;
        let draft = views
            .into_iter()
            .find(|view| !view.post.content.scheduled && view.post.content.plan.at().is_some());
        let Some(Post {
            id,
            revision,
            content,
            ..
        }) = draft.map(|view| view.post)
        else {
            return Ok(());
        };
        let hashes: Vec<_> = super::compose::composed(house, &content, None)?
            .into_iter()
            .map(|(channel, composed)| (channel, composed.hash()))
            .collect();
        let (me, colleague) = (house.author.clone(), Author::from("Kim"));
        let changed = Content {
            text: format!("{}\n\nNo experience needed.", content.text),
            ..content
        };
        house.store.wait(move |db| {
            let ago = |minutes| now - Duration::minutes(minutes);
            db.ask_review(
                &me,
                id,
                "Please check that the date may be public.",
                ago(190),
            )?;
            db.approve_all(&colleague, id, Some(revision), &hashes, ago(170))?;
            db.comment(
                &colleague,
                id,
                "The date is public. Say who can help?",
                ago(60),
            )?;
            db.save_post(&me, id, revision, &changed, "edited", ago(20))?;
            db.ask_review(&me, id, "", ago(15))
        })?;
        Ok(())
    }

    /// Takes a delivery through claim, attempt and outcome as the publisher does, at the time it was planned for.
    /// Unless it is to end otherwise, it is really written into its sandbox.
    fn attempt(
        &self,
        view: &PostView,
        index: usize,
        instead: Option<Outcome>,
    ) -> anyhow::Result<()> {
        let (house, fence) = (self.house, self.lease.fence);
        let delivery = view.deliveries[index].clone();
        let at = delivery.due_at.unwrap_or_else(|| house.now());
        let outlet = self
            .outlets
            .get(&delivery.channel)
            .ok_or_else(|| anyhow!("the demo has no channel {}", delivery.channel))?;
        let platform = outlet.platform.clone().map_err(|reason| anyhow!(reason))?;
        let id = delivery.id;
        house.store.wait(move |db| db.claim(fence, id, at))?;
        let composed = compose(house, view, &delivery.channel)?;
        let mut first: Option<Outcome> = None;
        let mut answers = None;
        for (number, part) in (0_u32..).zip(&composed.parts) {
            let request = platform.request(
                part,
                &PartContext {
                    delivery: id,
                    index: number,
                    total: u32::try_from(composed.parts.len()).unwrap_or(1),
                    answers: answers.as_ref(),
                    media_refs: &[],
                    created_at: at,
                    earlier: None,
                },
            );
            let (kept, deadline) = (request.clone(), at + Duration::seconds(90));
            let attempt = house
                .store
                .wait(move |db| db.begin_attempt(fence, id, number, &kept, deadline, at))?;
            let ended = instead
                .clone()
                .unwrap_or_else(|| self.tasks.block_on(platform.publish(&request)));
            let (known, when) = (ended.clone(), at + Duration::milliseconds(400));
            house
                .store
                .wait(move |db| db.finish_attempt(attempt, &known, when))?;
            if let Outcome::Published(there) = &ended {
                answers = Some(next_in_thread(there, answers.as_ref()));
            }
            let over = !matches!(ended, Outcome::Published(_));
            first.get_or_insert(ended);
            if over {
                break;
            }
        }
        let change = match first {
            Some(Outcome::Published(there)) => DeliveryChange {
                permalink: there.permalink,
                ..DeliveryChange::to(DeliveryState::Published, "")
            },
            Some(Outcome::Unknown { reason }) => DeliveryChange::to(DeliveryState::Unknown, reason),
            Some(other) => DeliveryChange::to(DeliveryState::Failed, other.reason()),
            None => DeliveryChange::to(DeliveryState::Failed, "there is nothing to send"),
        };
        house
            .store
            .wait(move |db| db.change_delivery(fence, id, &change, at))?;
        Ok(())
    }

    /// The looks of a day said nothing, so it is left to a person, as it would be on an account that cannot be read.
    fn looked_in_vain(&self, id: DeliveryId) -> anyhow::Result<()> {
        let fence = self.lease.fence;
        self.house.store.wait(move |db| {
            let delivery = db.delivery(id)?;
            let look = |attempt: &Attempt| Look {
                attempt: attempt.id,
                at: attempt.deadline,
                saw: Saw::CannotTell,
                reason: "this login may not read the account's own posts".to_owned(),
            };
            if let Some(look) = db.attempts(id)?.last().map(look) {
                let reason = format!("{}; looked, but {}", delivery.reason, look.reason);
                let change = DeliveryChange::to(DeliveryState::Unknown, reason);
                db.keep_look(fence, id, &look, None, &change, look.at)?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

fn compose(house: &House, view: &PostView, channel: &ChannelName) -> anyhow::Result<Composed> {
    super::compose::composed(house, &view.post.content, Some(channel))?
        .pop()
        .map(|(_, composed)| composed)
        .ok_or_else(|| anyhow!("the demo's post does not go to {channel}"))
}

fn content(sample: &Sample, house: &House) -> Content {
    let mut content = Content {
        title: sample.title.to_owned(),
        text: sample.text.to_owned(),
        kind: sample.kind,
        plan: match sample.way {
            Way::Shelf => Plan::Shelf,
            Way::InAMinute => Plan::At(near(house, Duration::seconds(60))),
            Way::Asked => Plan::At(near(house, -Duration::minutes(20))),
            _ => Plan::At(planned(sample, house)),
        },
        scheduled: !matches!(sample.way, Way::Draft | Way::Shelf),
        campaign: sample.campaign.map(str::to_owned),
        language: Some("en".to_owned()),
        threading: if sample.way == Way::Thread {
            Threading::On
        } else {
            Threading::Off
        },
        variants: sample
            .channels
            .iter()
            .map(|name| Variant::inherits(*name))
            .collect(),
        ..Content::default()
    };
    if let Way::OwnText(channel, own) = sample.way
        && let Some(variant) = content.variant_mut(&ChannelName::from(channel))
    {
        variant.set_own(own, sample.text);
    }
    content
}

fn planned(sample: &Sample, house: &House) -> LocalTime {
    let (hour, minute) = sample.time;
    let today = house.local_now(house.zone).local.date();
    let clock = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
    LocalTime::new(today.and_time(clock), house.zone).plus_days(sample.day)
}

/// Returns a time so far from now, to the second.
fn near(house: &House, by: Duration) -> LocalTime {
    let at = house.now() + by;
    LocalTime::from_instant(at.with_nanosecond(0).unwrap_or(at), house.zone)
}

#[cfg(test)]
mod tests;
