//! The captions of a video: added once it is there, never twice, and never a reason for a post to fail.
//!
//! captions.insert and captions.list (developers.google.com/youtube/v3/docs, read 2026-11; discovery 20240514): both want the
//! scope `youtube.force-ssl`, which a login by a code on another device cannot get; an insert costs 400 units of the daily
//! 10,000. A track is known by its language and name, and a second one of both is refused with `captionExists`.

use super::CallError;
use super::http::{Answer, Body, Call};
use super::youtube::YouTube;
use super::youtube_api::{Items, Refusal};
use crate::domain::PartMedia;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Begins what stands for captions among the references of a part: they are added once there is a video.
const CAPTIONS: &str = "captions ";

/// The captions that go with a video, as they are recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Captions {
    pub hash: String,
    pub name: String,
    pub mime: String,
    pub size: u64,
    /// BCP 47; it is the track's name, too, which YouTube wants.
    pub language: String,
}

/// What became of captions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// They are there.
    There,
    /// They may be there or not, and are looked for at the next look.
    NotYet,
    /// They are not, and trying again does not help; the words say why.
    Never(String),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Track {
    snippet: TrackSnippet,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct TrackSnippet {
    language: String,
    name: String,
}

/// Returns what stands for captions until the video is there.
pub(super) fn captions_reference(media: &PartMedia) -> String {
    format!("{CAPTIONS}{}", media.hash)
}

/// Whether a reference stands for captions.
pub(super) fn is_captions(reference: &str) -> bool {
    reference.starts_with(CAPTIONS)
}

impl YouTube {
    /// Adds captions to a video; `tried` says that this may have been done before, so that they are looked for first.
    pub(super) async fn add_captions(
        &self,
        video: &str,
        captions: &Captions,
        tried: bool,
    ) -> Added {
        match self.add(video, captions, tried).await {
            Ok(()) => Added::There,
            Err(NotAdded::Refused(answer)) => self.why_not(&answer),
            Err(NotAdded::Call(CallError::Unavailable(_) | CallError::RateLimited { .. })) => {
                Added::NotYet
            }
            Err(NotAdded::Call(error)) => {
                Added::Never(format!("its captions were not added ({error})"))
            }
        }
    }

    async fn add(&self, video: &str, captions: &Captions, tried: bool) -> Result<(), NotAdded> {
        if tried && self.has_captions(video, captions).await? {
            return Ok(());
        }
        let media = PartMedia {
            hash: captions.hash.clone(),
            name: captions.name.clone(),
            mime: captions.mime.clone(),
            size: captions.size,
            ..PartMedia::default()
        };
        let bytes = self.files().whole(&media).await?;
        let body = json!({"snippet": {
            "videoId": video, "language": captions.language, "name": captions.language, "isDraft": false,
        }})
        .to_string();
        let url = self.upload_url("captions");
        let begin = || {
            Call::post(url.clone(), Body::Json(body.clone()))
                .query("uploadType", "resumable")
                .query("part", "snippet")
        };
        let begun = self.answered(begin).await?;
        let session = begun.header("location").unwrap_or_default().to_owned();
        if !self.is_ours(&session) {
            return Err(self.unreadable("where captions go").into());
        }
        let send = || {
            let body = Body::Raw {
                // The types that it names are others; it tells captions by what is in them.
                mime: "application/octet-stream".to_owned(),
                bytes: bytes.clone(),
            };
            Call::put(session.clone(), body)
        };
        self.answered(send).await.map(|_| ())
    }

    async fn has_captions(&self, video: &str, captions: &Captions) -> Result<bool, NotAdded> {
        let url = self.url("captions");
        let call = || {
            Call::read(url.clone())
                .query("part", "snippet")
                .query("videoId", video)
        };
        let answer = self.answered(call).await?;
        let tracks: Items<Track> = answer
            .json()
            .ok_or_else(|| self.unreadable("the captions of a video"))?;
        let language = &captions.language;
        let mut snippets = tracks.items.iter().map(|track| &track.snippet);
        Ok(snippets.any(|it| it.language.eq_ignore_ascii_case(language) && it.name == *language))
    }

    async fn answered<'c>(&self, call: impl Fn() -> Call<'c> + Send) -> Result<Answer, NotAdded> {
        let answer = self.send(call).await.map_err(CallError::from)?;
        match answer.status {
            200 | 201 => Ok(answer),
            _ => Err(NotAdded::Refused(Box::new(answer))),
        }
    }

    fn why_not(&self, answer: &Answer) -> Added {
        match Refusal::of(answer).reason() {
            // A second one of this language and name: an earlier answer was lost.
            "captionExists" => Added::There,
            "insufficientPermissions" | "forbidden" => Added::Never(
                "its captions were not added, since the login may not add any: add them in YouTube Studio, and set `redirect` and log in \
                 again for the next ones"
                    .to_owned(),
            ),
            _ => match self.refused(answer) {
                CallError::Unavailable(_) | CallError::RateLimited { .. } => Added::NotYet,
                error => Added::Never(format!("its captions were not added ({error})")),
            },
        }
    }
}

/// Why captions were not added by this call.
enum NotAdded {
    Refused(Box<Answer>),
    Call(CallError),
}

impl From<CallError> for NotAdded {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}
