//! Uploads to X: a picture at once, an animation in pieces that are awaited, and the alt text of both.
//!
//! docs.x.com/x-api/media and openapi.json, read 2026-08: pieces of at most 5 MB, up to 1,000 of them; what is uploaded
//! and not used is kept for a day. Nothing here is public before a post refers to it.

use super::http::{Answer, Body, Call, Upload};
use super::x::X;
use super::x_api::Data;
use super::{CallError, address};
use crate::domain::PartMedia;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// How much is sent at once.
const PIECE: usize = 4 * 1024 * 1024;

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

impl X {
    /// Uploads one picture with its alt text, and returns its id.
    pub(super) async fn upload_media(
        &self,
        media: &PartMedia,
        bytes: Vec<u8>,
    ) -> Result<String, CallError> {
        let id = if media.mime == "image/gif" {
            self.in_pieces(media, &bytes, "tweet_gif").await?
        } else {
            self.at_once(media, &bytes).await?
        };
        if !media.alt.trim().is_empty() {
            let body = json!({"id": id, "metadata": {"alt_text": {"text": media.alt}}}).to_string();
            self.call(|| Call::post(self.url("media/metadata"), Body::Json(body.clone())))
                .await?;
        }
        Ok(id)
    }

    async fn at_once(&self, media: &PartMedia, bytes: &[u8]) -> Result<String, CallError> {
        let fields = vec![
            ("media_category", "tweet_image".to_owned()),
            ("media_type", media.mime.clone()),
        ];
        let patience = SLOWER * self.http().timeouts().total;
        let make = || {
            let upload = piece(media, bytes.to_vec(), fields.clone());
            Call::post(self.url("media/upload"), Body::Multipart(upload)).within(patience)
        };
        let answer = self.call(make).await?;
        let uploaded = self.uploaded(&answer)?;
        self.processed(media, uploaded).await
    }

    async fn in_pieces(
        &self,
        media: &PartMedia,
        bytes: &[u8],
        category: &str,
    ) -> Result<String, CallError> {
        let body = json!({
            "media_type": media.mime, "total_bytes": bytes.len(), "media_category": category,
        })
        .to_string();
        let begin = || {
            Call::post(
                self.url("media/upload/initialize"),
                Body::Json(body.clone()),
            )
        };
        let id = self.uploaded(&self.call(begin).await?)?.id;
        let patience = SLOWER * self.http().timeouts().total;
        for (index, chunk) in bytes.chunks(PIECE).enumerate() {
            let fields = vec![("segment_index", index.to_string())];
            let make = || {
                let upload = piece(media, chunk.to_vec(), fields.clone());
                let url = self.url(&format!("media/upload/{id}/append"));
                Call::post(url, Body::Multipart(upload)).within(patience)
            };
            self.call(make).await?;
        }
        let end = || {
            Call::post(
                self.url(&format!("media/upload/{id}/finalize")),
                Body::Empty,
            )
        };
        let uploaded = self.uploaded(&self.call(end).await?)?;
        self.processed(media, uploaded).await
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
            let id = uploaded.id;
            let make = || {
                Call::read(self.url("media/upload"))
                    .query("command", "STATUS")
                    .query("media_id", &id)
            };
            let answer = self.call(make).await?;
            uploaded = self.uploaded(&answer)?;
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
