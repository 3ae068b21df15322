//! `masthead daemon`: publishes in the background, and says what happens in one line each.

use super::house::House;
use super::{Done, Globals, freeze};
use crate::domain::DeliveryState;
use crate::domain::text_safety::visible;
use crate::publisher::{self, OnceError, PublisherEvent, Scope, Settled};
use crate::runtime::caretaker::{self, Caretaker, Duties};
use crate::runtime::notify::{ServiceManager, watchdog_from_environment};
use anyhow::{Context, anyhow};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::signal::unix::{SignalKind, signal as unix_signal};
use tokio::sync::{mpsc, watch};

/// Publish in the background, without a screen.
#[derive(Debug, clap::Args)]
pub(super) struct Daemon {
    /// Send what is due now, then exit
    #[arg(long)]
    once: bool,
    /// Leave the terminal's session, as the screen asks of the daemon that it starts
    #[arg(long, hide = true)]
    detached: bool,
}

impl Daemon {
    pub(super) fn run(self, globals: &Globals) -> anyhow::Result<Done> {
        if self.detached {
            // It fails only for a process that leads its session or group already.
            let _ = rustix::process::setsid();
        }
        #[cfg(debug_assertions)]
        crate::runtime::planted::stop_if_asked();
        let house = House::open_and_say(globals)?;
        let setup = house.publisher_setup("daemon")?;
        for outlet in setup.outlets.values() {
            if let Err(reason) = &outlet.platform
                && !outlet.channel.dormant
            {
                say(globals, &format!("{}: {reason}", outlet.channel.name), None);
            }
        }
        let duties = house.duties();
        let tasks = house.tasks()?;
        if let Some(freeze) = freeze::frozen(&house)? {
            let words = freeze::sentence(&house, &freeze);
            if self.once {
                return Err(anyhow!("nothing is sent: everything is {words}"));
            }
            let words = format!("everything is {words}; nothing leaves until it is thawed");
            say(globals, &words, None);
        }
        if self.once {
            tasks.block_on(once(globals, setup, duties))
        } else {
            tasks.block_on(serve(globals, setup, duties))
        }
    }
}

/// Returns when the program is asked to end.
pub(super) async fn signal() {
    let hear = |kind| async move {
        match unix_signal(kind) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = hear(SignalKind::terminate()) => {}
        () = hear(SignalKind::interrupt()) => {}
        () = hear(SignalKind::hangup()) => {}
    }
}

async fn once(globals: &Globals, setup: publisher::Setup, duties: Duties) -> anyhow::Result<Done> {
    let (events, mut heard) = mpsc::unbounded_channel();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        signal().await;
        let _ = stop.send(true);
    });
    let own = globals.clone();
    let speaking = tokio::spawn(async move {
        while let Some(event) = heard.recv().await {
            announce(&own, &event);
        }
    });
    let settled = publisher::once(setup, Scope::Everything, events, stopped).await;
    // The publisher's ends of the channel are gone by now, so this comes to its end.
    speaking.await.context("the daemon's own voice failed")?;
    if settled.is_ok() {
        caretaker::care_once(&duties).await;
    }
    match settled {
        Ok(settled) => Ok(if settled.iter().any(went_wrong) {
            Done::InPart
        } else {
            Done::Whole
        }),
        Err(OnceError::OtherLeader(holder)) => {
            say(
                globals,
                &format!("{holder} publishes from this database: what is due is in its hands"),
                None,
            );
            Ok(Done::Whole)
        }
        Err(error) => Err(error.into()),
    }
}

fn went_wrong(settled: &Settled) -> bool {
    matches!(
        settled.state,
        DeliveryState::Failed | DeliveryState::Unknown
    )
}

async fn serve(globals: &Globals, setup: publisher::Setup, duties: Duties) -> anyhow::Result<Done> {
    let (handle, mut heard) = publisher::start(setup);
    let caretaker = Caretaker::start(duties);
    let manager = ServiceManager::from_environment().map(Arc::new);
    let tell = |state: &str| manager.iter().for_each(|manager| manager.tell(state));
    tell("READY=1");
    let watched = manager.clone().zip(watchdog_from_environment());
    let feeding = watched.map(|(manager, every)| {
        let turns = handle.turns();
        tokio::spawn(async move {
            manager.feed(every, || turns.load(Ordering::Relaxed)).await;
        })
    });
    let mut asked_to_end = std::pin::pin!(signal());
    let reason = loop {
        tokio::select! {
            () = &mut asked_to_end => {
                say(globals, "stopping: calls in flight are waited for", None);
                break None;
            }
            event = heard.recv() => match event {
                Some(PublisherEvent::Stopped { reason }) => break reason,
                Some(event) => {
                    caretaker.hear(&event);
                    announce(globals, &event);
                }
                None => break None,
            }
        }
    };
    tell("STOPPING=1");
    handle.stop().await;
    while let Ok(event) = heard.try_recv() {
        if !matches!(event, PublisherEvent::Stopped { .. }) {
            announce(globals, &event);
        }
    }
    caretaker.stop().await;
    feeding.iter().for_each(tokio::task::JoinHandle::abort);
    match reason {
        Some(reason) => Err(anyhow!(reason)),
        None => Ok(Done::Whole),
    }
}

fn announce(globals: &Globals, event: &PublisherEvent) {
    match event {
        PublisherEvent::Leading => say(globals, "publishing from this database", Some(event)),
        PublisherEvent::NotLeading { holder } => say(
            globals,
            &format!("{holder} publishes from this database; taking over when it ends"),
            Some(event),
        ),
        PublisherEvent::Settled(settled) => {
            let mut words = vec![format!(
                "post {} on {}: {}",
                settled.post,
                settled.channel,
                settled.state.word()
            )];
            words.extend(settled.permalink.clone());
            words.extend(Some(settled.reason.clone()).filter(|reason| !reason.is_empty()));
            if let Some(next) = settled.next_try {
                words.push(format!("(next try {})", super::json::utc(next)));
            }
            say(globals, &words.join(" "), Some(event));
        }
        PublisherEvent::ChannelTrouble { channel, reason } => {
            say(globals, &format!("{channel}: {reason}"), Some(event));
        }
        PublisherEvent::LeaderSilent { holder, since } => say(
            globals,
            &format!(
                "{holder} leads and has not moved since {}: end it, or make room for it",
                super::json::utc(*since)
            ),
            Some(event),
        ),
        PublisherEvent::Trouble(trouble) => say(globals, &trouble.to_string(), Some(event)),
        PublisherEvent::TroubleOver => say(globals, "the database answers again", Some(event)),
        PublisherEvent::Changed
        | PublisherEvent::Sending { .. }
        | PublisherEvent::Stopped { .. } => {}
    }
}

/// Writes one line to stderr, as JSON where that was asked for. Nobody may be listening any more.
fn say(globals: &Globals, words: &str, event: Option<&PublisherEvent>) {
    let line = if globals.json {
        let mut line = serde_json::json!({ "message": words });
        if let Some(PublisherEvent::Settled(settled)) = event {
            line["post"] = settled.post.0.into();
            line["channel"] = settled.channel.as_str().into();
            line["state"] = settled.state.word().into();
            line["permalink"] = settled.permalink.clone().into();
            line["reason"] = settled.reason.clone().into();
        }
        line.to_string()
    } else {
        format!("masthead: {}", visible(words))
    };
    let _ = writeln!(std::io::stderr(), "{line}");
}
