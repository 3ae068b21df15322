//! A kept file on its way in one request: read in ranges while it is sent, and given up where the line stands still.
//!
//! For platforms that take a video whole. Nothing is kept of such an upload before it is answered, so one that was cut off
//! begins anew; it must not be used for a call that makes something public.

use super::http::{Answer, Body, Call, Http};
use super::{CallError, Files, UploadLog};
use crate::domain::PartMedia;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;

/// How much is read at a time: on a bad line some seconds' worth.
const PIECE: u64 = 128 * 1024;

/// For so long a piece may wait to be taken by the line.
const STANDS_STILL: Duration = Duration::from_secs(120);

/// What no upload reaches: one that goes on is not stopped for being slow.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// After the last byte a server may look at what it got before it answers.
const SLOWER: u32 = 4;

/// The bytes of a file, as they are read.
pub(super) struct Chunks {
    pieces: mpsc::Receiver<Vec<u8>>,
    /// Bytes that are still to come.
    left: u64,
}

impl Chunks {
    /// Returns how many bytes are still to come.
    pub fn length(&self) -> u64 {
        self.left
    }
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.pieces.poll_recv(context).map(|piece| {
            let piece = piece?;
            self.left = self.left.saturating_sub(piece.len() as u64);
            Some(Ok(Frame::data(piece.into())))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

impl Http {
    /// Sends one call whose body is a kept file; `call` puts it together. May be dropped at any await.
    ///
    /// # Errors
    ///
    /// `Rejected` where the file cannot be read, `Unavailable` where there is no answer.
    pub(super) async fn send_file<'c>(
        &self,
        files: &Files,
        media: &PartMedia,
        log: &dyn UploadLog,
        call: impl FnOnce(Chunks) -> Call<'c>,
    ) -> Result<Answer, CallError> {
        let (line, pieces) = mpsc::channel(1);
        let left = media.size;
        let call = call(Chunks { pieces, left }).within(LONGEST);
        let mut sending = pin!(self.send(call));
        let feeding = async {
            let mut at = 0;
            while at < media.size {
                let length = PIECE.min(media.size - at);
                let read = files.range(media, at, usize::try_from(length).unwrap_or(usize::MAX));
                match tokio::time::timeout(STANDS_STILL, line.send(read.await?)).await {
                    Ok(Ok(())) => {}
                    // The call is over, and says why.
                    Ok(Err(_)) => std::future::pending().await,
                    Err(_) => {
                        return Err(CallError::Unavailable(
                            "the line stands still in the middle of an upload".to_owned(),
                        ));
                    }
                }
                at += length;
                log.sent(at).await?;
            }
            Ok(())
        };
        tokio::select! {
            answer = &mut sending => return Ok(answer?),
            fed = feeding => fed?,
        }
        let patience = SLOWER * self.timeouts().total;
        match tokio::time::timeout(patience, sending).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(CallError::Unavailable(format!(
                "no answer within {} seconds after the whole file was sent",
                patience.as_secs()
            ))),
        }
    }
}

impl Body {
    /// Returns a body that is nothing but a file.
    pub(super) fn file(media: &PartMedia, chunks: Chunks) -> Self {
        Self::Streamed {
            mime: media.mime.clone(),
            chunks,
        }
    }
}
