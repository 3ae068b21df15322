//! Videos on their way to Bluesky: to its video service, which makes them ready and brings them to the account's own server.
//!
//! bluesky-social/bsky-docs, `docs/tutorials/video.mdx`, and the lexicons `app.bsky.video.*`, read 2026-11: the account's server gives a
//! token for its own `uploadBlob`, the service takes the file with it and answers with a job, which is asked for until it has the
//! blob. The job is kept, so that another run asks for it instead of sending the file again. A server that the service cannot
//! reach (on this machine), or that gives no such token, gets the file itself: `bluesky_media.rs`. Nothing here is public before a post
//! refers to it.

use super::bluesky::Bluesky;
use super::bluesky_media::reference;
use super::bluesky_session::{error_name, said};
use super::http::{Answer, Body, Call, quote_without};
use super::{CallError, UploadLog, address};
use crate::domain::PartMedia;
use crate::domain::upload::bytes as in_words;
use crate::secrets::{BlueskySecret, Secret};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// The service of everybody whose configuration names no other.
const SERVICE: &str = "https://video.bsky.app";

/// What the configuration says to have no service.
const NONE: &str = "none";

/// How long the service may bring the file to the account's server.
const PASS_LIVES: TimeDelta = TimeDelta::minutes(30);

/// What no post refers to is deleted by servers after an hour at the earliest.
const KEPT_FOR: TimeDelta = TimeDelta::hours(1);

/// Between two questions is waited a little longer each time, up to so many of the first pauses.
const LONGEST_PAUSE: u32 = 4;

const UPLOAD_BLOB: &str = "com.atproto.repo.uploadBlob";
const UPLOAD_LIMITS: &str = "app.bsky.video.getUploadLimits";

/// Which way a video takes.
#[derive(Debug)]
pub(super) enum VideoRoad {
    /// The service of everybody, where it can reach the account's server.
    Usual,
    /// A service of one's own.
    Service(String),
    /// No service.
    OwnServer,
}

impl VideoRoad {
    /// Reads what the configuration says of it.
    ///
    /// # Errors
    ///
    /// `Rejected` where that is no address that may be called.
    pub fn of(configured: Option<&str>) -> Result<Self, CallError> {
        Ok(match configured {
            None => Self::Usual,
            Some(NONE) => Self::OwnServer,
            Some(service) => Self::Service(address::base_address(service)?),
        })
    }

    /// Returns the service that a video goes to; `None` sends it to the account's own server.
    pub fn service(&self, pds: &str) -> Option<&str> {
        match self {
            Self::Usual => (!address::is_loopback(pds)).then_some(SERVICE),
            Self::Service(service) => Some(service),
            Self::OwnServer => None,
        }
    }
}

/// What is kept of a video that is there.
#[derive(Debug, Serialize, Deserialize)]
struct Session {
    /// The service's name for its work on it.
    job: Option<String>,
    /// What stands in the record, once it is known.
    blob: Option<Value>,
    /// When it had all arrived.
    at: DateTime<Utc>,
}

impl Session {
    fn words(&self) -> String {
        serde_json::to_string(self).expect("a structure of texts, values and a time is always JSON")
    }
}

/// `app.bsky.video.defs#jobStatus`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Job {
    #[serde(deserialize_with = "address::maybe_id")]
    job_id: Option<String>,
    state: String,
    blob: Option<Value>,
    error: Option<String>,
    message: Option<String>,
    failure_code: Option<String>,
}

impl Job {
    /// Reads an answer, wrapped as the lexicon has it or bare as the service has answered.
    fn read(answer: &Answer) -> Option<Self> {
        let mut whole: Value = answer.json()?;
        let job = match whole.get_mut("jobStatus") {
            Some(job) => job.take(),
            None => whole,
        };
        serde_json::from_value(job).ok()
    }

    fn blob(&self) -> Option<String> {
        reference(self.blob.as_ref()?)
    }

    /// Says why there will be no video; `None` while there may be one. What is unknown is still being worked on.
    fn failure(&self, service: &str, media: &PartMedia) -> Option<String> {
        if self.state != "JOB_STATE_FAILED" {
            return None;
        }
        let (host, name) = (address::host_of(service), &media.name);
        let words = [&self.message, &self.error].into_iter().flatten();
        let mut words = words.map(|words| quote_without(words, &[]));
        let reason = match words.find(|words| !words.is_empty()) {
            Some(words) => format!("{host} cannot use {name}: {words}"),
            None => format!("{host} cannot use {name}"),
        };
        Some(match self.failure_code.as_deref() {
            Some("validation_failure" | "encoding_failure") => {
                format!("{reason}: convert it to MP4 with H.264 and AAC, and attach it again")
            }
            Some("pds_upload_unsupported_blob_size") => {
                format!(
                    "{reason}: the account's own server takes no file that large: make it smaller"
                )
            }
            Some("pds_upload_failure") => {
                format!("{reason}: it could not bring it to the account's own server: try again")
            }
            _ => format!("{reason}: try again"),
        })
    }
}

/// `app.bsky.video.getUploadLimits`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Room {
    can_upload: bool,
    remaining_daily_bytes: Option<u64>,
    message: Option<String>,
    error: Option<String>,
}

impl Room {
    /// Says why a video is not taken.
    fn refusal(&self, service: &str, handle: &str, media: &PartMedia) -> Option<String> {
        let (host, name) = (address::host_of(service), &media.name);
        if !self.can_upload {
            let words = [&self.message, &self.error].into_iter().flatten();
            let mut words = words.map(|words| quote_without(words, &[]));
            let words = words.find(|words| !words.is_empty());
            let words = words.map_or_else(String::new, |words| format!(": {words}"));
            return Some(format!(
                "{host} takes no video of @{handle} now{words} (the account's e-mail must be confirmed, and there are only so many videos a day)"
            ));
        }
        let left = self
            .remaining_daily_bytes
            .filter(|left| *left < media.size)?;
        let (left, size) = (in_words(left), in_words(media.size));
        Some(format!(
            "{host} takes {left} more of @{handle} today, and {name} has {size}: send it tomorrow"
        ))
    }
}

/// What `com.atproto.server.getServiceAuth` answers.
#[derive(Deserialize)]
struct Granted {
    token: String,
}

impl Bluesky {
    /// Uploads one kept video, or asks for one that an earlier run has brought there; returns its blob.
    pub(super) async fn upload_video(
        &self,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        let earlier = log.earlier();
        let there = (earlier.as_ref())
            .and_then(|begun| serde_json::from_str::<Session>(&begun.session).ok())
            .filter(|session| self.http().now() - session.at < KEPT_FOR);
        if let Some(kept) = there
            && let Some(blob) = self.brought(kept, media, log).await?
        {
            return Ok(blob);
        }
        if earlier.is_some() {
            log.forget().await;
        }
        self.files().check(media).await?;
        let (answer, session) = self.describe_server().await?;
        let described = self.described(&answer, &session)?;
        if let Some(service) = self.road().service(&session.pds) {
            let told = described
                .did
                .clone()
                .filter(|did| did.starts_with("did:web:"));
            let own = told.unwrap_or_else(|| did_web(&session.pds));
            if let Some(pass) = self.pass(&own, UPLOAD_BLOB).await? {
                self.require_room(service, &session, media).await?;
                let job = self.send_to(service, &pass, &session, media, log).await?;
                let kept = Session {
                    job: job.job_id.clone(),
                    blob: job.blob.clone(),
                    at: self.http().now(),
                };
                log.keep(&kept.words(), media.size).await?;
                let blob = self.brought(kept, media, log).await?;
                return blob.ok_or_else(|| {
                    CallError::Unavailable(format!(
                        "{} does not know {} any more",
                        address::host_of(service),
                        media.name
                    ))
                });
            }
            let host = address::host_of(&session.pds);
            tracing::info!(
                host,
                "gives no token for a video service: it gets the video itself"
            );
        }
        let blob = self.upload_to_server(media, log, &described).await?;
        let kept = Session {
            job: None,
            blob: serde_json::from_str(&blob).ok(),
            at: self.http().now(),
        };
        log.keep(&kept.words(), media.size).await?;
        Ok(blob)
    }

    /// Waits for the blob of a job; `None` where the service does not know it.
    async fn brought(
        &self,
        mut kept: Session,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<Option<String>, CallError> {
        if let Some(blob) = kept.blob.as_ref().and_then(reference) {
            return Ok(Some(blob));
        }
        let session = self.keeper.session().await?;
        let (Some(job), Some(service)) = (&kept.job, self.road().service(&session.pds)) else {
            return Ok(None);
        };
        let timeouts = self.http().timeouts();
        let asking = async {
            let mut pause = timeouts.poll;
            loop {
                let Some(status) = self.job(service, job).await? else {
                    return Ok(None);
                };
                if let Some(blob) = status.blob() {
                    return Ok(Some(blob));
                }
                if let Some(reason) = status.failure(service, media) {
                    return Err(CallError::Rejected(reason));
                }
                tokio::time::sleep(pause).await;
                pause = pause.mul_f32(1.25).min(LONGEST_PAUSE * timeouts.poll);
            }
        };
        let asked = tokio::time::timeout(timeouts.processing, asking).await;
        let asked = asked.unwrap_or_else(|_| {
            let (host, name) = (address::host_of(service), &media.name);
            Err(CallError::Unavailable(format!(
                "{host} is still processing the video {name}"
            )))
        });
        match &asked {
            Ok(Some(blob)) => {
                kept.blob = serde_json::from_str(blob).ok();
                log.keep(&kept.words(), media.size).await?;
            }
            // What failed is sent anew when a person asks for it.
            Err(CallError::Rejected(_)) => log.forget().await,
            _ => {}
        }
        asked
    }

    /// Asks how far a job is; `None` where the service does not know it.
    async fn job(&self, service: &str, job: &str) -> Result<Option<Job>, CallError> {
        let url = format!("{service}/xrpc/app.bsky.video.getJobStatus");
        let call = Call::read(url).query("jobId", job);
        let answer = self.http().send(call).await?;
        match answer.status {
            200 => match Job::read(&answer) {
                Some(job) => Ok(Some(job)),
                None => Err(no_job(service)),
            },
            400 | 404 => Ok(None),
            _ => Err(self.service_refused(service, &answer, &[])),
        }
    }

    /// Returns a token of the account's server for one method of somebody else; `None` where the server gives none.
    async fn pass(&self, audience: &str, method: &str) -> Result<Option<Secret>, CallError> {
        let ends = (self.http().now() + PASS_LIVES).timestamp().to_string();
        let query = [("aud", audience), ("lxm", method), ("exp", &ends)];
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        let (answer, session) = self
            .authorised(|session| {
                let method = "com.atproto.server.getServiceAuth";
                let url = format!("{}/xrpc/{method}?{query}", session.pds);
                Call::read(url).bearer(&session.access)
            })
            .await?;
        let is_unknown = matches!(answer.status, 404 | 501)
            || ["MethodNotImplemented", "XRPCNotSupported"].contains(&error_name(&answer).as_str());
        if is_unknown {
            return Ok(None);
        }
        if !answer.is_success() {
            return Err(self.refused(&answer, &session));
        }
        let granted: Granted =
            (answer.json()).ok_or_else(|| super::bluesky_session::unreadable(&session.pds))?;
        Ok(Some(Secret::new(granted.token)))
    }

    /// Asks whether the service takes such a video of the account today. One that does not say so takes it.
    async fn require_room(
        &self,
        service: &str,
        session: &BlueskySecret,
        media: &PartMedia,
    ) -> Result<(), CallError> {
        let Some(pass) = self.pass(&did_web(service), UPLOAD_LIMITS).await? else {
            return Ok(());
        };
        let call = Call::read(format!("{service}/xrpc/{UPLOAD_LIMITS}")).bearer(&pass);
        let answer = self.http().send(call).await?;
        let room = answer.json::<Room>().filter(|_| answer.is_success());
        match room.and_then(|room| room.refusal(service, &session.handle, media)) {
            Some(reason) => Err(CallError::Rejected(reason)),
            None => Ok(()),
        }
    }

    /// Sends the file to the service; returns its job.
    async fn send_to(
        &self,
        service: &str,
        pass: &Secret,
        session: &BlueskySecret,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<Job, CallError> {
        // Unlike any name before, as the documentation asks.
        let name = format!("{}.mp4", uuid::Uuid::new_v4().simple());
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("did", session.did.as_str()), ("name", &name)])
            .finish();
        let url = format!("{service}/xrpc/app.bsky.video.uploadVideo?{query}");
        let call = |chunks| Call::post(url, Body::file(media, chunks)).bearer(pass);
        let answer = self
            .http()
            .send_file(self.files(), media, log, call)
            .await?;
        let job = Job::read(&answer).filter(|job| job.job_id.is_some() || job.blob().is_some());
        // Of a video that it has already it gives the job too.
        let is_there = error_name(&answer) == "already_exists";
        match job {
            Some(job) if answer.is_success() || is_there => Ok(job),
            _ if answer.is_success() => Err(no_job(service)),
            _ => Err(self.service_refused(service, &answer, &[pass])),
        }
    }

    /// Reads a refusal of the service, which no login mends.
    fn service_refused(&self, service: &str, answer: &Answer, secrets: &[&Secret]) -> CallError {
        let reason = said(service, answer, secrets);
        match answer.status {
            429 => CallError::RateLimited {
                until: answer.wait_until(self.http().now()),
                reason,
            },
            400..500 => CallError::Rejected(reason),
            _ => CallError::Unavailable(reason),
        }
    }
}

fn no_job(service: &str) -> CallError {
    CallError::Unavailable(format!(
        "{} answered, but not as a video service does: is `video_service` right?",
        address::host_of(service)
    ))
}

/// Returns the identity of a server by its address (did:web, where a port is written with `%3A`).
fn did_web(server: &str) -> String {
    let url = Url::parse(server).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    match url.as_ref().and_then(Url::port) {
        Some(port) => format!("did:web:{host}%3A{port}"),
        None => format!("did:web:{host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_by_its_host_and_its_port_where_it_is_another() {
        assert_eq!(did_web("https://video.bsky.app"), "did:web:video.bsky.app");
        assert_eq!(
            did_web("http://localhost:2583/"),
            "did:web:localhost%3A2583"
        );
    }

    #[test]
    fn the_usual_service_gets_no_video_of_a_server_that_it_cannot_reach() {
        let road = |text: Option<&str>| VideoRoad::of(text).unwrap();
        let away = "https://amanita.us-east.host.bsky.network";
        assert_eq!(road(None).service(away), Some(SERVICE));
        assert_eq!(road(None).service("http://127.0.0.1:2583"), None);
        assert_eq!(road(Some("none")).service(away), None);
        let own = "https://video.example.org";
        assert_eq!(road(Some(own)).service("http://localhost:2583"), Some(own));
        assert!(VideoRoad::of(Some("http://video.example.org")).is_err());
    }

    #[test]
    fn a_job_is_read_wrapped_and_bare_and_what_is_unknown_is_worked_on() {
        let job = |body: &str| Job::read(&Answer::fake(200, &[], body)).unwrap();
        let media = PartMedia {
            name: "talk.mp4".to_owned(),
            ..PartMedia::default()
        };
        for body in [
            r#"{"jobStatus": {"jobId": "a", "did": "did:plc:me", "state": "JOB_STATE_SOMETHING"}}"#,
            r#"{"jobId": "a", "did": "did:plc:me", "state": "JOB_STATE_SOMETHING"}"#,
        ] {
            let job = job(body);
            assert_eq!(job.job_id.as_deref(), Some("a"));
            assert_eq!(job.failure(SERVICE, &media), None);
            assert_eq!(job.blob(), None);
        }
        let failed = r#"{"jobStatus": {"jobId": "a", "state": "JOB_STATE_FAILED", "failureCode": "validation_failure",
            "error": "bad", "message": "too\u001b[31m long"}}"#;
        let said = job(failed).failure(SERVICE, &media).unwrap();
        assert!(
            said.starts_with("video.bsky.app cannot use talk.mp4: "),
            "{said}"
        );
        assert!(
            said.ends_with("attach it again") && !said.contains('\u{1b}'),
            "{said}"
        );
    }

    #[test]
    fn a_quota_that_is_used_up_is_one_sentence() {
        let media = PartMedia {
            name: "talk.mp4".to_owned(),
            size: 40_000_000,
            ..PartMedia::default()
        };
        let refusal = |text: &str| {
            let room: Room = serde_json::from_str(text).unwrap();
            room.refusal(SERVICE, "example.org", &media)
        };
        assert_eq!(refusal(r#"{"canUpload": true}"#), None);
        assert_eq!(
            refusal(r#"{"canUpload": true, "remainingDailyBytes": 12000000}"#).unwrap(),
            "video.bsky.app takes 12 MB more of @example.org today, and talk.mp4 has 40 MB: send it tomorrow"
        );
        let said = refusal(r#"{"canUpload": false, "message": "Confirm your email"}"#).unwrap();
        assert!(
            said.starts_with(
                "video.bsky.app takes no video of @example.org now: Confirm your email ("
            ),
            "{said}"
        );
    }
}
