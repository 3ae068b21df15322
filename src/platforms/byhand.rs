//! A channel that a person serves: nothing is asked, sent, edited or deleted from here.
//!
//! What is planned for it becomes a task at its time (`publisher/tasks.rs`); it never comes as far as a request.

use super::{CallError, PartContext, Platform};
use crate::domain::{
    Account, AttemptRequest, Channel, Corrected, Limits, Outcome, Part, PartMedia, Permalink,
    RemoteRef,
};
use async_trait::async_trait;

/// What is said where something would be sent.
const A_PERSON_DOES: &str = "a person posts there, not Masthead: the task says what to copy";

/// A channel served by hand.
#[derive(Debug)]
pub struct ByHand {
    page: Option<String>,
}

impl ByHand {
    /// Creates the channel with the page on which it is posted.
    pub fn new(channel: &Channel) -> Self {
        Self {
            page: channel.page.clone(),
        }
    }
}

#[async_trait]
impl Platform for ByHand {
    /// The page stands for the account: nobody can be asked whose it is.
    async fn verify(&self) -> Result<Account, CallError> {
        let page = self.page.clone();
        Ok(Account {
            id: "by hand".to_owned(),
            handle: page.unwrap_or_else(|| "by hand".to_owned()),
        })
    }

    async fn limits(&self) -> Result<Limits, CallError> {
        Ok(Limits::default())
    }

    /// Takes any public address.
    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        let there =
            Permalink::read(address).map_err(|error| CallError::Rejected(error.to_string()))?;
        Ok(Some(RemoteRef {
            id: there.as_str().to_owned(),
            ..RemoteRef::default()
        }))
    }

    async fn upload(&self, _media: &PartMedia, _bytes: Vec<u8>) -> Result<String, CallError> {
        Err(CallError::Rejected(A_PERSON_DOES.to_owned()))
    }

    fn request(&self, part: &Part, _context: &PartContext<'_>) -> AttemptRequest {
        AttemptRequest {
            body: serde_json::json!({ "text": part.text }).to_string(),
            ..AttemptRequest::default()
        }
    }

    async fn publish(&self, _request: &AttemptRequest) -> Outcome {
        Outcome::Rejected {
            reason: A_PERSON_DOES.to_owned(),
        }
    }

    async fn delete(&self, _there: &RemoteRef) -> Corrected {
        Corrected::Refused {
            reason: "it was posted by hand: delete it on its page".to_owned(),
        }
    }

    async fn edit(&self, _there: &RemoteRef, _part: &Part, _media_refs: &[String]) -> Corrected {
        Corrected::Refused {
            reason: "it was posted by hand: edit it on its page".to_owned(),
        }
    }
}
