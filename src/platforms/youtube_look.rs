//! Whether a video is there whose answer was lost: its upload says so while it lives, after that the channel's own uploads.
//!
//! Source: platform's resumable upload guide and `playlistItems.list` (read 2026-11): the list of uploads is newest first.

use super::http::Call;
use super::youtube::YouTube;
use super::youtube_after::{LAGS, Left, found};
use super::youtube_api::{Items, NewVideo, Standing, Uploaded, is_video_id, published};
use super::{CallError, LookUp, Sought};
use crate::domain::Published;
use chrono::{DateTime, TimeDelta, Utc};

/// How far YouTube's clock may be from ours.
const CLOCKS: TimeDelta = TimeDelta::minutes(5);

impl YouTube {
    pub(super) async fn look_for_video(&self, sought: &Sought<'_>) -> LookUp {
        let Some(new) = NewVideo::read(&sought.attempt.request) else {
            return LookUp::cannot_tell("the recorded request is damaged");
        };
        match self.ask_how_far(&new.session, new.size).await {
            Ok((_, Standing::Finished(video))) => LookUp::Found(found(&new, &video)),
            // An upload that is not finished has made no video.
            Ok((_, Standing::At(_))) => LookUp::Absent,
            Ok((_, Standing::Gone)) => self.look_among_uploads(&new, sought).await,
            Ok((answer, Standing::Other)) => LookUp::cannot_tell(self.said(&answer)),
            Err(error) => LookUp::cannot_tell(error.to_string()),
        }
    }

    async fn look_among_uploads(&self, new: &NewVideo, sought: &Sought<'_>) -> LookUp {
        match self.latest_uploads().await {
            Ok(uploads) => match among(&uploads, new.title(), sought.since, sought.taken) {
                LookUp::Found(there) => LookUp::Found(Published {
                    watch: Left::after_all(new).goes_on(),
                    ..there
                }),
                LookUp::Absent if self.http().now() - sought.attempt.started_at < LAGS => {
                    LookUp::cannot_tell(
                        "YouTube may list a new video some minutes late: its list is read again",
                    )
                }
                other => other,
            },
            Err(error) => LookUp::cannot_tell(error.to_string()),
        }
    }

    async fn latest_uploads(&self) -> Result<Vec<Uploaded>, CallError> {
        let own = self.own_channel("contentDetails").await?;
        let playlist = own.content_details.related_playlists.uploads;
        let url = self.url("playlistItems");
        let call = || {
            Call::read(url.clone())
                .query("part", "snippet")
                .query("maxResults", "50")
                .query("playlistId", &playlist)
        };
        let answer = self.read(call).await?;
        let found: Items<Uploaded> = answer.json().ok_or_else(|| self.unreadable("videos"))?;
        Ok(found.items)
    }
}

/// Finds the one video of this title that came since then and is nobody else's.
pub(super) fn among(
    uploads: &[Uploaded],
    title: &str,
    since: DateTime<Utc>,
    taken: &[String],
) -> LookUp {
    let found: Vec<&str> = uploads
        .iter()
        .map(|upload| &upload.snippet)
        .filter(|upload| upload.title.trim() == title.trim())
        .filter(|upload| upload.published_at.is_none_or(|at| at >= since - CLOCKS))
        .map(|upload| upload.resource_id.video_id.as_str())
        .filter(|id| is_video_id(id) && taken.iter().all(|taken| taken != id))
        .collect();
    match found[..] {
        [] => LookUp::Absent,
        [id] => LookUp::Found(published(id, None)),
        _ => LookUp::cannot_tell(format!(
            "{} videos of this title came since then: look which one it is",
            found.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_is_recognised_by_title_and_time_and_only_when_there_is_one() {
        let since: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
        let upload = |id: &str, title: &str, at: &str| -> Uploaded {
            serde_json::from_value(serde_json::json!({"snippet": {
                "title": title, "publishedAt": at, "resourceId": {"videoId": id}}}))
            .unwrap()
        };
        let all = [
            upload("aaaaaaaaaaa", "A talk", "2026-11-22T10:01:00Z"),
            upload("bbbbbbbbbbb", "A talk", "2026-11-20T10:01:00Z"),
            upload("ccccccccccc", "Another", "2026-11-22T10:01:00Z"),
        ];
        let look = |title: &str, taken: &[String]| among(&all, title, since, taken);
        assert!(matches!(look(" A talk", &[]), LookUp::Found(it) if it.id == "aaaaaaaaaaa"));
        assert_eq!(look("A talk", &["aaaaaaaaaaa".to_owned()]), LookUp::Absent);
        assert_eq!(look("None", &[]), LookUp::Absent);
        let twice = [
            all[0].clone(),
            upload("ddddddddddd", "A talk", "2026-11-22T10:02:00Z"),
        ];
        assert!(matches!(
            among(&twice, "A talk", since, &[]),
            LookUp::CannotTell { .. }
        ));
    }
}
