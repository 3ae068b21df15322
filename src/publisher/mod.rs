//! The publisher: finds what is due, claims it, sends it once, and writes down what happened.
//!
//! One process leads; the protocol that keeps a post from going out twice is in `send.rs` (one delivery) and
//! `parts.rs` (one thread). What to do when is decided, purely, in `plan.rs` and `retry.rs`; `running.rs` leads
//! whenever nobody else does, `lead.rs` is the time of leading. What has no known outcome is looked up by `look_up.rs`. Knows no file, configuration or screen.

pub mod by_hand;
pub mod correct;
pub mod crash_point;
pub mod dry_run;
pub mod foresee;
mod lead;
pub mod look;
mod look_up;
mod once;
mod parts;
pub mod plan;
mod prepare;
pub mod retry;
mod running;
mod send;
pub mod tasks;
mod trouble;
mod uploads;
mod warming;
mod watching;

pub use correct::{CorrectError, PartCorrected, There, amend, remove, standing};
pub use once::{OnceError, Scope, once};
pub use running::{Handle, start};
pub use trouble::Trouble;

use crate::domain::schedule::LatePolicy;
use crate::domain::{Channel, ChannelName, Clock, DeliveryState, PartMedia, PostId};
use crate::platforms::Platform;
use crate::store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, watch};

/// Reads a picture as it is sent: the stored one, or what is made of it to fit; the error is one plain sentence.
pub type ReadMedia = Arc<dyn Fn(&PartMedia) -> Result<Vec<u8>, String> + Send + Sync>;

/// A channel as the publisher reaches it.
#[derive(Clone, Debug)]
pub struct Outlet {
    /// The channel.
    pub channel: Channel,
    /// The way to its platform, or why this process has none (a secret that it cannot read).
    pub platform: Result<Arc<dyn Platform>, String>,
    /// Where what it publishes goes.
    pub reach: Reach,
}

/// Where what a channel publishes goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nowhere beyond this machine: a sandbox, a server on loopback.
    ThisMachine,
    /// Over the network.
    Network,
}

/// Whether the plan's clock goes with the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    /// It does.
    Real,
    /// `MASTHEAD_NOW` set it: only what stays on this machine is published.
    Set,
}

/// What the publisher works with.
#[derive(Clone)]
pub struct Setup {
    /// The database.
    pub store: Store,
    /// Every configured channel.
    pub outlets: BTreeMap<ChannelName, Outlet>,
    /// How late a delivery may still leave.
    pub late: LatePolicy,
    /// Decides what is due.
    pub plan_clock: Arc<dyn Clock>,
    /// Whether the plan's clock goes with the machine.
    pub clock_state: ClockState,
    /// Leases, deadlines, `createdAt`.
    pub real_clock: Arc<dyn Clock>,
    /// Reads pictures from the data folder.
    pub read_media: ReadMedia,
    /// How this process is called while it leads: `daemon`, `session pts/4`.
    pub holder: String,
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("holder", &self.holder)
            .field("outlets", &self.outlets)
            .finish_non_exhaustive()
    }
}

/// What the publisher tells the screen, or the terminal of the daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublisherEvent {
    /// This process publishes now.
    Leading,
    /// Another one does.
    NotLeading {
        /// Who.
        holder: String,
    },
    /// The database changed: read again what is shown.
    Changed,
    /// A delivery is being sent.
    Sending {
        /// The post.
        post: PostId,
        /// The channel.
        channel: ChannelName,
    },
    /// A delivery stands somewhere else than before.
    Settled(Settled),
    /// A channel cannot be used at the moment.
    ChannelTrouble {
        /// The channel.
        channel: ChannelName,
        /// Why, and what to do.
        reason: String,
    },
    /// The one that publishes is there and does not move: stopped, or kept from writing.
    LeaderSilent {
        /// Who.
        holder: String,
        /// When it last said that it lives.
        since: DateTime<Utc>,
    },
    /// Nothing can be published for the moment.
    Trouble(Trouble),
    /// It can again.
    TroubleOver,
    /// The publisher has ended.
    Stopped {
        /// Why, when nobody asked it to.
        reason: Option<String>,
    },
}

/// Where a delivery stands after the publisher looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The post.
    pub post: PostId,
    /// The channel.
    pub channel: ChannelName,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why, in plain words; may be empty.
    pub reason: String,
    /// Where its first part can be read.
    pub permalink: Option<String>,
    /// When the next try is planned, by the plan's clock.
    pub next_try: Option<DateTime<Utc>>,
}

/// What is known of a channel's account in this process.
#[derive(Debug, Default)]
struct Link {
    verified: bool,
    limits_at: Option<DateTime<Utc>>,
}

/// What all tasks of the publisher share.
struct Shared {
    setup: Setup,
    links: BTreeMap<ChannelName, tokio::sync::Mutex<Link>>,
    events: mpsc::UnboundedSender<PublisherEvent>,
    /// Grows as long as the publisher's loop turns.
    turns: Arc<AtomicU64>,
    /// Whether the program ends: what can go on later is dropped.
    ending: watch::Sender<bool>,
}

impl Shared {
    fn new(setup: Setup, events: mpsc::UnboundedSender<PublisherEvent>) -> Arc<Self> {
        let links = setup
            .outlets
            .keys()
            .map(|name| (name.clone(), tokio::sync::Mutex::default()))
            .collect();
        Arc::new(Self {
            setup,
            links,
            events,
            turns: Arc::default(),
            ending: watch::Sender::new(false),
        })
    }

    fn store(&self) -> &Store {
        &self.setup.store
    }

    /// Nobody may be listening any more; what happened is in the database.
    fn say(&self, event: PublisherEvent) {
        let _ = self.events.send(event);
    }

    fn turned(&self) {
        self.turns.fetch_add(1, Ordering::Relaxed);
    }

    fn plan_now(&self) -> DateTime<Utc> {
        self.setup.plan_clock.now()
    }

    fn real_now(&self) -> DateTime<Utc> {
        self.setup.real_clock.now()
    }

    /// How far the plan's clock is from the real one.
    fn plan_ahead(&self) -> TimeDelta {
        self.plan_now() - self.real_now()
    }
}
