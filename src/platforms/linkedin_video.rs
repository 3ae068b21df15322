//! Videos on their way to LinkedIn: each part of the file goes to an address of its own, and what LinkedIn answers to it
//! is handed back, in order, when all are there.
//!
//! learn.microsoft.com, "Videos API" (li-lms-2026-05, read 2026-11). The addresses and the answers are kept, so that another
//! run sends only what is missing. Nothing here is public before a post refers to it; what is small is in `linkedin_media.rs`.

use super::http::{Body, Call};
use super::linkedin::LinkedIn;
use super::linkedin_api::media_urn;
use super::linkedin_media::{Kind, Standing, not_its_own, upload_place};
use super::{CallError, UploadLog};
use crate::domain::PartMedia;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

const VIDEO: Kind = Kind {
    path: "videos",
    word: "video",
    remedy: "convert it to MP4 with H.264 and AAC, and attach it again",
};

/// How long a part may take, on a bad line.
const PART_TIME: Duration = Duration::from_secs(120);

/// The largest part that is taken for one, in bytes: each is held in memory. LinkedIn asks for 4 MiB.
const LARGEST_PART: u64 = 64 * 1024 * 1024;

/// `initializeUpload`.
#[derive(Deserialize)]
struct Begun {
    value: Places,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Places {
    video: String,
    /// May be empty, and is handed back as it is.
    #[serde(default)]
    upload_token: String,
    /// Epoch milliseconds.
    #[serde(default)]
    upload_urls_expire_at: Option<i64>,
    upload_instructions: Vec<Instruction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instruction {
    upload_url: String,
    first_byte: u64,
    last_byte: u64,
}

/// What is kept of an upload, so that another run can go on with it.
#[derive(Debug, Serialize, Deserialize)]
struct Session {
    video: String,
    token: String,
    /// When the addresses end, in epoch milliseconds.
    ends: Option<i64>,
    parts: Vec<Piece>,
    /// Whether LinkedIn was told that these were all.
    ended: bool,
}

/// A part of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Piece {
    place: String,
    first: u64,
    last: u64,
    /// What LinkedIn answered once it was there.
    etag: Option<String>,
}

impl Piece {
    fn length(&self) -> u64 {
        self.last - self.first + 1
    }
}

impl Session {
    /// Reads LinkedIn's answer; `None` where its parts are not the file, one after the other.
    fn begun(places: Places, size: u64, base: &str) -> Option<Result<Self, CallError>> {
        let video = media_urn(&places.video, VIDEO.word)?;
        let (mut parts, mut at) = (Vec::new(), 0);
        for one in places.upload_instructions {
            let fits = one.first_byte == at
                && one.last_byte >= at
                && one.last_byte < size
                && one.last_byte - at < LARGEST_PART;
            if !fits {
                return None;
            }
            at = one.last_byte + 1;
            let Some(place) = upload_place(&one.upload_url, base) else {
                return Some(Err(not_its_own()));
            };
            parts.push(Piece {
                place,
                first: one.first_byte,
                last: one.last_byte,
                etag: None,
            });
        }
        (at == size).then_some(Ok(Self {
            video,
            token: places.upload_token,
            ends: places.upload_urls_expire_at,
            parts,
            ended: false,
        }))
    }

    fn words(&self) -> String {
        serde_json::to_string(self).expect("a structure of texts and numbers is always JSON")
    }

    /// How many bytes are there.
    fn sent(&self) -> u64 {
        let there = self.parts.iter().filter(|part| part.etag.is_some());
        there.map(Piece::length).sum()
    }

    /// Whether all of it can still be sent; what is there already needs no address any more.
    fn lives(&self, now: i64) -> bool {
        let is_whole = self.parts.iter().all(|part| part.etag.is_some());
        is_whole || self.ends.is_none_or(|ends| now < ends)
    }
}

impl LinkedIn {
    /// Uploads a kept video, going on with what an earlier run left; returns its name once it may be posted.
    pub(super) async fn upload_video(
        &self,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        let earlier = (log.earlier())
            .and_then(|begun| serde_json::from_str::<Session>(&begun.session).ok())
            .filter(|session| session.lives(self.http().now().timestamp_millis()));
        self.files().check(media).await?;
        let video = match earlier {
            None => self.begin_video(media, log).await?,
            Some(session) => match self.send_parts(media, session, log).await {
                // An address may end earlier than it was said, and a video may have been taken away.
                Err(CallError::Rejected(reason)) => {
                    tracing::info!(reason, "the upload begins anew");
                    log.forget().await;
                    self.begin_video(media, log).await?
                }
                other => other?,
            },
        };
        self.until_available(VIDEO, &video, &media.name).await?;
        Ok(video)
    }

    async fn begin_video(
        &self,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        let body = json!({"initializeUploadRequest": {
            "owner": self.author().await?, "fileSizeBytes": media.size,
            "uploadCaptions": false, "uploadThumbnail": false,
        }});
        let answer = self.video_action("initializeUpload", body.to_string());
        let session = (answer.await?.json::<Begun>())
            .and_then(|begun| Session::begun(begun.value, media.size, self.base()))
            .ok_or_else(|| self.unreadable("places for a video"))??;
        log.keep(&session.words(), 0).await?;
        self.send_parts(media, session, log).await
    }

    /// Sends the parts that are missing and says that these were all; returns the video's name.
    async fn send_parts(
        &self,
        media: &PartMedia,
        mut session: Session,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        // One that was ended, perhaps without our hearing of it.
        if session.sent() == media.size {
            match self.standing(VIDEO, &session.video).await? {
                Standing::NothingYet | Standing::Hidden if !session.ended => {}
                _ => return Ok(session.video),
            }
        }
        for at in 0..session.parts.len() {
            if session.parts[at].etag.is_some() {
                continue;
            }
            let etag = self.send_part(media, &session.parts[at]).await?;
            session.parts[at].etag = Some(etag);
            log.keep(&session.words(), session.sent()).await?;
        }
        let etags: Vec<&String> = (session.parts.iter())
            .filter_map(|part| part.etag.as_ref())
            .collect();
        let body = json!({"finalizeUploadRequest": {
            "video": session.video, "uploadToken": session.token, "uploadedPartIds": etags,
        }});
        self.video_action("finalizeUpload", body.to_string())
            .await?;
        session.ended = true;
        log.keep(&session.words(), media.size).await?;
        Ok(session.video)
    }

    /// Sends one part; returns what LinkedIn calls it.
    async fn send_part(&self, media: &PartMedia, part: &Piece) -> Result<String, CallError> {
        let length = usize::try_from(part.length()).unwrap_or(usize::MAX);
        let bytes = self.files().range(media, part.first, length).await?;
        let put = || {
            let body = Body::Raw {
                mime: "application/octet-stream".to_owned(),
                bytes: bytes.clone(),
            };
            Call::put(part.place.clone(), body).within(PART_TIME.max(self.http().timeouts().total))
        };
        let answer = self.send(put).await?;
        if !answer.is_success() {
            return Err(self.refused(&answer, self.posting()).await);
        }
        let etag = answer.header("etag").filter(|etag| !etag.is_empty());
        etag.map(str::to_owned)
            .ok_or_else(|| self.unreadable("the name of a part"))
    }

    async fn video_action(
        &self,
        action: &str,
        body: String,
    ) -> Result<super::http::Answer, CallError> {
        let url = self.url(&format!("rest/{}?action={action}", VIDEO.path));
        let call = || self.rest(Call::post(url.clone(), Body::Json(body.clone())));
        let answer = self.send(call).await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(self.refused(&answer, self.posting()).await)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://127.0.0.1:8080";

    fn begun(ranges: &[(u64, u64)], size: u64) -> Option<Result<Session, CallError>> {
        let places: Vec<serde_json::Value> = ranges
            .iter()
            .map(|(first, last)| {
                let place = format!("{BASE}/{first}");
                json!({"uploadUrl": place, "firstByte": first, "lastByte": last})
            })
            .collect();
        let value =
            json!({"video": "urn:li:video:C5", "uploadToken": "", "uploadInstructions": places});
        Session::begun(serde_json::from_value(value).unwrap(), size, BASE)
    }

    #[test]
    fn the_parts_must_be_the_file_one_after_the_other() {
        let session = begun(&[(0, 3), (4, 6)], 7).unwrap().unwrap();
        assert_eq!(session.sent(), 0);
        assert_eq!(session.parts[1].length(), 3);
        for (ranges, size) in [
            (&[(0, 3), (4, 6)][..], 8),
            (&[(0, 3), (4, 6)], 6),
            (&[(0, 3), (5, 6)], 7),
            (&[(4, 6), (0, 3)], 7),
            (&[], 7),
            (&[(0, 200_000_000)], 200_000_001),
        ] {
            assert!(begun(ranges, size).is_none(), "{ranges:?}");
        }
    }

    #[test]
    fn addresses_end_but_what_is_there_needs_none() {
        let mut session = begun(&[(0, 3)], 4).unwrap().unwrap();
        assert!(session.lives(i64::MAX), "nothing was said");
        session.ends = Some(5);
        assert!(session.lives(4) && !session.lives(5));
        session.parts[0].etag = Some("a".to_owned());
        assert!(session.lives(6));
        assert_eq!(session.sent(), 4);
    }
}
