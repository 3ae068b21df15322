//! The text filter beside the screen: started, and what it says turned into messages.
//!
//! Running it is `runtime/pipe.rs`; what becomes of its answer is `app/update/pipe.rs`.

use super::Loop;
use crate::app::{Msg, Reply, Request};
use crate::domain::TextFilter;
use crate::runtime::pipe::{Running, Told};

impl Loop {
    /// Runs a filter on a text, in place of one that still runs.
    pub(super) fn pipe(&mut self, request: Request, filter: &TextFilter, text: &str) {
        let messages = self.messages.clone();
        let answer = move |reply| {
            // Nobody listens any more once the screen is gone.
            let _ = messages.send(Msg::Reply(request, Box::new(reply)));
        };
        let tell = {
            let answer = answer.clone();
            move |told| {
                answer(match told {
                    Told::Seconds(seconds) => Reply::Piping(seconds),
                    Told::Ended(result) => Reply::Piped(result.map_err(|error| error.to_string())),
                });
            }
        };
        match Running::start(filter, text, &self.hidden, tell) {
            Ok(running) => self.piping = Some(running),
            Err(error) => answer(Reply::Piped(Err(error.to_string()))),
        }
    }
}
