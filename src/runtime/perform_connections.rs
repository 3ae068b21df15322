//! Doing what the sheet of connections asks for: what is known here, or the word of every platform.
//!
//! Runs beside everything else, as long as the network takes; the other effects are `perform.rs`.

use super::connections;
use super::perform::{Hands, reply, trouble};
use crate::app::connections::Asked;
use crate::app::{Msg, Reply, Request};
use crate::domain::{ChannelName, ConnectionStatus};
use crate::publisher::Outlet;
use crate::store::{Db, Seen};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Puts together what is known of every channel; the error is one plain sentence.
pub type Assemble = Arc<
    dyn Fn(
            &BTreeMap<ChannelName, Outlet>,
            &Seen,
            DateTime<Utc>,
        ) -> Result<Vec<ConnectionStatus>, String>
        + Send
        + Sync,
>;

impl Hands {
    pub(super) async fn load_connections(&self, request: Request, asked: Asked) -> Option<Msg> {
        let Some(outlets) = self.outlets() else {
            let words = "The channels are still being connected: try again in a moment";
            return reply(request, Reply::Failed(words.to_owned()));
        };
        let (paid, now, zone) = (connections::paid(&outlets), self.clock.now(), self.zone);
        let read = move |db: &mut Db| connections::seen(db, &paid, now, zone);
        let seen = match self.store.call(read).await {
            Ok(seen) => seen,
            Err(error) => return reply(request, trouble(error, "")),
        };
        let assemble = Arc::clone(&self.assemble);
        let shared = outlets.clone();
        // The configuration and the stored logins are files.
        let all = tokio::task::spawn_blocking(move || assemble(&shared, &seen, now)).await;
        let mut all = match all {
            Ok(Ok(all)) => all,
            Ok(Err(words)) => return reply(request, Reply::Failed(words)),
            Err(_) => {
                let words = "The program stumbled while reading the connections";
                return reply(request, Reply::Failed(words.to_owned()));
            }
        };
        if asked == Asked::Platforms {
            connections::check(&self.store, &outlets, &mut all).await;
        }
        reply(request, Reply::Connections(all))
    }
}
