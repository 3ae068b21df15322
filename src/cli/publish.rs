//! `masthead publish`: makes a post due now, and waits for the outcome, whoever sends it.
//!
//! Goes around nothing: what may not leave is refused with its reason.

use super::house::House;
use super::{Done, Globals, freeze, json, times};
use crate::domain::by_hand::is_asked;
use crate::domain::text_safety::visible;
use crate::domain::{ChannelName, Delivery, DeliveryState, PostId};
use crate::publisher::{self, OnceError, Scope};
use crate::store::PostView;
use anyhow::{anyhow, bail};
use std::io::Write;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

/// How long the outcome is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Send a post now and wait for the outcome.
#[derive(Debug, clap::Args)]
pub(super) struct Publish {
    /// The post
    id: i64,
    /// Only on these channels, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    channel: Vec<String>,
}

impl Publish {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let only = house.channels(&self.channel)?;
        let view = house.post(self.id)?;
        if let Some(freeze) = freeze::frozen(&house)? {
            let words = freeze::sentence(&house, &freeze);
            bail!("post {} is not sent: everything is {words}", self.id);
        }
        refuse(&house, &view, &only)?;
        let (id, author, now, chosen) = (
            view.post.id,
            house.author.clone(),
            house.now(),
            only.clone(),
        );
        let due = house
            .store
            .wait(move |db| db.make_due(&author, id, &chosen, now))?;
        if due == 0 {
            bail!("post {id} has nothing to send");
        }
        let setup = house.publisher_setup("publish")?;
        house.tasks()?.block_on(wait_for(&house, setup, id))?;

        let view = house.post(self.id)?;
        let waits = |it: &Delivery| it.state == DeliveryState::Waiting;
        if view.deliveries.iter().any(waits) {
            freeze::remind(&house, globals)?;
        }
        if globals.json {
            json::line(out, &json::view(&view, house.zone))?;
        }
        let mut done = Done::Whole;
        for delivery in &view.deliveries {
            if !only.is_empty() && !only.contains(&delivery.channel) {
                continue;
            }
            if !matches!(
                delivery.state,
                DeliveryState::Published | DeliveryState::Skipped
            ) {
                done = Done::InPart;
            }
            if !globals.json {
                let mut said = vec![delivery.state.word().to_owned()];
                said.extend(delivery.permalink.clone());
                said.extend(Some(delivery.reason.clone()).filter(|reason| !reason.is_empty()));
                writeln!(out, "{}: {}", delivery.channel, visible(&said.join(" ")))?;
            }
        }
        Ok(done)
    }
}

/// Refuses, with the reason, what may not leave now.
fn refuse(house: &House, view: &PostView, only: &[ChannelName]) -> anyhow::Result<()> {
    let (id, content) = (view.post.id, &view.post.content);
    if content.variants.is_empty() {
        bail!("post {id} goes to no channel: name one with `masthead edit {id} --channel …`");
    }
    if let Some(end) = content.not_after
        && end.instant() < house.now()
    {
        bail!(
            "post {id} is not sent: its “not after” time ({}) has passed",
            times::shown(end)
        );
    }
    if let Some(begin) = content.not_before
        && begin.instant() > house.now()
    {
        bail!(
            "post {id} is not sent: its “not before” time ({}) has not come",
            times::shown(begin)
        );
    }
    let mut chosen = view
        .deliveries
        .iter()
        .filter(|one| only.is_empty() || only.contains(&one.channel));
    if chosen.clone().any(|delivery| delivery.state.is_open()) {
        return Ok(());
    }
    match chosen.find(|delivery| delivery.state == DeliveryState::Unknown) {
        Some(unknown) => Err(anyhow!(
            "nobody knows whether post {id} went out on {}: look there first",
            unknown.channel
        )),
        None => Err(anyhow!("post {id} has left already")),
    }
}

/// Waits until the post has left, by this process where nobody else publishes.
async fn wait_for(house: &House, setup: publisher::Setup, id: PostId) -> anyhow::Result<()> {
    let end = Instant::now() + PATIENCE;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        super::daemon::signal().await;
        let _ = stop.send(true);
    });
    let watching = stopped.clone();
    // Nobody reads what is said meanwhile: the outcome is in the database.
    let (events, _) = mpsc::unbounded_channel();
    match publisher::once(setup, Scope::Post(id, PATIENCE), events, stopped).await {
        Ok(_) => return Ok(()),
        Err(OnceError::OtherLeader(_)) => {}
        Err(error) => return Err(error.into()),
    }
    while Instant::now() < end && !*watching.borrow() {
        let deliveries = house.store.call(move |db| db.post(id)).await?.deliveries;
        let busy = deliveries.iter().any(|delivery| {
            matches!(
                delivery.state,
                DeliveryState::Waiting | DeliveryState::Publishing
            ) && !is_asked(delivery)
        });
        if !busy {
            break;
        }
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
