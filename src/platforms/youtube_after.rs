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
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// For so long a video is looked at right after it was sent; what takes longer is watched beside everything else.
const SHORTLY: Duration = Duration::from_secs(10);

/// For so long a video may be missing from YouTube's answers before it counts as deleted: they lag behind an upload, and who
/// believes a single empty one sends a second video.
pub(super) const LAGS: TimeDelta = TimeDelta::minutes(15);

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
    /// Since when no answer has shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_since: Option<DateTime<Utc>>,
}

impl Left {
    /// Returns all that goes with a video.
    pub fn of(new: &NewVideo) -> Self {
        Self {
            thumbnail: new.thumbnail.is_some(),
            captions: new.captions.is_some(),
            ..Self::default()
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

/// Says where a video stands that an answer does not show; `left` is what was left of it before.
fn missing(there: &Published, left: Option<Left>, now: DateTime<Utc>) -> Published {
    let said_before = there.spoiled().is_some();
    let mut left = left.unwrap_or_default();
    let since = *left.missing_since.get_or_insert(now);
    if said_before || now - since >= LAGS {
        return Published {
            watch: Watch::Spoiled {
                reason: GONE.to_owned(),
            },
            ..there.clone()
        };
    }
    Published {
        note: Some("YouTube does not show it just now; it is looked for again".to_owned()),
        watch: left.goes_on(),
        ..there.clone()
    }
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
        let left = Left::read(&there.watch);
        let Some(video) = self.video(&there.id, "status").await? else {
            return Ok(missing(there, left, self.http().now()));
        };
        let mut left = left.unwrap_or_default();
        left.missing_since = None;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_is_gone_only_when_no_answer_has_shown_it_for_a_while() {
        let now = |minutes| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let left = Left {
            captions: true,
            ..Left::default()
        };
        let there = Published {
            watch: left.goes_on(),
            ..published("aaaaaaaaaaa", None)
        };
        let look = |there: &Published, at| missing(there, Left::read(&there.watch), at);
        let first = look(&there, now(0));
        assert!(first.note.as_ref().unwrap().contains("looked for again"));
        let second = look(&first, now(14));
        let kept = Left::read(&second.watch).unwrap();
        assert_eq!(kept.missing_since, Some(now(0)));
        assert!(kept.captions, "what is left is still left");
        let gone = look(&second, now(15));
        assert_eq!(gone.spoiled(), Some(GONE));
        // Whoever tries again is told the same at once.
        assert_eq!(look(&gone, now(16)).spoiled(), Some(GONE));
    }
}
