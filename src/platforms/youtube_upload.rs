//! A resumable upload: begun, asked how far it is, and sent in pieces; its last piece makes the video.
//!
//! Source: developers.google.com/youtube/v3/guides/using_resumable_upload_protocol (read 2026-11): pieces are multiples of 256
//! KiB but for the last, 308 says how far it is, and the question may be asked as often as one likes.

use super::http::{Answer, Body, Call};
use super::youtube::YouTube;
use super::youtube_api::{Standing, notifies, resource, standing};
use super::{CallError, Pieces, UploadLog};
use crate::domain::{Part, PartMedia};
use tokio::time::Instant;

/// Pieces are multiples of this many bytes.
const UNIT: u64 = 256 * 1024;

/// The largest piece.
const LARGEST: u64 = 32 * UNIT;

/// A piece may take so many times as long as other calls: a slow line sends the smallest one in this time.
const SLOWER: u32 = 4;

impl YouTube {
    /// Sends everything but the last piece; returns the session's address.
    pub(super) async fn send_but_the_last(
        &self,
        part: &Part,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        self.files().check(media).await?;
        let mut begun = None;
        if let Some(earlier) = log.earlier() {
            match self.ask_how_far(&earlier.session, media.size).await {
                Ok((_, Standing::At(sent))) => begun = Some((earlier.session, sent)),
                // `publish` finds the same, and says what it is.
                Ok((_, Standing::Finished(_))) => return Ok(earlier.session),
                Ok((_, Standing::Gone)) => log.forget().await,
                Ok((answer, Standing::Other)) => return Err(self.refused(&answer)),
                Err(error) => return Err(error),
            }
        }
        let (session, mut sent) = match begun {
            Some(begun) => begun,
            None => (self.begin(part, media).await?, 0),
        };
        log.keep(&session, sent).await?;
        let before_the_last = media.size.saturating_sub(1) / UNIT * UNIT;
        let mut pieces = Pieces::of(UNIT, LARGEST);
        while sent < before_the_last {
            let length = pieces.next(before_the_last - sent);
            let clock = Instant::now();
            match self.send_piece(&session, media, sent, length).await? {
                (_, Standing::At(now)) if now > sent => sent = now,
                (_, Standing::At(_)) => {
                    return Err(CallError::Unavailable(format!(
                        "{} keeps nothing of what is sent",
                        self.host()
                    )));
                }
                (_, Standing::Finished(_)) => return Ok(session),
                (_, Standing::Gone) => {
                    log.forget().await;
                    return Err(CallError::Unavailable(
                        "YouTube has forgotten the upload: it begins anew".to_owned(),
                    ));
                }
                // A piece that a killed run had on its way may arrive before this one, which then is out of order.
                (answer, Standing::Other) => match self.ask_how_far(&session, media.size).await? {
                    (_, Standing::At(now)) if now > sent => sent = now,
                    _ => return Err(self.refused(&answer)),
                },
            }
            pieces.took(clock.elapsed());
            log.sent(sent).await?;
        }
        Ok(session)
    }

    /// Begins an upload; returns the session's address. Nothing that people could see is made.
    async fn begin(&self, part: &Part, media: &PartMedia) -> Result<String, CallError> {
        let size = media.size.to_string();
        let body = resource(part).to_string();
        let call = || {
            Call::post(self.upload_url("videos"), Body::Json(body.clone()))
                .query("uploadType", "resumable")
                .query("part", "snippet,status")
                .query("notifySubscribers", notifies(part))
                .header("x-upload-content-length", &size)
                .header("x-upload-content-type", &media.mime)
        };
        let answer = self.send(call).await?;
        if !answer.is_success() {
            return Err(self.refused(&answer));
        }
        let session = answer.header("location").unwrap_or_default().to_owned();
        if self.is_ours(&session) {
            Ok(session)
        } else {
            Err(CallError::Unavailable(format!(
                "{} began an upload, but did not say where it goes on",
                self.host()
            )))
        }
    }

    /// Asks how far an upload is.
    pub(super) async fn ask_how_far(
        &self,
        session: &str,
        size: u64,
    ) -> Result<(Answer, Standing), CallError> {
        if !self.is_ours(session) {
            return Err(CallError::Rejected(
                "The recorded upload is not YouTube's".to_owned(),
            ));
        }
        let range = format!("bytes */{size}");
        let call = || {
            Call::put(session.to_owned(), Body::Empty)
                .header("content-length", "0")
                .header("content-range", &range)
        };
        let answer = self.send(call).await?;
        let standing = standing(&answer);
        Ok((answer, standing))
    }

    /// Sends a piece of the file.
    pub(super) async fn send_piece(
        &self,
        session: &str,
        media: &PartMedia,
        at: u64,
        length: u64,
    ) -> Result<(Answer, Standing), CallError> {
        let range = format!("bytes {at}-{}/{}", at + length.max(1) - 1, media.size);
        let wanted = usize::try_from(length).unwrap_or(usize::MAX);
        let bytes = self.files().range(media, at, wanted).await?;
        let call = || {
            let body = Body::Raw {
                mime: media.mime.clone(),
                bytes: bytes.clone(),
            };
            Call::put(session.to_owned(), body)
                .header("content-range", &range)
                .within(SLOWER * self.http().timeouts().total)
        };
        let answer = self.send(call).await?;
        let standing = standing(&answer);
        Ok((answer, standing))
    }
}
