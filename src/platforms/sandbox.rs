//! The sandbox: a folder on this machine; each part becomes a file that is written once.
//!
//! For trying things out and for the demo: it needs no account and nothing leaves the machine. It composes
//! and counts like the platform it is set to; what it writes is what that platform would have been told. How a file is written
//! once is in `sandbox_outbox.rs`.

use super::sandbox_outbox::{
    blocking, deliver, make_folder, put_aside, remove_drafts, sync, written,
};
use super::{CallError, LookUp, PartContext, Platform, Sought};
use crate::domain::fault_words::in_words;
use crate::domain::{
    Account, AttemptRequest, Card, Channel, ChannelName, Corrected, DeliveryId, Facet, Limits,
    Outcome, Part, PartMedia, PlatformId, RemoteRef, Target, Visibility,
};
use async_trait::async_trait;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

/// A sandbox channel.
#[derive(Debug)]
pub struct Sandbox {
    channel: ChannelName,
    like: Option<PlatformId>,
    outbox: PathBuf,
}

/// What is written about one part.
#[derive(Serialize)]
struct Letter<'a> {
    channel: &'a ChannelName,
    like: Option<PlatformId>,
    delivery: DeliveryId,
    part: u32,
    of: u32,
    text: &'a str,
    media: Vec<Enclosure<'a>>,
    warning: Option<&'a str>,
    language: Option<&'a str>,
    visibility: Option<Visibility>,
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a Target>,
    topic: Option<&'a str>,
    tags: &'a [String],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: &'a BTreeMap<String, String>,
    card: Option<&'a Card>,
    facets: &'a [Facet],
    reply: Option<&'a RemoteRef>,
}

#[derive(Serialize)]
struct Enclosure<'a> {
    hash: &'a str,
    alt: &'a str,
    mime: &'a str,
}

impl Sandbox {
    /// Creates a sandbox that writes into `outbox`; the folder is made when it is needed.
    pub fn new(channel: &Channel, outbox: PathBuf) -> Self {
        Self {
            channel: channel.name.clone(),
            like: channel.like,
            outbox,
        }
    }
}

#[async_trait]
impl Platform for Sandbox {
    async fn verify(&self) -> Result<Account, CallError> {
        let folder = self.outbox.clone();
        let shown = folder.display().to_string();
        blocking(move || make_folder(&folder))
            .await
            .map_err(|error| {
                CallError::Rejected(format!(
                    "The outbox {shown} cannot be made ({}): choose another data directory",
                    in_words(&error)
                ))
            })?;
        Ok(Account {
            id: format!("sandbox:{shown}"),
            handle: shown,
        })
    }

    async fn limits(&self) -> Result<Limits, CallError> {
        Ok(Limits::default())
    }

    /// Takes any address: nothing is asked of a server from here.
    async fn find_post(&self, address: &str) -> Result<Option<RemoteRef>, CallError> {
        Ok(Some(RemoteRef {
            id: address.to_owned(),
            ..RemoteRef::default()
        }))
    }

    async fn upload(&self, media: &PartMedia, _bytes: Vec<u8>) -> Result<String, CallError> {
        Ok(media.hash.clone())
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        let number = context.index + 1;
        let letter = Letter {
            channel: &self.channel,
            like: self.like,
            delivery: context.delivery,
            part: number,
            of: context.total,
            text: &part.text,
            media: part
                .media
                .iter()
                .map(|media| Enclosure {
                    hash: &media.hash,
                    alt: &media.alt,
                    mime: &media.mime,
                })
                .collect(),
            warning: part.warning.as_deref(),
            language: part.language.as_deref(),
            visibility: part.visibility,
            title: part.title.as_deref(),
            to: part.to.as_ref(),
            topic: part.topic.as_deref(),
            tags: &part.tags,
            options: &part.options,
            card: part.card.as_ref(),
            facets: &part.facets,
            reply: context.answers,
        };
        let mut body = serde_json::to_string_pretty(&letter)
            .expect("a structure of texts and numbers is always JSON");
        body.push('\n');
        AttemptRequest {
            body,
            key: format!("{}-{number}", context.delivery),
            media_refs: context.media_refs.to_vec(),
            ..AttemptRequest::default()
        }
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        let Some(name) = file_name(request) else {
            return Outcome::Rejected {
                reason: "The recorded request names no sandbox file".to_owned(),
            };
        };
        let (folder, body) = (self.outbox.clone(), request.body.clone());
        blocking(move || Ok(deliver(&folder, &name, body.as_bytes())))
            .await
            .unwrap_or_else(|error| Outcome::Unknown {
                reason: format!("Writing into the sandbox ended early: {error}"),
            })
    }

    /// Puts the file aside as `<name>.deleted`: what was there can still be read.
    async fn delete(&self, there: &RemoteRef) -> Corrected {
        let Some(key) = there.id.strip_suffix(".json").filter(|key| is_key(key)) else {
            return Corrected::Refused {
                reason: "It is no file of a sandbox".to_owned(),
            };
        };
        let (folder, name) = (self.outbox.clone(), format!("{key}.json"));
        blocking(move || Ok(put_aside(&folder, &name)))
            .await
            .unwrap_or_else(|error| Corrected::Unknown {
                reason: format!("Deleting from the sandbox ended early: {error}"),
            })
    }

    async fn look_up(&self, sought: &Sought<'_>) -> LookUp {
        let request = &sought.attempt.request;
        let Some(name) = file_name(request) else {
            return LookUp::cannot_tell("the recorded request names no sandbox file");
        };
        let path = self.outbox.join(&name);
        let shown = path.display().to_string();
        let (folder, read) = (self.outbox.clone(), path.clone());
        let found = blocking(move || {
            remove_drafts(&folder, &read);
            let there = fs::read(&read)?;
            // Whoever wrote it may have died before this: what is called there must stay there.
            sync(&folder)?;
            Ok(there)
        });
        match found.await {
            Ok(there) if there == request.body.as_bytes() => LookUp::Found(written(&path, &name)),
            Ok(_) => LookUp::cannot_tell(format!("{shown} says something else")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => LookUp::Absent,
            Err(error) => {
                LookUp::cannot_tell(format!("{shown} cannot be read: {}", in_words(&error)))
            }
        }
    }
}

/// Returns the file that a request is written to. The key comes back from the database and becomes a file's name.
fn file_name(request: &AttemptRequest) -> Option<String> {
    let key = &request.key;
    is_key(key).then(|| format!("{key}.json"))
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Attempt, AttemptId};
    use chrono::DateTime;
    use std::path::Path;

    fn sandbox(folder: &Path) -> Sandbox {
        let mut channel = Channel::new("outbox", PlatformId::Sandbox);
        channel.like = Some(PlatformId::Mastodon);
        Sandbox::new(&channel, folder.join("outbox"))
    }

    fn request(sandbox: &Sandbox, text: &str) -> AttemptRequest {
        let part = Part {
            text: text.to_owned(),
            warning: Some("plot".to_owned()),
            visibility: Some(Visibility::Unlisted),
            media: vec![PartMedia {
                hash: "ab".to_owned(),
                name: "cat.png".to_owned(),
                mime: "image/png".to_owned(),
                size: 3,
                pixels: None,
                duration_ms: None,
                alt: "a cat".to_owned(),
                ..PartMedia::default()
            }],
            ..Part::default()
        };
        let context = PartContext {
            delivery: DeliveryId(7),
            index: 1,
            total: 3,
            answers: Some(&RemoteRef {
                id: "7-1.json".to_owned(),
                ..RemoteRef::default()
            }),
            media_refs: &["ab".to_owned()],
            created_at: DateTime::UNIX_EPOCH,
            earlier: None,
        };
        sandbox.request(&part, &context)
    }

    #[tokio::test]
    async fn a_part_becomes_one_file_with_all_that_would_be_sent() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = sandbox(folder.path());
        let outcome = sandbox.publish(&request(&sandbox, "hello")).await;
        let Outcome::Published(published) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(published.id, "7-2.json");
        let permalink = published.permalink.unwrap();
        assert!(permalink.starts_with("file:///") && permalink.ends_with("/outbox/7-2.json"));
        let text = fs::read_to_string(folder.path().join("outbox/7-2.json")).unwrap();
        let letter: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(letter["text"], "hello");
        assert_eq!(letter["like"], "mastodon");
        assert_eq!((&letter["part"], &letter["of"]), (&2.into(), &3.into()));
        assert_eq!(letter["reply"]["id"], "7-1.json");
        assert_eq!(letter["media"][0]["alt"], "a cat");
        let files = fs::read_dir(folder.path().join("outbox")).unwrap().count();
        assert_eq!(files, 1);
    }

    #[tokio::test]
    async fn the_same_part_again_is_published_and_another_under_its_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = sandbox(folder.path());
        let first = request(&sandbox, "hello");
        let published = sandbox.publish(&first).await;
        assert_eq!(sandbox.publish(&first).await, published);
        let other = sandbox.publish(&request(&sandbox, "other")).await;
        assert!(matches!(other, Outcome::Rejected { .. }), "{other:?}");
        let kept = fs::read_to_string(folder.path().join("outbox/7-2.json")).unwrap();
        assert_eq!(kept, first.body);
    }

    #[tokio::test]
    async fn a_deleted_part_is_put_aside_once_and_is_gone_then() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = sandbox(folder.path());
        let request = request(&sandbox, "hello");
        sandbox.publish(&request).await;
        let there = |id: &str| RemoteRef {
            id: id.to_owned(),
            ..RemoteRef::default()
        };
        assert_eq!(sandbox.delete(&there("7-2.json")).await, Corrected::Done);
        let aside = folder.path().join("outbox/7-2.json.deleted");
        assert_eq!(fs::read_to_string(aside).unwrap(), request.body);
        assert!(!folder.path().join("outbox/7-2.json").exists());
        assert_eq!(sandbox.delete(&there("7-2.json")).await, Corrected::Gone);
        let elsewhere = sandbox.delete(&there("../7-2.json")).await;
        assert!(matches!(elsewhere, Corrected::Refused { .. }));
    }

    #[tokio::test]
    async fn a_look_removes_what_killed_processes_left_of_that_part_only() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = sandbox(folder.path());
        let request = request(&sandbox, "hello");
        let outbox = folder.path().join("outbox");
        fs::create_dir(&outbox).unwrap();
        for left in ["7-2.311.new", "7-2.99.new", "7-21.311.new"] {
            fs::write(outbox.join(left), "hal").unwrap();
        }
        let attempt = Attempt {
            id: AttemptId(1),
            delivery: DeliveryId(7),
            part: 1,
            number: 1,
            request: request.clone(),
            started_at: DateTime::UNIX_EPOCH,
            deadline: DateTime::UNIX_EPOCH,
            outcome: None,
            ended_at: None,
        };
        let sought = Sought {
            attempt: &attempt,
            since: DateTime::UNIX_EPOCH,
            taken: &[],
        };
        assert_eq!(sandbox.look_up(&sought).await, LookUp::Absent);
        let published = sandbox.publish(&request).await;
        assert!(
            matches!(&published, Outcome::Published(there) if sandbox.look_up(&sought).await == LookUp::Found(there.clone()))
        );
        let mut left: Vec<_> = fs::read_dir(&outbox)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["7-2.json", "7-21.311.new"]);
    }

    #[tokio::test]
    async fn an_outbox_that_cannot_be_written_means_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("outbox"), "a file").unwrap();
        let sandbox = sandbox(folder.path());
        let outcome = sandbox.publish(&request(&sandbox, "hello")).await;
        assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
        assert!(sandbox.verify().await.is_err());
    }

    #[tokio::test]
    async fn a_key_that_would_leave_the_outbox_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = sandbox(folder.path());
        let mut request = request(&sandbox, "hello");
        for key in ["../../etc/passwd", "", "a/b"] {
            request.key = key.to_owned();
            let outcome = sandbox.publish(&request).await;
            assert!(matches!(outcome, Outcome::Rejected { .. }), "{key}");
        }
    }
}
