//! Pictures and videos on their way to a server with Mastodon's API, and the wait until it has looked at them.
//!
//! docs.joinmastodon.org/methods/media (read 2026-11): `POST /api/v2/media` answers 202 while it still works on what it got;
//! then `GET /api/v1/media/:id` says 206 meanwhile, 200 when it is ready, 422 when it failed. A video goes up in one request,
//! read while it is sent; its id is kept, so that another run waits for it instead of sending it again. Nothing here is public
//! before a post refers to it.

use super::http::{Answer, Body, Call, Upload};
use super::mastodon::Mastodon;
use super::mastodon_api::{Media, file_name, segment};
use super::{CallError, UploadLog};
use crate::domain::PartMedia;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where files go; the second for servers before 3.1.3.
const PLACES: [&str; 2] = ["/api/v2/media", "/api/v1/media"];

/// Between two looks at a video is waited a little longer each time, up to so many of the first pauses: a server takes 300
/// questions in five minutes.
const LONGEST_PAUSE: u32 = 4;

/// What no post refers to is taken away by servers after about a day; an older id is not used.
const KEPT_FOR: TimeDelta = TimeDelta::hours(1);

/// What is kept of a video that is there.
#[derive(Debug, Serialize, Deserialize)]
struct Session {
    id: String,
    /// Whether the server had nothing more to do with it.
    ready: bool,
    /// When it had all arrived.
    at: DateTime<Utc>,
}

/// What became of a file that the server looks at.
enum Look {
    Ready,
    Working,
    /// It will never be ready; with the server's words.
    Failed(String),
    /// The server does not know it any more.
    Gone,
}

impl Mastodon {
    /// Uploads one picture and waits until it is processed; returns its id.
    pub(super) async fn upload_picture(
        &self,
        media: &PartMedia,
        bytes: Vec<u8>,
    ) -> Result<String, CallError> {
        let [place, older] = PLACES;
        let call = |path: &str, bytes: Vec<u8>| {
            let body = Body::Multipart(form(media, bytes));
            Call::post(self.url(path), body).bearer(self.token())
        };
        let mut answer = self.http().send(call(place, bytes.clone())).await?;
        if answer.status == 404 {
            answer = self.http().send(call(older, bytes)).await?;
        }
        let (id, is_ready) = self.arrived(&answer, media)?;
        if !is_ready {
            self.until_ready(&id, media).await?;
        }
        Ok(id)
    }

    /// Uploads one kept video, or waits for one that an earlier run has brought there; returns its id once it is ready.
    pub(super) async fn upload_video(
        &self,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        let earlier = log.earlier();
        let there = (earlier.as_ref())
            .and_then(|begun| serde_json::from_str::<Session>(&begun.session).ok())
            .filter(|session| self.http().now() - session.at < KEPT_FOR);
        if let Some(session) = there
            && (session.ready || self.is_known(&session.id).await?)
        {
            return self.awaited(session, media, log).await;
        }
        if earlier.is_some() {
            log.forget().await;
        }
        self.files().check(media).await?;
        let mut answer = self.send_video(PLACES[0], media, log).await?;
        if answer.status == 404 {
            answer = self.send_video(PLACES[1], media, log).await?;
        }
        let (id, ready) = self.arrived(&answer, media)?;
        let at = self.http().now();
        let session = Session { id, ready, at };
        let words = serde_json::to_string(&session);
        let words = words.expect("a structure of texts and a time is always JSON");
        log.keep(&words, media.size).await?;
        self.awaited(session, media, log).await
    }

    async fn send_video(
        &self,
        path: &str,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<Answer, CallError> {
        let call = |chunks| {
            let body = Body::MultipartStreamed(form(media, Vec::new()), chunks);
            Call::post(self.url(path), body).bearer(self.token())
        };
        self.http().send_file(self.files(), media, log, call).await
    }

    async fn awaited(
        &self,
        session: Session,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        if !session.ready {
            let waited = self.until_ready(&session.id, media).await;
            // What failed is sent anew when a person asks for it.
            if matches!(waited, Err(CallError::Rejected(_))) {
                log.forget().await;
            }
            waited?;
        }
        Ok(session.id)
    }

    /// Reads the answer to an upload: its id, and whether it is ready.
    fn arrived(&self, answer: &Answer, media: &PartMedia) -> Result<(String, bool), CallError> {
        if !answer.is_success() {
            return Err(match self.refused(answer) {
                CallError::Rejected(reason) => CallError::Rejected(unusable(&reason, media)),
                other => other,
            });
        }
        let uploaded: Media = answer
            .json()
            .ok_or_else(|| self.unreadable(&format!("a {}", media.medium())))?;
        Ok((uploaded.id, answer.status != 202))
    }

    /// Whether the server still knows a file of an earlier run.
    async fn is_known(&self, id: &str) -> Result<bool, CallError> {
        Ok(!matches!(self.look(id).await?, Look::Gone))
    }

    async fn look(&self, id: &str) -> Result<Look, CallError> {
        let answer = self.read(&format!("/api/v1/media/{}", segment(id))).await?;
        match answer.status {
            200 => Ok(Look::Ready),
            206 => Ok(Look::Working),
            404 | 410 => Ok(Look::Gone),
            _ => match self.refused(&answer) {
                CallError::Rejected(reason) => Ok(Look::Failed(reason)),
                other => Err(other),
            },
        }
    }

    /// Waits until what has arrived is processed.
    async fn until_ready(&self, id: &str, media: &PartMedia) -> Result<(), CallError> {
        let timeouts = self.http().timeouts();
        let waiting = async {
            let mut pause = timeouts.poll;
            loop {
                tokio::time::sleep(pause).await;
                match self.look(id).await? {
                    Look::Ready => return Ok(()),
                    Look::Working => {}
                    Look::Failed(reason) => {
                        return Err(CallError::Rejected(unusable(&reason, media)));
                    }
                    Look::Gone => {
                        let (host, what, name) = (self.host(), media.medium(), &media.name);
                        return Err(CallError::Rejected(format!(
                            "{host} does not know the {what} {name} any more: try again"
                        )));
                    }
                }
                if media.is_video() {
                    pause = pause.mul_f32(1.25).min(LONGEST_PAUSE * timeouts.poll);
                }
            }
        };
        let patience: Duration = timeouts.processing;
        tokio::time::timeout(patience, waiting)
            .await
            .unwrap_or_else(|_| {
                let (host, what, name) = (self.host(), media.medium(), &media.name);
                Err(CallError::Unavailable(format!(
                    "{host} is still processing the {what} {name}"
                )))
            })
    }
}

/// Says what a person does about a file that the server cannot use.
fn unusable(reason: &str, media: &PartMedia) -> String {
    if media.is_video() {
        let name = &media.name;
        return format!("{reason}: convert {name} to MP4 with H.264 and AAC, and attach it again");
    }
    reason.to_owned()
}

fn form(media: &PartMedia, bytes: Vec<u8>) -> Upload {
    Upload {
        field: "file",
        name: file_name(media),
        mime: media.mime.clone(),
        bytes,
        description: media.alt.clone(),
        fields: Vec::new(),
    }
}
