//! A video that is there: what is still to be brought to it, and what became of its processing.
//!
//! Nothing here makes a video. It is done right after the last piece, and again from what `Watch` keeps of it, so that a crash in
//! between, or a processing of hours, loses nothing. Facts from developers.google.com/youtube/v3 (read 2026-11).

use super::CallError;
use super::http::{Body, Call};
use super::youtube::YouTube;
use super::youtube_api::{GONE, NewVideo, Processing, Video, is_video_id, published};
use super::youtube_captions::Added;
use crate::domain::{AttemptRequest, PartMedia, Published, Watch};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// For so long a video is looked at right after it was sent; what takes longer is watched beside everything else.
const SHORTLY: Duration = Duration::from_secs(10);

/// What is left to be brought to a video, and what is said of the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Left {
    thumbnail: bool,
    captions: bool,
    /// Whether the captions may be there, though nobody heard so.
    tried: bool,
    /// What could not be brought there, in plain words.
    notes: Vec<String>,
}

impl Left {
    /// Returns all that goes with a video.
    pub fn of(new: &NewVideo) -> Self {
        Self {
            thumbnail: new.thumbnail.is_some(),
            captions: new.captions.is_some(),
            tried: false,
            notes: Vec::new(),
        }
    }

    /// Returns all that goes with a video of which nobody knows what it has of that.
    pub fn after_all(new: &NewVideo) -> Self {
        Self {
            tried: true,
            ..Self::of(new)
        }
    }

    fn read(kept: &Watch) -> Option<Self> {
        match kept {
            Watch::GoesOn { left } => serde_json::from_str(left).ok(),
            Watch::Over | Watch::Spoiled { .. } => None,
        }
    }

    fn is_something(&self) -> bool {
        self.thumbnail || self.captions
    }

    /// Says what is not there yet, and what never will be.
    fn words(&self) -> impl Iterator<Item = String> + use<> {
        let thumbnail = self.thumbnail.then_some("its thumbnail is not set yet");
        let captions = self.captions.then_some("its captions are not added yet");
        let yet = thumbnail.into_iter().chain(captions).map(str::to_owned);
        yet.chain(self.notes.clone())
    }

    pub fn goes_on(&self) -> Watch {
        Watch::GoesOn {
            left: serde_json::to_string(self).unwrap_or_default(),
        }
    }
}

/// Returns what is known of a video that turned up: all that goes with it is still to be brought there.
pub(super) fn found(new: &NewVideo, video: &Video) -> Published {
    told(new, video, &Left::after_all(new))
}

/// Says where a video stands, by what YouTube says of it and what is left.
fn told(new: &NewVideo, video: &Video, left: &Left) -> Published {
    let mut notes = Vec::new();
    let watch = match video.processing() {
        Processing::Failed(reason) => Watch::Spoiled { reason },
        Processing::Running => {
            notes.push("YouTube is still processing it".to_owned());
            left.goes_on()
        }
        Processing::Done if left.is_something() => left.goes_on(),
        Processing::Done => Watch::Over,
    };
    notes.extend(video.narrower(new.privacy()));
    notes.extend(left.words());
    let note = Some(notes.join("; ")).filter(|note| !note.is_empty());
    Published {
        watch,
        ..published(&video.id, note)
    }
}

impl YouTube {
    /// Brings what goes with a video, and looks for a short while what becomes of it.
    pub(super) async fn after(&self, new: &NewVideo, mut video: Video) -> Published {
        let mut left = Left::of(new);
        self.bring(new, &video.id, &mut left).await;
        let over = Instant::now() + SHORTLY.min(self.http().timeouts().total);
        while video.processing() == Processing::Running && Instant::now() < over {
            sleep(self.http().timeouts().poll).await;
            if let Ok(Some(now)) = self.video(&video.id, "status").await {
                video.status = now.status;
            }
        }
        told(new, &video, &left)
    }

    /// Looks at a video again, and brings what is left.
    pub(super) async fn watch_video(
        &self,
        there: &Published,
        request: &AttemptRequest,
    ) -> Result<Published, CallError> {
        let damaged = || CallError::Rejected("The recorded request is damaged".to_owned());
        let new = NewVideo::read(request).ok_or_else(damaged)?;
        if !is_video_id(&there.id) {
            return Err(damaged());
        }
        let Some(video) = self.video(&there.id, "status").await? else {
            return Ok(Published {
                watch: Watch::Spoiled {
                    reason: GONE.to_owned(),
                },
                ..there.clone()
            });
        };
        let mut left = Left::read(&there.watch).unwrap_or_default();
        if !matches!(video.processing(), Processing::Failed(_)) {
            self.bring(&new, &video.id, &mut left).await;
        }
        Ok(told(&new, &video, &left))
    }

    /// Brings what is left; what passes is tried again at the next look, what does not is said.
    async fn bring(&self, new: &NewVideo, id: &str, left: &mut Left) {
        if left.thumbnail {
            match self.set_thumbnail(new, id).await {
                Ok(()) => left.thumbnail = false,
                Err(CallError::Unavailable(_) | CallError::RateLimited { .. }) => {}
                Err(error) => {
                    left.thumbnail = false;
                    left.notes
                        .push(format!("its thumbnail was not set ({error})"));
                }
            }
        }
        if let Some(captions) = new.captions.as_ref().filter(|_| left.captions) {
            let added = self.add_captions(id, captions, left.tried).await;
            left.tried = true;
            left.captions = added == Added::NotYet;
            if let Added::Never(why) = added {
                left.notes.push(why);
            }
        }
    }

    /// Sets the thumbnail (thumbnails.set); setting it again does no harm.
    async fn set_thumbnail(&self, new: &NewVideo, id: &str) -> Result<(), CallError> {
        let Some(thumbnail) = new.thumbnail.as_ref() else {
            return Ok(());
        };
        let media = PartMedia {
            hash: thumbnail.hash.clone(),
            name: "thumbnail".to_owned(),
            mime: thumbnail.mime.clone(),
            size: thumbnail.size,
            fit: thumbnail.fit,
            ..PartMedia::default()
        };
        let bytes = self.files().whole(&media).await?;
        let url = self.upload_url("thumbnails/set");
        let call = || {
            let body = Body::Raw {
                mime: media.mime.clone(),
                bytes: bytes.clone(),
            };
            Call::post(url.clone(), body).query("videoId", id)
        };
        self.read(call).await.map(|_| ())
    }
}
