//! Deleting and editing what is out, because a person asked for it.
//!
//! The intention is committed before the platform is called, and the call runs in a task of its own that commits what
//! came of it. A freeze stops edits and lets deletions through: taking something down is what people freeze for.

use super::lead::blocked;
use super::send::Stop;
use super::{Outlet, Setup, Shared, prepare, uploads};
use crate::domain::correction::deleted;
use crate::domain::{
    Attempt, Author, ChannelName, Corrected, Correction, CorrectionKind, Delivery, Outcome, Part,
    PartKind, Post, PostId, Published, RemoteRef,
};
use crate::platforms::{CANNOT_EDIT, Platform};
use crate::store::{NewCorrection, Store, StoreError};
use crate::text;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use tokio::sync::mpsc;

/// What a correction's deadline adds to the longest call.
const SETTLING: TimeDelta = TimeDelta::seconds(60);

/// A part that is out, and was not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// Which part, from 0.
    pub part: u32,
    /// What its platform returned for it.
    pub published: Published,
}

/// What came of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartCorrected {
    /// The part, as it was before.
    pub there: There,
    /// How it ended.
    pub outcome: Corrected,
}

/// Why nothing was asked of the platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorrectError {
    /// It makes no sense, or may not be; the sentence says why and what to do.
    #[error("{0}")]
    Refused(String),
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Stop> for CorrectError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Store(error) => Self::Store(error),
            verdict => Self::Refused(verdict.to_string()),
        }
    }
}

/// Returns the parts of a delivery that are out, by what is recorded about it.
pub fn there(attempts: &[Attempt], corrections: &[Correction]) -> Vec<There> {
    let gone = deleted(corrections);
    attempts
        .iter()
        .filter(|attempt| !gone.contains(&attempt.part))
        .filter_map(|attempt| match &attempt.outcome {
            Some(Outcome::Published(published)) => Some(There {
                part: attempt.part,
                published: published.clone(),
            }),
            _ => None,
        })
        .collect()
}

/// Returns the parts of a post that are out on a channel; what `remove` would delete.
///
/// # Errors
/// `Refused` when nothing of it is there.
pub async fn standing(
    store: &Store,
    post: PostId,
    channel: &ChannelName,
) -> Result<Vec<There>, CorrectError> {
    Ok(Case::read(store, post, channel).await?.there)
}

/// Deletes every part of a post on a channel, the last first, and stops at the first that stays.
///
/// # Errors
/// When nothing was asked of the platform.
pub async fn remove(
    setup: Setup,
    author: &Author,
    post: PostId,
    channel: &ChannelName,
) -> Result<Vec<PartCorrected>, CorrectError> {
    let case = Case::read(&setup.store, post, channel).await?;
    let way = Way::open(setup, channel).await?;
    let mut told = Vec::with_capacity(case.there.len());
    for there in case.there.iter().rev() {
        let outcome = way.ask(&case, author, there, Call::Delete).await?;
        let settled = outcome.settles(CorrectionKind::Delete);
        told.push(PartCorrected {
            there: there.clone(),
            outcome,
        });
        if !settled {
            break;
        }
    }
    Ok(told)
}

/// Puts the post's present text and pictures in the place of its one published part.
///
/// # Errors
/// When nothing was asked of the platform: it cannot edit, the post is a thread, or it cannot be sent as it is now.
pub async fn amend(
    setup: Setup,
    author: &Author,
    post: PostId,
    channel: &ChannelName,
) -> Result<PartCorrected, CorrectError> {
    let case = Case::read(&setup.store, post, channel).await?;
    let way = Way::open(setup, channel).await?;
    if !way.platform.can_edit() {
        return Err(CorrectError::Refused(format!("{channel}: {CANNOT_EDIT}")));
    }
    let [there] = case.there.as_slice() else {
        return Err(a_thread(channel));
    };
    if let Some(freeze) = way.shared.store().call(|db| db.frozen()).await? {
        return Err(StoreError::Frozen(Box::new(freeze)).into());
    }
    let composed =
        prepare::composed_text(&way.shared, &way.outlet, way.platform.as_ref(), &case.post).await?;
    let [part] = composed.parts.as_slice() else {
        return Err(a_thread(channel));
    };
    let media = if way.platform.edit_takes_media() {
        uploads::upload(&way.shared, None, way.platform.as_ref(), part, 0).await?
    } else {
        Vec::new()
    };
    let call = Call::Edit(Box::new(part.clone()), media);
    let outcome = way.ask(&case, author, there, call).await?;
    Ok(PartCorrected {
        there: there.clone(),
        outcome,
    })
}

fn a_thread(channel: &ChannelName) -> CorrectError {
    CorrectError::Refused(format!(
        "{channel}: a thread cannot be edited there from here: edit its parts on their page, or delete it and send a copy"
    ))
}

/// What is asked of the platform for one part.
#[derive(Clone)]
enum Call {
    Delete,
    Edit(Box<Part>, Vec<String>),
}

impl Call {
    fn kind(&self) -> CorrectionKind {
        match self {
            Self::Delete => CorrectionKind::Delete,
            Self::Edit(..) => CorrectionKind::Edit,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Delete => None,
            Self::Edit(part, _) => Some(part.text.clone()),
        }
    }
}

/// What is known of the post that is to be corrected.
struct Case {
    post: Post,
    delivery: Delivery,
    there: Vec<There>,
    /// How many parts were out at first.
    total: usize,
}

impl Case {
    async fn read(
        store: &Store,
        post: PostId,
        channel: &ChannelName,
    ) -> Result<Self, CorrectError> {
        let name = channel.clone();
        let (view, found) = store
            .call(move |db| {
                let view = db.post(post)?;
                let delivery = view.deliveries.iter().find(|one| one.channel == name);
                let found = match delivery.cloned() {
                    None => None,
                    Some(delivery) => {
                        let attempts = db.attempts(delivery.id)?;
                        let corrections = db.corrections(delivery.id)?;
                        Some((delivery, attempts, corrections))
                    }
                };
                Ok((view, found))
            })
            .await?;
        let Some((delivery, attempts, corrections)) = found else {
            return Err(CorrectError::Refused(format!(
                "post {post} does not go to {channel}"
            )));
        };
        let there = there(&attempts, &corrections);
        if there.is_empty() {
            return Err(CorrectError::Refused(if deleted(&corrections).is_empty() {
                format!(
                    "nothing of post {post} is known to be on {channel}: it is {}",
                    delivery.state.word()
                )
            } else {
                format!("post {post} was deleted on {channel} already")
            }));
        }
        if let Some(lost) = there.iter().find(|one| one.published.id.is_empty()) {
            return Err(CorrectError::Refused(format!(
                "nobody knows where part {} of post {post} is on {channel}: do it on its page",
                lost.part + 1
            )));
        }
        let total = attempts
            .iter()
            .filter(|one| matches!(one.outcome, Some(Outcome::Published(_))))
            .count();
        Ok(Self {
            post: view.post,
            delivery,
            there,
            total,
        })
    }
}

/// The way to the channel's account, which has been asked whose it is.
struct Way {
    shared: Arc<Shared>,
    outlet: Outlet,
    platform: Arc<dyn Platform>,
}

impl Way {
    async fn open(setup: Setup, channel: &ChannelName) -> Result<Self, CorrectError> {
        let outlet = setup.outlets.get(channel).cloned().ok_or_else(|| {
            CorrectError::Refused(format!("`{channel}` is not in the configuration"))
        })?;
        // Nobody listens: what happens is in the database, and is handed back.
        let (events, _) = mpsc::unbounded_channel();
        let shared = Shared::new(setup, events);
        if let Some(reason) = blocked(&shared, &outlet) {
            return Err(CorrectError::Refused(reason));
        }
        let platform = outlet.platform.clone().map_err(CorrectError::Refused)?;
        prepare::ready(&shared, &outlet, platform.as_ref()).await?;
        Ok(Self {
            shared,
            outlet,
            platform,
        })
    }

    /// Commits the intention, asks, commits what came of it. Goes on to the end even if the caller does not wait.
    async fn ask(
        &self,
        case: &Case,
        author: &Author,
        there: &There,
        call: Call,
    ) -> Result<Corrected, CorrectError> {
        let started = self.shared.real_now();
        let timeout = TimeDelta::from_std(self.platform.publish_timeout()).unwrap_or(SETTLING);
        let new = NewCorrection {
            delivery: case.delivery.id,
            part: there.part,
            kind: call.kind(),
            text: call.text(),
            deadline: started + timeout + SETTLING,
        };
        let by = author.clone();
        let id = self
            .shared
            .store()
            .call(move |db| db.begin_correction(&by, &new, started))
            .await?;
        let platform = Arc::clone(&self.platform);
        let shared = Arc::clone(&self.shared);
        let place = RemoteRef {
            id: there.published.id.clone(),
            cid: there.published.cid.clone(),
            root: None,
        };
        let note = Note {
            author: author.clone(),
            later: text::later_parts(self.outlet.channel.rules()),
            part: there.part,
            total: case.total,
            last: case.there.first() == Some(there),
        };
        let asked = tokio::spawn(async move {
            let kind = call.kind();
            let answer = match call {
                Call::Delete => tokio::spawn(async move { platform.delete(&place).await }),
                Call::Edit(part, media) => {
                    tokio::spawn(async move { platform.edit(&place, &part, &media).await })
                }
            };
            // A task of its own, so that a panic in there is recorded too.
            let outcome = answer.await.unwrap_or_else(|_| Corrected::Unknown {
                reason: "the program stumbled while asking".to_owned(),
            });
            let (now, real_now) = (shared.plan_now(), shared.real_now());
            let (kept, words) = (outcome.clone(), note.words(kind, &outcome, real_now));
            tracing::info!(
                correction = id.0,
                kind = kind.word(),
                outcome = outcome.word(),
                "asked"
            );
            shared
                .store()
                .call(move |db| db.finish_correction(id, &kept, words.as_deref(), now, real_now))
                .await?;
            Ok::<Corrected, StoreError>(outcome)
        });
        match asked.await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(CorrectError::Store(StoreError::Other(
                "the program is ending while a call is in flight".to_owned(),
            ))),
        }
    }
}

/// What a delivery says about itself from then on.
struct Note {
    author: Author,
    /// What later parts are.
    later: PartKind,
    part: u32,
    total: usize,
    /// Whether nothing is left when this part is gone.
    last: bool,
}

impl Note {
    fn words(
        &self,
        kind: CorrectionKind,
        outcome: &Corrected,
        at: DateTime<Utc>,
    ) -> Option<String> {
        let when = at.format("%Y-%m-%d %H:%M UTC");
        let author = &self.author;
        let said = match outcome {
            outcome if outcome.settles(kind) => {
                format!("{} there on {when} by {author}", kind.done())
            }
            Corrected::Unknown { reason } => format!(
                "{author} asked to {} it there on {when}, and nobody knows whether it was: {reason}",
                kind.word()
            ),
            Corrected::Gone => format!("found deleted there on {when} by {author}"),
            _ => return None,
        };
        Some(if self.total > 1 && !self.last {
            prepare::named(&said, self.later, self.part, self.total)
        } else {
            said
        })
    }
}
