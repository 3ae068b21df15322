//! Uploads to LinkedIn: a place is asked for, the bytes are put there in one request, and it is waited until they may be
//! posted. Videos go up in parts: `linkedin_video.rs`.
//!
//! learn.microsoft.com, "Images API" and "Documents API" (li-lms-2026-05, read 2026-11). The owner must be the author of the
//! post. A member's token may not ask how far it is: then some seconds have to do.

use super::CallError;
use super::address;
use super::http::{Body, Call};
use super::linkedin::{LinkedIn, SERVICE};
use super::linkedin_api::{encoded, media_urn};
use crate::domain::PartMedia;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// How long it is waited where LinkedIn does not say how far it is.
const BLIND_WAIT: Duration = Duration::from_secs(6);

/// A kind of thing that is uploaded.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// The part of the API.
    pub path: &'static str,
    /// What the thing is called in names and answers.
    pub word: &'static str,
    /// What a person does where LinkedIn cannot process it.
    pub remedy: &'static str,
}

/// How far LinkedIn is with something uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It waits for the bytes, or for the word that these were all.
    NothingYet,
    Processing,
    Ready,
    Failed,
    /// This token may not ask.
    Hidden,
}

const IMAGE: Kind = Kind {
    path: "images",
    word: "image",
    remedy: "save it anew, as a smaller JPEG or PNG",
};
const DOCUMENT: Kind = Kind {
    path: "documents",
    word: "document",
    remedy: "save it anew, as a smaller PDF",
};

/// `initializeUpload`.
#[derive(Deserialize)]
struct Begun {
    value: Place,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    upload_url: String,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

/// `GET /rest/images/{urn}`.
#[derive(Deserialize)]
struct Progress {
    status: String,
}

impl LinkedIn {
    /// Uploads a picture or document; returns its name once it may be posted.
    pub(super) async fn upload_media(
        &self,
        media: &PartMedia,
        bytes: Vec<u8>,
    ) -> Result<String, CallError> {
        let kind = if media.mime == "application/pdf" {
            DOCUMENT
        } else {
            IMAGE
        };
        let owner = self.author().await?;
        let url = self.url(&format!("rest/{}?action=initializeUpload", kind.path));
        let body = json!({"initializeUploadRequest": {"owner": owner}}).to_string();
        let begin = || self.rest(Call::post(url.clone(), Body::Json(body.clone())));
        let answer = self.send(begin).await?;
        if !answer.is_success() {
            return Err(self.refused(&answer, self.posting()).await);
        }
        let wrong = || self.unreadable("a place for an upload");
        let begun: Begun = answer.json().ok_or_else(wrong)?;
        let urn = (begun.value.rest.get(kind.word))
            .and_then(Value::as_str)
            .and_then(|urn| media_urn(urn, kind.word))
            .ok_or_else(wrong)?;
        let place = upload_place(&begun.value.upload_url, self.base()).ok_or_else(not_its_own)?;
        let mime = media.mime.clone();
        let put = || {
            let body = Body::Raw {
                mime: mime.clone(),
                bytes: bytes.clone(),
            };
            Call::put(place.clone(), body)
        };
        let answer = self.send(put).await?;
        if !answer.is_success() {
            return Err(self.refused(&answer, self.posting()).await);
        }
        self.until_available(kind, &urn, &media.name).await?;
        Ok(urn)
    }

    /// Waits until something uploaded may be posted: before that a post of it is refused, or never shows.
    pub(super) async fn until_available(
        &self,
        kind: Kind,
        urn: &str,
        name: &str,
    ) -> Result<(), CallError> {
        let times = self.http().timeouts();
        let begun = Instant::now();
        loop {
            match self.standing(kind, urn).await {
                Ok(Standing::Ready) => return Ok(()),
                Ok(Standing::Failed) => {
                    return Err(CallError::Rejected(format!(
                        "LinkedIn cannot process {name}: {}",
                        kind.remedy
                    )));
                }
                Ok(Standing::Hidden) => {
                    tokio::time::sleep(BLIND_WAIT.min(times.processing)).await;
                    return Ok(());
                }
                // Asking again does no harm.
                Ok(Standing::NothingYet | Standing::Processing)
                | Err(CallError::Unavailable(_)) => {}
                Err(error) => return Err(error),
            }
            if begun.elapsed() >= times.processing {
                return Err(CallError::Unavailable(format!(
                    "LinkedIn is still processing {name}"
                )));
            }
            tokio::time::sleep(times.poll).await;
        }
    }

    /// Asks how far LinkedIn is with something uploaded.
    pub(super) async fn standing(&self, kind: Kind, urn: &str) -> Result<Standing, CallError> {
        let url = self.url(&format!("rest/{}/{}", kind.path, encoded(urn)));
        let json = ("content-type", "application/json");
        let call = || self.rest(Call::read(url.clone())).header(json.0, json.1);
        let answer = self.send(call).await?;
        if answer.status == 403 {
            return Ok(Standing::Hidden);
        }
        if !answer.is_success() {
            return Err(self.refused(&answer, self.posting()).await);
        }
        let progress = answer.json::<Progress>().map(|progress| progress.status);
        Ok(match progress.as_deref() {
            Some("AVAILABLE") => Standing::Ready,
            Some("PROCESSING_FAILED") => Standing::Failed,
            Some("WAITING_UPLOAD") => Standing::NothingYet,
            _ => Standing::Processing,
        })
    }
}

/// Says that nothing was sent to a place that is not LinkedIn's.
pub(super) fn not_its_own() -> CallError {
    CallError::Rejected(
        "LinkedIn names a place for the upload that is not its own: nothing was sent there"
            .to_owned(),
    )
}

/// Reads the address for an upload: the token goes along, so it must be LinkedIn's, or the very server that we talk to.
pub(super) fn upload_place(text: &str, base: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(address::may_be_called)?;
    let host = url.host_str()?;
    let is_linkedin = ["linkedin.com", "licdn.com"].iter().any(|own| {
        host.strip_suffix(own)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    let fits = if base == SERVICE {
        is_linkedin && url.scheme() == "https"
    } else if address::is_loopback(base) {
        address::is_loopback(text)
    } else {
        is_linkedin || address::host_of(text) == address::host_of(base)
    };
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_with_an_upload_to_linkedin_only() {
        let fits = |text: &str| upload_place(text, SERVICE).is_some();
        assert!(fits(
            "https://www.linkedin.com/dms-uploads/sp/1/uploaded-image/0?ca=vector"
        ));
        assert!(fits("https://api.linkedin.com/mediaUpload/1"));
        for trick in [
            "https://linkedin.com.example/1",
            "https://evil-linkedin.com/1",
            "http://www.linkedin.com/1",
            "http://127.0.0.1/1",
            "nonsense",
        ] {
            assert!(!fits(trick), "{trick}");
        }
        let here = "http://127.0.0.1:8080";
        assert!(upload_place("http://127.0.0.1:9/up/1", here).is_some());
        assert!(upload_place("https://www.linkedin.com/1", here).is_none());
    }
}
