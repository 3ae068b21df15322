//! YouTube's addresses and shapes: what an upload begins with, what a video says of itself, and why something was refused.
//!
//! Pure. Facts from developers.google.com/youtube/v3 (docs, resumable upload guide, errors; read 2026-11) and the discovery
//! document of the API. Who calls is in `youtube.rs`.

use super::Verdict;
use super::http::{self, Answer};
use super::youtube_captions::{Captions, is_captions};
use crate::domain::{AttemptRequest, Fit, Part, PartMedia, Published, Visibility};
use crate::text::youtube::{AUDIENCE, CATEGORY, DEFAULT_CATEGORY, FOR_KIDS, MADE_WITH_AI, NOTIFY};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Begins what stands for a picture among the references of a part: it becomes the thumbnail once there is a video.
const THUMBNAIL: &str = "thumbnail ";

/// What a recorded request holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewVideo {
    /// Address of the upload that becomes the video with its last byte.
    pub session: String,
    /// The file.
    pub hash: String,
    pub name: String,
    pub mime: String,
    pub size: u64,
    /// What a person recognises it by.
    pub text: String,
    /// What the session was begun with.
    pub video: Value,
    /// The file of the thumbnail, with its type and its size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<Thumbnail>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<Captions>,
}

/// A picture that becomes a video's thumbnail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Thumbnail {
    pub hash: String,
    pub mime: String,
    pub size: u64,
    /// What it is made into for YouTube.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
}

impl NewVideo {
    /// Reads what was recorded.
    pub fn read(request: &AttemptRequest) -> Option<Self> {
        serde_json::from_str(&request.body).ok()
    }

    /// Returns the file as it is read in ranges.
    pub fn media(&self) -> PartMedia {
        PartMedia {
            hash: self.hash.clone(),
            name: self.name.clone(),
            mime: self.mime.clone(),
            size: self.size,
            ..PartMedia::default()
        }
    }

    pub fn title(&self) -> &str {
        self.video["snippet"]["title"].as_str().unwrap_or_default()
    }

    pub fn privacy(&self) -> &str {
        let status = &self.video["status"];
        status["privacyStatus"].as_str().unwrap_or_default()
    }
}

/// Returns what stands for a picture until the video is there.
pub(super) fn thumbnail_reference(media: &PartMedia) -> String {
    format!("{THUMBNAIL}{}", media.hash)
}

/// Builds the request for one part: the address of the session, and what it was begun with.
pub(super) fn new_video(part: &Part, references: &[String]) -> AttemptRequest {
    let video = part.media.iter().find(|media| media.is_video());
    let session = references
        .iter()
        .find(|reference| !reference.starts_with(THUMBNAIL) && !is_captions(reference));
    let captions = part.media.iter().find(|media| media.is_captions());
    let picture = part.media.iter().find(|media| media.is_picture());
    let media = video.cloned().unwrap_or_default();
    let body = NewVideo {
        session: session.cloned().unwrap_or_default(),
        hash: media.hash,
        name: media.name,
        mime: media.mime,
        size: media.size,
        text: match part.text.trim() {
            "" => part.title.clone().unwrap_or_default(),
            _ => part.text.clone(),
        },
        video: resource(part),
        thumbnail: picture.map(|picture| Thumbnail {
            hash: picture.hash.clone(),
            mime: picture.mime.clone(),
            size: picture.size,
            fit: picture.fit,
        }),
        captions: captions.map(|captions| Captions {
            hash: captions.hash.clone(),
            name: captions.name.clone(),
            mime: captions.mime.clone(),
            size: captions.size,
            language: part.language.clone().unwrap_or_default(),
        }),
    };
    AttemptRequest {
        body: serde_json::to_string(&body).unwrap_or_default(),
        media_refs: references.to_vec(),
        ..AttemptRequest::default()
    }
}

/// Returns the video as an upload begins with it: `snippet` and `status` (videos.insert, read 2026-11).
pub(super) fn resource(part: &Part) -> Value {
    json!({ "snippet": snippet(part), "status": status(part) })
}

/// Returns what people read of it.
pub(super) fn snippet(part: &Part) -> Value {
    let option = |name: &str| part.options.get(name).map(String::as_str);
    let mut snippet = Map::new();
    snippet.insert(
        "title".to_owned(),
        json!(part.title.as_deref().unwrap_or_default()),
    );
    snippet.insert("description".to_owned(), json!(part.text));
    snippet.insert(
        "categoryId".to_owned(),
        json!(option(CATEGORY).unwrap_or(DEFAULT_CATEGORY)),
    );
    if !part.tags.is_empty() {
        snippet.insert("tags".to_owned(), json!(part.tags));
    }
    if let Some(language) = &part.language {
        snippet.insert("defaultLanguage".to_owned(), json!(language));
        snippet.insert("defaultAudioLanguage".to_owned(), json!(language));
    }
    Value::Object(snippet)
}

fn status(part: &Part) -> Value {
    let option = |name: &str| part.options.get(name).map(String::as_str);
    let mut status = Map::new();
    status.insert(
        "privacyStatus".to_owned(),
        json!(match part.visibility.unwrap_or_default() {
            Visibility::Public => "public",
            Visibility::Unlisted => "unlisted",
            Visibility::Private | Visibility::Direct => "private",
        }),
    );
    // Always sent: without it YouTube asks the channel's owner again and again.
    status.insert(
        "selfDeclaredMadeForKids".to_owned(),
        json!(option(AUDIENCE) == Some(FOR_KIDS)),
    );
    if option(MADE_WITH_AI) == Some("yes") {
        status.insert("containsSyntheticMedia".to_owned(), json!(true));
    }
    Value::Object(status)
}

/// Whether those who follow the channel are told.
pub(super) fn notifies(part: &Part) -> &'static str {
    match part.options.get(NOTIFY).map(String::as_str) {
        Some("no") => "false",
        _ => "true",
    }
}

/// A video as YouTube has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Video {
    pub id: String,
    pub status: VideoStatus,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct VideoStatus {
    pub upload_status: String,
    pub failure_reason: Option<String>,
    pub rejection_reason: Option<String>,
    pub privacy_status: String,
}

/// What is said of a video that was deleted by others than us.
pub(super) const GONE: &str =
    "the video is not on YouTube any more, somebody deleted it there: a copy of the post can go";

/// What became of the processing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Processing {
    /// It goes on.
    Running,
    /// It has ended well.
    Done,
    /// It has ended badly; the words say why.
    Failed(String),
}

impl Video {
    /// Tells how far its processing is (`status.uploadStatus`).
    pub fn processing(&self) -> Processing {
        let status = &self.status;
        let why = |reason: &Option<String>| {
            let reason = reason.as_deref().unwrap_or("it gave no reason");
            http::quote(reason)
        };
        match status.upload_status.as_str() {
            "processed" => Processing::Done,
            "failed" => Processing::Failed(format!(
                "YouTube has the video, but could not process it ({}): delete it there, convert the film to MP4 with H.264 and AAC, and \
                 send it with a copy of the post",
                why(&status.failure_reason)
            )),
            "rejected" => Processing::Failed(format!(
                "YouTube has the video, but rejected it ({}): look at it in YouTube Studio; once it is deleted there, a copy of the post \
                 can go",
                why(&status.rejection_reason)
            )),
            "deleted" => Processing::Failed(GONE.to_owned()),
            _ => Processing::Running,
        }
    }

    /// Returns what is said where it is seen by fewer than was asked for.
    pub fn narrower(&self, asked: &str) -> Option<String> {
        let got = self.status.privacy_status.as_str();
        let is_locked = !got.is_empty() && got != asked && got == "private";
        is_locked.then(|| {
            format!(
                "YouTube keeps it private, though {asked} was asked: it locks every upload of an application that was not audited \
                 (support.google.com/youtube/contact/yt_api_form); make it {asked} in YouTube Studio"
            )
        })
    }
}

/// Returns what is known of a video that is there.
pub(super) fn published(id: &str, note: Option<String>) -> Published {
    Published {
        permalink: Some(format!("https://www.youtube.com/watch?v={id}")),
        id: id.to_owned(),
        note,
        ..Published::default()
    }
}

/// Whether it can be a video's id: it becomes a part of an address.
pub(super) fn is_video_id(id: &str) -> bool {
    (6..=20).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Reads the id out of a video's address: `watch?v=`, `youtu.be/`, `shorts/`.
pub(super) fn video_id(address: &str) -> Option<String> {
    let address = address.trim();
    let id = match url::Url::parse(address) {
        Ok(url) => {
            let host = url
                .host_str()?
                .trim_start_matches("www.")
                .trim_start_matches("m.");
            let mut path = url.path_segments()?;
            match (host, path.next()?) {
                ("youtu.be", id) => id.to_owned(),
                ("youtube.com", "watch") => {
                    let mut query = url.query_pairs();
                    query.find(|(name, _)| name == "v")?.1.into_owned()
                }
                ("youtube.com", "shorts" | "live") => path.next()?.to_owned(),
                _ => return None,
            }
        }
        Err(_) => address.to_owned(),
    };
    is_video_id(&id).then_some(id)
}

/// A list of videos, channels or what a playlist has.
#[derive(Debug, Deserialize)]
pub(super) struct Items<T> {
    #[serde(default = "Vec::new")]
    pub items: Vec<T>,
}

/// The account's channel.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OwnChannel {
    pub id: String,
    pub snippet: ChannelSnippet,
    pub content_details: ChannelDetails,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ChannelSnippet {
    pub title: String,
    pub custom_url: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ChannelDetails {
    pub related_playlists: Playlists,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Playlists {
    pub uploads: String,
}

/// One of the channel's uploads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Uploaded {
    pub snippet: UploadedSnippet,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct UploadedSnippet {
    pub title: String,
    pub published_at: Option<DateTime<Utc>>,
    pub resource_id: ResourceId,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ResourceId {
    pub video_id: String,
}

/// Where an upload stands.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    /// So many bytes have arrived.
    At(u64),
    /// All have, and this is the video.
    Finished(Video),
    /// The session is not known any more.
    Gone,
    /// Something else; the answer says what.
    Other,
}

/// Reads the answer to a piece, or to the question how far an upload is (resumable upload guide, read 2026-11).
pub(super) fn standing(answer: &Answer) -> Standing {
    match answer.status {
        308 => {
            let last = answer
                .header("range")
                .and_then(|range| range.trim().strip_prefix("bytes=0-"))
                .and_then(|last| last.parse::<u64>().ok());
            Standing::At(last.map_or(0, |last| last.saturating_add(1)))
        }
        200 | 201 => match answer.json::<Video>() {
            Some(video) if is_video_id(&video.id) => Standing::Finished(video),
            _ => Standing::Other,
        },
        404 | 410 => Standing::Gone,
        _ => Standing::Other,
    }
}

/// A refusal in Google's form; the login's own form has a word in place of the object.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    error: Value,
    error_description: Option<String>,
}

impl Refusal {
    pub fn of(answer: &Answer) -> Self {
        answer.json().unwrap_or_default()
    }

    /// Returns the word that says why: what to do depends on it, not on the status.
    pub fn reason(&self) -> &str {
        let first = &self.error["errors"][0]["reason"];
        first.as_str().or(self.error.as_str()).unwrap_or_default()
    }

    /// Returns its words, not yet fit to be shown.
    pub fn words(&self) -> &str {
        let message = self.error["message"].as_str();
        let described = self.error_description.as_deref();
        message.or(described).unwrap_or(self.reason())
    }
}

/// Returns what a person does about a refusal, by its reason.
pub(super) fn advice(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "uploadLimitExceeded" => {
            "the channel has uploaded as much as it may today; it is tried again tomorrow"
        }
        "quotaExceeded" | "dailyLimitExceeded" => {
            "the application has used up its calls of today; they come back at midnight in California"
        }
        "youtubeSignupRequired" => {
            "this Google account has no channel: make one at youtube.com first"
        }
        "insufficientPermissions" => "the login lacks a scope: log in again",
        "invalidTitle" => "write a title without < and >, of at most 100 characters",
        "invalidDescription" => "write a description without < and >, of at most 5000 bytes",
        "invalidTags" => "use fewer or shorter tags",
        "invalidCategoryId" => "choose another category",
        "accessNotConfigured" => {
            "switch on the YouTube Data API v3 for the project in Google's console"
        }
        _ => return None,
    })
}

/// Finds what an answer that is no success means.
pub(super) fn judge(answer: &Answer) -> Verdict {
    let refusal = Refusal::of(answer);
    match (refusal.reason(), answer.status) {
        ("authError" | "insufficientPermissions" | "invalid_grant", _) | (_, 401) => Verdict::LogIn,
        (
            "uploadLimitExceeded"
            | "quotaExceeded"
            | "dailyLimitExceeded"
            | "rateLimitExceeded"
            | "userRateLimitExceeded",
            _,
        )
        | (_, 429) => Verdict::Wait,
        (_, 400..=499) => Verdict::Refused,
        _ => Verdict::Unclear,
    }
}

/// Returns when something may be tried again that was too much: YouTube sends no header for it.
pub(super) fn wait_until(answer: &Answer, now: DateTime<Utc>) -> DateTime<Utc> {
    match Refusal::of(answer).reason() {
        "uploadLimitExceeded" => now + TimeDelta::hours(24),
        "quotaExceeded" | "dailyLimitExceeded" => midnight_in_california(now),
        _ => answer.wait_until(now),
    }
}

/// Quotas come back at midnight Pacific time (determine_quota_cost, read 2026-11).
fn midnight_in_california(now: DateTime<Utc>) -> DateTime<Utc> {
    let zone = chrono_tz::America::Los_Angeles;
    let tomorrow = now.with_timezone(&zone).date_naive().succ_opt();
    let midnight = tomorrow
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .and_then(|midnight| midnight.and_local_timezone(zone).earliest());
    midnight.map_or(now + TimeDelta::hours(24), |midnight| midnight.to_utc())
}

#[cfg(test)]
#[path = "youtube_api_tests.rs"]
mod tests;
