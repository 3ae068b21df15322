//! Brings the media of a part to its platform: small ones whole, large ones in pieces that go on after a crash.
//!
//! Nothing here creates anything that people could see, so every failure may be tried again, and an upload in pieces may
//! be dropped when the program ends: what it needs to go on is in the database. How a platform uses it: `platforms/upload.rs`.

use super::crash_point::{self, CrashPoint};
use super::parts::UPLOADS_LAST;
use super::send::{Stop, Verdict};
use super::{PublisherEvent, Shared};
use crate::domain::{DeliveryId, Part, PartMedia, Upload};
use crate::platforms::{Begun, CallError, Platform, Unlogged, UploadLog};
use crate::store::StoreError;
use async_trait::async_trait;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How far an upload has come is written down no more often.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Which delivery an upload belongs to, and by whose leave it writes.
#[derive(Clone, Copy)]
pub(super) struct Claim {
    pub fence: i64,
    pub delivery: DeliveryId,
}

/// Uploads the media of a part (`number`, from 0) in order, or the picture of its card, and returns the platform's references
/// to them. A card's picture that cannot be read or is refused has an empty one: a card never stops a post.
///
/// Without a claim nothing is kept of it: a post that is out is being changed.
pub(super) async fn upload(
    shared: &Shared,
    claim: Option<Claim>,
    platform: &dyn Platform,
    part: &Part,
    number: u32,
) -> Result<Vec<String>, Stop> {
    let uploads = part.uploads();
    let mut references = Vec::with_capacity(uploads.len());
    for (place, media) in (0..).zip(&uploads) {
        let reference = one(shared, claim, platform, (part, media), number, place).await;
        references.push(match reference {
            Err(Stop::Verdict(Verdict::Failed(reason))) if part.media.is_empty() => {
                tracing::warn!(%reason, "the link card goes without its picture");
                String::new()
            }
            reference => reference?,
        });
        crash_point::pass(CrashPoint::DuringUpload, number).await;
    }
    Ok(references)
}

async fn one(
    shared: &Shared,
    claim: Option<Claim>,
    platform: &dyn Platform,
    (whole, media): (&Part, &PartMedia),
    part: u32,
    place: u32,
) -> Result<String, Stop> {
    if !platform.in_pieces(media) {
        return Ok(platform.upload(media, read(shared, media).await?).await?);
    }
    match claim {
        Some(claim) => in_pieces(shared, claim, platform, (whole, media), part, place).await,
        None => Ok(platform.upload_in_pieces(whole, media, &Unlogged).await?),
    }
}

async fn read(shared: &Shared, media: &PartMedia) -> Result<Vec<u8>, Stop> {
    let reader = Arc::clone(&shared.setup.read_media);
    let wanted = media.clone();
    let bytes = tokio::task::spawn_blocking(move || reader(&wanted))
        .await
        .unwrap_or_else(|_| Err("reading it failed".to_owned()));
    bytes.map_err(|reason| {
        Stop::Verdict(Verdict::Failed(format!(
            "the {} {} cannot be read: {reason}",
            media.medium(),
            media.name
        )))
    })
}

async fn in_pieces(
    shared: &Shared,
    claim: Claim,
    platform: &dyn Platform,
    (whole, media): (&Part, &PartMedia),
    part: u32,
    place: u32,
) -> Result<String, Stop> {
    let id = claim.delivery;
    // A session that makes the post is told of the whole post when it begins: a changed one begins anew.
    let hash = if platform.asks_uploads_again() {
        whole.hash()
    } else {
        media.sent_hash()
    };
    let earlier = shared
        .store()
        .call(move |db| db.upload(id, part, place))
        .await?
        .filter(|earlier| earlier.hash == hash);
    let now = shared.real_now();
    if let Some(Upload {
        reference: Some(reference),
        at,
        ..
    }) = &earlier
        && now - *at < UPLOADS_LAST
        && !platform.asks_uploads_again()
    {
        return Ok(reference.clone());
    }
    // One that is all there, and older than platforms keep it, is begun anew.
    let earlier =
        earlier.filter(|earlier| earlier.reference.is_none() || platform.asks_uploads_again());
    let begun = earlier.as_ref().map(|earlier| Begun {
        session: earlier.session.clone(),
        sent: earlier.sent,
    });
    let kept = begun.as_ref().map_or(0, |begun| begun.sent);
    let goes_on = (earlier.as_ref()).is_some_and(|earlier| earlier.reference.is_none());
    let log = Log {
        shared,
        claim,
        begun,
        state: Mutex::new(State {
            upload: Upload {
                delivery: id,
                part,
                place,
                hash,
                session: earlier.map(|it| it.session).unwrap_or_default(),
                reference: None,
                sent: kept,
                total: media.size,
                kept,
                since: now,
                at: now,
            },
            told: None,
            failed: None,
        }),
    };
    if goes_on {
        log.go_on().await?;
    }
    let mut ending = shared.ending.subscribe();
    let uploaded = tokio::select! {
        uploaded = platform.upload_in_pieces(whole, media, &log) => uploaded,
        // The session stays; whoever publishes next goes on with it.
        _ = ending.wait_for(|ending| *ending) => return Err(Stop::Ending),
    };
    let (mut upload, failed) = log.into_parts();
    if let Some(failed) = failed {
        return Err(Stop::Store(failed));
    }
    let reference = uploaded?;
    upload.reference = Some(reference.clone());
    upload.sent = upload.total;
    upload.at = shared.real_now();
    if !upload.session.is_empty() {
        shared
            .store()
            .call(move |db| db.keep_upload(claim.fence, &upload))
            .await?;
    }
    Ok(reference)
}

/// Keeps what one upload needs in the database.
struct Log<'a> {
    shared: &'a Shared,
    claim: Claim,
    begun: Option<Begun>,
    state: Mutex<State>,
}

struct State {
    upload: Upload,
    /// When the figures were written last.
    told: Option<Instant>,
    /// Why the database did not take it.
    failed: Option<StoreError>,
}

impl Log<'_> {
    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets what is on record begin anew for this run: what an earlier one moved in a second says nothing of this one.
    async fn go_on(&self) -> Result<(), Stop> {
        let (upload, fence) = (self.change(|state| state.upload.clone()), self.claim.fence);
        let noted = self
            .shared
            .store()
            .call(move |db| db.note_upload(fence, &upload))
            .await;
        self.shared.say(PublisherEvent::Changed);
        Ok(noted?)
    }

    fn stopped_by(&self, error: StoreError) -> CallError {
        let reason = error.to_string();
        self.change(|state| state.failed = Some(error));
        CallError::Unavailable(reason)
    }

    fn into_parts(self) -> (Upload, Option<StoreError>) {
        let state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        (state.upload, state.failed)
    }
}

#[async_trait]
impl UploadLog for Log<'_> {
    fn earlier(&self) -> Option<Begun> {
        self.begun.clone()
    }

    async fn keep(&self, session: &str, sent: u64) -> Result<(), CallError> {
        let now = self.shared.real_now();
        let upload = self.change(|state| {
            // A new session begins from nothing, whatever an earlier one had brought there.
            if state.upload.session.is_empty() && sent == 0 {
                state.upload.kept = 0;
            }
            session.clone_into(&mut state.upload.session);
            state.upload.sent = sent;
            state.upload.at = now;
            state.told = Some(Instant::now());
            state.upload.clone()
        });
        let fence = self.claim.fence;
        let kept = self
            .shared
            .store()
            .call(move |db| db.keep_upload(fence, &upload))
            .await;
        self.shared.say(PublisherEvent::Changed);
        kept.map_err(|error| self.stopped_by(error))
    }

    async fn sent(&self, bytes: u64) -> Result<(), CallError> {
        let now = self.shared.real_now();
        let upload = self.change(|state| {
            state.upload.sent = bytes;
            state.upload.at = now;
            let is_early = state.told.is_some_and(|told| told.elapsed() < TOLD_EVERY);
            if is_early && bytes < state.upload.total {
                return None;
            }
            state.told = Some(Instant::now());
            Some(state.upload.clone())
        });
        let Some(upload) = upload else { return Ok(()) };
        let fence = self.claim.fence;
        let noted = self
            .shared
            .store()
            .call(move |db| db.note_upload(fence, &upload))
            .await;
        match noted {
            Ok(()) => self.shared.say(PublisherEvent::Changed),
            Err(error @ (StoreError::NotLeader | StoreError::CalledBack)) => {
                return Err(self.stopped_by(error));
            }
            // The figures are for the screen; what matters is tried again where it is kept.
            Err(error) => tracing::warn!(%error, "how far an upload is was not kept"),
        }
        Ok(())
    }

    async fn forget(&self) {
        let id = self.claim.delivery;
        let (part, place) = self.change(|state| {
            state.upload.session.clear();
            state.upload.sent = 0;
            state.upload.kept = 0;
            (state.upload.part, state.upload.place)
        });
        let fence = self.claim.fence;
        let forgotten = self
            .shared
            .store()
            .call(move |db| db.forget_upload(fence, id, part, place))
            .await;
        if let Err(error) = forgotten {
            tracing::warn!(%error, "an upload that cannot be gone on with was not forgotten");
        }
    }
}
