//! Pictures and whole files on their way to an account's own Bluesky server, as blobs.
//!
//! `com.atproto.repo.uploadBlob` of bluesky-social/atproto, read 2026-11: the answer's blob stands in the record as it is, and one
//! that no record refers to is deleted after some hours. Videos by way of the video service are in `bluesky_video.rs`.

use super::bluesky::Bluesky;
use super::bluesky_session as session;
use super::http::{Answer, Body, Call};
use super::{CallError, UploadLog, address};
use crate::domain::PartMedia;
use crate::domain::upload::bytes as in_words;
use crate::secrets::BlueskySecret;
use serde::Deserialize;
use serde_json::Value;

/// The largest picture that every server takes; newer lexicons allow twice as much, older servers do not.
pub(super) const LARGEST_IMAGE: u64 = 1_000_000;

/// The longest reference to a blob that is kept, in bytes; real ones have about 200.
const LONGEST_BLOB: usize = 4096;

/// What `com.atproto.server.describeServer` says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Described {
    /// The server's own identity.
    #[serde(default, deserialize_with = "address::maybe_id")]
    pub did: Option<String>,
    /// The largest blob, in bytes; older servers do not say it.
    pub blob_upload_limit: Option<u64>,
}

impl Bluesky {
    /// Uploads one picture; returns its blob.
    pub(super) async fn upload_picture(
        &self,
        media: &PartMedia,
        bytes: Vec<u8>,
    ) -> Result<String, CallError> {
        if bytes.len() as u64 > LARGEST_IMAGE {
            return Err(CallError::Rejected(format!(
                "{} has {} bytes; Bluesky takes pictures of up to 1,000,000: attach a smaller one",
                media.name,
                bytes.len()
            )));
        }
        let (answer, session) = self
            .authorised(|session| {
                let body = Body::Raw {
                    mime: media.mime.clone(),
                    bytes: bytes.clone(),
                };
                Call::post(blob_place(session), body).bearer(&session.access)
            })
            .await?;
        self.blob(&answer, &session)
    }

    /// Uploads a kept file to the account's own server; returns its blob.
    pub(super) async fn upload_to_server(
        &self,
        media: &PartMedia,
        log: &dyn UploadLog,
        described: &Described,
    ) -> Result<String, CallError> {
        // The whole file is sent once: the session must not turn out to have ended after it.
        let session = self.living_session().await?;
        if let Some(limit) = described.blob_upload_limit
            && media.size > limit
        {
            let (host, most) = (address::host_of(&session.pds), in_words(limit));
            return Err(CallError::Rejected(format!(
                "{host} takes files of up to {most}, and {} has {}: make it smaller",
                media.name,
                in_words(media.size)
            )));
        }
        let call = |chunks| {
            Call::post(blob_place(&session), Body::file(media, chunks)).bearer(&session.access)
        };
        let answer = self
            .http()
            .send_file(self.files(), media, log, call)
            .await?;
        self.blob(&answer, &session)
    }

    /// Returns a session that the server has just accepted.
    async fn living_session(&self) -> Result<BlueskySecret, CallError> {
        let (answer, session) = self
            .authorised(|session| {
                let url = format!("{}/xrpc/com.atproto.server.getSession", session.pds);
                Call::read(url).bearer(&session.access)
            })
            .await?;
        match answer.is_success() {
            true => Ok(session),
            false => Err(self.refused(&answer, &session)),
        }
    }

    /// Asks the account's server what it is.
    pub(super) async fn describe_server(&self) -> Result<(Answer, BlueskySecret), CallError> {
        let session = self.keeper.session().await?;
        let url = format!("{}/xrpc/com.atproto.server.describeServer", session.pds);
        Ok((self.http().send(Call::read(url)).await?, session))
    }

    /// Reads the answer to that.
    pub(super) fn described(
        &self,
        answer: &Answer,
        session: &BlueskySecret,
    ) -> Result<Described, CallError> {
        if !answer.is_success() {
            return Err(self.refused(answer, session));
        }
        (answer.json()).ok_or_else(|| session::unreadable(&session.pds))
    }

    fn blob(&self, answer: &Answer, session: &BlueskySecret) -> Result<String, CallError> {
        if !answer.is_success() {
            return Err(self.refused(answer, session));
        }
        answer
            .json::<Value>()
            .and_then(|mut answer| answer.get_mut("blob").map(Value::take))
            .and_then(|blob| reference(&blob))
            .ok_or_else(|| session::unreadable(&session.pds))
    }
}

/// Returns a blob as the text that stands for it; `None` for what is none.
pub(super) fn reference(blob: &Value) -> Option<String> {
    let reference = blob.is_object().then(|| blob.to_string())?;
    (reference.len() <= LONGEST_BLOB).then_some(reference)
}

fn blob_place(session: &BlueskySecret) -> String {
    format!("{}/xrpc/com.atproto.repo.uploadBlob", session.pds)
}
