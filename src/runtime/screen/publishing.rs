//! The publisher beside the screen: connected when the channels are known, and what it says turned into messages.
//!
//! Decides nothing about deliveries; that is `publisher`.

use super::Loop;
use crate::app::Note;
use crate::app::msg::{Msg, Rank};
use crate::app::state::Publishing;
use crate::publisher::{self, PublisherEvent, Setup};
use crate::runtime::terminal::Screen;
use crate::runtime::{perform_outbox, settled_words};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// Calls in flight may take minutes; a key waits no longer than this for them.
const AT_ONCE: Duration = Duration::from_millis(100);

/// Waits for the publisher, where there is one.
pub(super) async fn heard(
    events: &mut Option<UnboundedReceiver<PublisherEvent>>,
) -> PublisherEvent {
    if let Some(events) = events
        && let Some(event) = events.recv().await
    {
        return event;
    }
    std::future::pending().await
}

impl Loop {
    pub(super) fn published(
        &mut self,
        screen: &mut Screen,
        event: PublisherEvent,
    ) -> io::Result<()> {
        self.caretaker.iter().for_each(|one| one.hear(&event));
        match event {
            PublisherEvent::Leading => self.role = Publishing::Here,
            PublisherEvent::NotLeading { holder } if holder.starts_with("daemon") => {
                self.role = Publishing::Daemon;
            }
            PublisherEvent::NotLeading { holder } => {
                let name = holder.strip_prefix("session ").unwrap_or(&holder);
                self.role = Publishing::Session(name.to_owned());
            }
            PublisherEvent::Changed | PublisherEvent::Sending { .. } => {
                return self.message(screen, Msg::Changed);
            }
            PublisherEvent::Settled(settled) => {
                self.tell(screen, &settled)?;
                return self.message(screen, Msg::Changed);
            }
            PublisherEvent::ChannelTrouble { channel, reason } => {
                let text = format!("{channel}: {reason}");
                let note = Note {
                    rank: Rank::Warn,
                    text,
                };
                return self.message(screen, Msg::Told(note));
            }
            PublisherEvent::LeaderSilent { holder, since } => {
                self.role = Publishing::Silent { who: holder, since };
            }
            PublisherEvent::Trouble(trouble) => {
                let short = trouble.short().to_owned();
                return self.message(screen, Msg::Publisher(Publishing::Cannot(short)));
            }
            PublisherEvent::Stopped {
                reason: Some(reason),
            } => {
                return self.message(screen, Msg::Publisher(Publishing::Cannot(reason)));
            }
            PublisherEvent::Stopped { reason: None } => self.role = Publishing::Nobody,
            // Who publishes is what it was before.
            PublisherEvent::TroubleOver => {}
        }
        self.message(screen, Msg::Publisher(self.role.clone()))
    }

    fn tell(&mut self, screen: &mut Screen, settled: &publisher::Settled) -> io::Result<()> {
        match settled_words::note(&self.app, settled) {
            Some(note) => self.message(screen, Msg::Told(note)),
            None => Ok(()),
        }
    }

    /// Reads the configuration and fetches the secrets, which may take seconds, while the screen goes on.
    pub(super) fn connect(&self) {
        let (connect, setups) = (Arc::clone(&self.connect), self.setups.clone());
        self.tasks.spawn_blocking(move || {
            // Nobody waits for it any more once the screen is gone.
            let _ = setups.send(connect());
        });
    }

    /// Has the publisher stop and waits for its calls in flight; one that is long at it is waited for no longer than `patience`,
    /// and again when the program ends.
    pub(super) async fn stop_publishing(&mut self, patience: Duration) {
        if let Some(publisher) = self.publisher.take() {
            publisher.stop_claiming();
            self.ending.push(self.tasks.spawn(publisher.stop()));
        }
        let until = tokio::time::Instant::now() + patience;
        while let Some(mut last) = self.ending.pop() {
            if tokio::time::timeout_at(until, &mut last).await.is_err() {
                self.ending.push(last);
                return;
            }
        }
    }

    /// Starts the publisher, in place of one that knew fewer channels; that one keeps the lead until its calls have ended.
    pub(super) async fn publish_with(
        &mut self,
        screen: &mut Screen,
        setup: Result<Setup, String>,
    ) -> io::Result<Option<UnboundedReceiver<PublisherEvent>>> {
        self.stop_publishing(AT_ONCE).await;
        match setup {
            Ok(setup) => {
                perform_outbox::share(&self.known, &setup);
                let _beside = self.tasks.enter();
                let (publisher, events) = publisher::start(setup);
                self.publisher = Some(publisher);
                Ok(Some(events))
            }
            Err(reason) => {
                self.message(screen, Msg::Publisher(Publishing::Cannot(reason)))?;
                Ok(None)
            }
        }
    }
}
