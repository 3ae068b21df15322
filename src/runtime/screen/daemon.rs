//! The daemon that is started from the alarm, and what it said turned into a message.
//!
//! Starting it is `runtime/background.rs`; when is decided by `app/update/daemon.rs`.

use super::Loop;
use crate::app::{Msg, Reply, Request};
use crate::runtime::background;

impl Loop {
    pub(super) fn start_daemon(&self, request: Request) {
        let (launch, messages) = (self.daemon.clone(), self.messages.clone());
        self.tasks.spawn_blocking(move || {
            let words = |process| {
                let log = launch.log.display();
                format!(
                    "The daemon runs (process {process}) and outlives this screen; its words are in {log}"
                )
            };
            let started = background::start(&launch);
            let result = started.map(words).map_err(|error| error.to_string());
            // Nobody listens any more once the screen is gone.
            let _ = messages.send(Msg::Reply(request, Box::new(Reply::Daemon(result))));
        });
    }
}
