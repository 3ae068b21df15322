//! Uploads to X: a picture at once, a video or a GIF in pieces that go on after a crash, and the alt text of all.
//!
//! docs.x.com/x-api/media and openapi.json, read 2026-08: pieces of at most 5 MB, up to 1,000 of them; what is uploaded
//! and not used is kept for a day. Nothing here is public before a post refers to it.

use super::http::{Answer, Body, Call, Upload};
use super::x::X;
use super::x_api::Data;
use super::{CallError, Pieces, UploadLog, address};
use crate::domain::PartMedia;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::{Duration, Instant};

/// Pieces are multiples of this, in bytes: a thousand of them hold the largest video.
const UNIT: u64 = 1024 * 1024;

/// The largest piece, in bytes.
const MOST: u64 = 4 * UNIT;

/// A piece may take longer than other calls, on a bad line.
const SLOWER: u32 = 4;

/// The longest that is waited between two questions, whatever X says.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What an upload is at.
#[derive(Debug, Deserialize)]
pub(super) struct Uploaded {
    #[serde(deserialize_with = "address::id")]
    pub id: String,
    pub processing_info: Option<Processing>,
}

/// How far X is with it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Processing {
    #[serde(default)]
    pub state: String,
    #[serde(default)]
    pub check_after_secs: Option<u64>,
    #[serde(default)]
    pub error: Option<Wrong>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wrong {
    pub message: Option<String>,
    pub name: Option<String>,
}

impl Processing {
    /// Returns whether it is ready to be posted, or why it never will be.
    pub fn is_done(&self) -> Result<bool, String> {
        match self.state.as_str() {
            "failed" => {
                let wrong = self.error.as_ref();
                let words = wrong.and_then(|wrong| wrong.message.as_ref().or(wrong.name.as_ref()));
                let words = words.map_or("without a reason", String::as_str);
                Err(super::http::quote(words))
            }
            "" | "succeeded" => Ok(true),
            _ => Ok(false),
        }
    }
}

/// What is kept of an upload in pieces, so that another run can go on with it.
#[derive(Debug, Serialize, Deserialize)]
struct Session {
    id: String,
    /// The piece that comes next.
    next: u32,
    /// Whether X was told that these were all.
    ended: bool,
}

impl Session {
    fn words(&self) -> String {
        serde_json::to_string(self).expect("a structure of texts and numbers is always JSON")
    }
}

/// Whether a medium goes up in pieces: a picture that moves, and a video.
pub(super) fn in_pieces(media: &PartMedia) -> bool {
    media.is_video() || media.mime == "image/gif"
}

impl X {
    /// Uploads one picture with its alt text, and returns its id.
    pub(super) async fn upload_at_once(
        &self,
        media: &PartMedia,
        bytes: Vec<u8>,
    ) -> Result<String, CallError> {
        let fields = vec![
            ("media_category", "tweet_image".to_owned()),
            ("media_type", media.mime.clone()),
        ];
        let make = || {
            let upload = piece(media, bytes.clone(), fields.clone());
            let url = self.url("media/upload");
            Call::post(url, Body::Multipart(upload)).within(self.patience())
        };
        let answer = self.call(make).await?;
        let id = self.processed(media, self.uploaded(&answer)?).await?;
        self.describe(media, &id).await?;
        Ok(id)
    }

    /// Uploads a kept file, going on with what an earlier run left, and returns its id.
    pub(super) async fn upload_pieces(
        &self,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        let earlier = log.earlier().and_then(|begun| {
            let session: Session = serde_json::from_str(&begun.session).ok()?;
            Some((session, begun.sent))
        });
        self.files().check(media).await?;
        let id = match earlier {
            None => self.begin(media, log).await?,
            Some((session, sent)) => match self.go_on(media, session, sent, log).await {
                // X forgets an upload after a day, and may not take a piece that it has already.
                Err(CallError::Rejected(_)) => {
                    log.forget().await;
                    self.begin(media, log).await?
                }
                other => other?,
            },
        };
        match self.describe(media, &id).await {
            // Nobody says whether a video takes an alt text: without one it is still a video.
            Err(CallError::Rejected(reason)) if media.is_video() => {
                tracing::warn!(media = media.name, reason, "no alt text");
            }
            other => other?,
        }
        Ok(id)
    }

    async fn begin(&self, media: &PartMedia, log: &dyn UploadLog) -> Result<String, CallError> {
        let category = if media.is_video() {
            "tweet_video"
        } else {
            "tweet_gif"
        };
        let body = json!({
            "media_type": media.mime, "total_bytes": media.size, "media_category": category,
        })
        .to_string();
        let initialize = || {
            let url = self.url("media/upload/initialize");
            Call::post(url, Body::Json(body.clone()))
        };
        let session = Session {
            id: self.uploaded(&self.call(initialize).await?)?.id,
            next: 0,
            ended: false,
        };
        log.keep(&session.words(), 0).await?;
        self.go_on(media, session, 0, log).await
    }

    async fn go_on(
        &self,
        media: &PartMedia,
        mut session: Session,
        mut sent: u64,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        // One that was ended, perhaps without our hearing of it.
        if sent >= media.size {
            match self.status(&session.id).await {
                Ok(uploaded) => return self.processed(media, uploaded).await,
                Err(CallError::Rejected(_)) if !session.ended => {}
                Err(error) => return Err(error),
            }
        }
        let mut pieces = Pieces::of(UNIT, MOST);
        while sent < media.size {
            let length = pieces.next(media.size - sent);
            let bytes = self.files().range(media, sent, length as usize).await?;
            let fields = vec![("segment_index", session.next.to_string())];
            let url = self.url(&format!("media/upload/{}/append", session.id));
            let make = || {
                let upload = piece(media, bytes.clone(), fields.clone());
                Call::post(url.clone(), Body::Multipart(upload)).within(self.patience())
            };
            let begun = Instant::now();
            self.call(make).await?;
            pieces.took(begun.elapsed());
            sent += length;
            session.next += 1;
            log.keep(&session.words(), sent).await?;
        }
        let url = self.url(&format!("media/upload/{}/finalize", session.id));
        let answer = self.call(|| Call::post(url.clone(), Body::Empty)).await?;
        let uploaded = self.uploaded(&answer)?;
        session.ended = true;
        log.keep(&session.words(), sent).await?;
        self.processed(media, uploaded).await
    }

    async fn describe(&self, media: &PartMedia, id: &str) -> Result<(), CallError> {
        if media.alt.trim().is_empty() {
            return Ok(());
        }
        let body = json!({"id": id, "metadata": {"alt_text": {"text": media.alt}}}).to_string();
        let make = || Call::post(self.url("media/metadata"), Body::Json(body.clone()));
        self.call(make).await.map(|_| ())
    }

    async fn status(&self, id: &str) -> Result<Uploaded, CallError> {
        let make = || {
            Call::read(self.url("media/upload"))
                .query("command", "STATUS")
                .query("media_id", id)
        };
        self.uploaded(&self.call(make).await?)
    }

    fn patience(&self) -> Duration {
        SLOWER * self.http().timeouts().total
    }

    /// Waits until X has looked at it, and returns its id.
    async fn processed(
        &self,
        media: &PartMedia,
        mut uploaded: Uploaded,
    ) -> Result<String, CallError> {
        let timeouts = self.http().timeouts();
        let mut waited = Duration::ZERO;
        loop {
            let processing = uploaded.processing_info.unwrap_or_default();
            let done = processing.is_done().map_err(|words| {
                CallError::Rejected(format!("X cannot use {}: {words}", media.name))
            })?;
            if done {
                return Ok(uploaded.id);
            }
            if waited >= timeouts.processing {
                return Err(CallError::Unavailable(format!(
                    "{} is still being processed by {}",
                    media.name,
                    self.host()
                )));
            }
            let asked = Duration::from_secs(processing.check_after_secs.unwrap_or(1));
            // The limit that tests set is shorter than a second.
            let pause = asked
                .min(LONGEST_WAIT)
                .min(timeouts.processing)
                .max(timeouts.poll);
            tokio::time::sleep(pause).await;
            waited += pause;
            uploaded = self.status(&uploaded.id).await?;
        }
    }

    /// Reads the answer about an upload.
    pub(super) fn uploaded(&self, answer: &Answer) -> Result<Uploaded, CallError> {
        let uploaded: Option<Data<Uploaded>> = answer.json();
        let id = uploaded.filter(|uploaded| {
            let id = &uploaded.data.id;
            !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
        });
        id.map(|uploaded| uploaded.data)
            .ok_or_else(|| self.unreadable("an upload"))
    }
}

fn piece(media: &PartMedia, bytes: Vec<u8>, fields: Vec<(&'static str, String)>) -> Upload {
    Upload {
        field: "media",
        name: media.name.clone(),
        mime: media.mime.clone(),
        bytes,
        description: String::new(),
        fields,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_processed_is_told_from_what_is_not_yet_and_what_never_will_be() {
        let done = |text: &str| serde_json::from_str::<Processing>(text).unwrap().is_done();
        assert_eq!(done(r#"{"state":"succeeded"}"#), Ok(true));
        assert_eq!(
            done(r#"{"state":"pending","check_after_secs":1}"#),
            Ok(false)
        );
        assert_eq!(done(r#"{"state":"in_progress"}"#), Ok(false));
        assert_eq!(
            done(
                r#"{"state":"failed","error":{"code":3,"name":"InvalidContent","message":"Unsupported"}}"#
            ),
            Err("Unsupported".to_owned())
        );
    }
}
