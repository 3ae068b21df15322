//! Which channel of a Zulip server an account posts to, and whether it may.
//!
//! Asked when the account is verified, so that a wrong name or a missing permission is said before anything is due.
//! What the server does not tell is left to it: only a certain no is a no.

use super::CallError;
use super::http::{self, Call};
use super::zulip::Zulip;
use super::zulip_api::{Me, OneUser, Place, ServerSettings};
use crate::domain::nearest::nearest;
use crate::domain::text_safety::clean_input;
use crate::domain::{self, Target};
use serde::Deserialize;
use std::time::Duration;

/// So many topics are kept: a channel may have thousands, and the newest come first.
const MOST_TOPICS: usize = 500;

/// `GET /api/v1/get_stream_id`.
#[derive(Deserialize)]
struct StreamId {
    stream_id: u64,
}

/// `GET /api/v1/streams/{id}`.
#[derive(Deserialize)]
struct OneStream {
    stream: Stream,
}

/// `GET /api/v1/streams`.
#[derive(Deserialize)]
pub(super) struct Streams {
    streams: Vec<Stream>,
}

/// A channel, as far as posting to it goes.
#[derive(Debug, Deserialize)]
pub(super) struct Stream {
    stream_id: u64,
    name: String,
    #[serde(default)]
    is_archived: bool,
    /// Before feature level 333: 1 everybody, 2 administrators, 3 full members, 4 moderators.
    #[serde(default)]
    stream_post_policy: Option<u32>,
    /// From feature level 333 on.
    #[serde(default)]
    can_send_message_group: Option<Group>,
}

/// A group with a number, or one without a name (zulip.com/api/group-setting-values, read 2026-11).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Group {
    Numbered(u64),
    Nameless {
        direct_members: Vec<u64>,
        direct_subgroups: Vec<u64>,
    },
}

/// `GET /api/v1/user_groups/{id}/members/{user}`.
#[derive(Deserialize)]
struct Membership {
    is_user_group_member: bool,
}

/// `GET /api/v1/users/me/{stream_id}/topics` (zulip.com/api/get-stream-topics, read 2026-11): the newest first.
#[derive(Deserialize)]
struct Topics {
    topics: Vec<Topic>,
}

#[derive(Deserialize)]
struct Topic {
    name: String,
}

impl Zulip {
    /// Asks for the topics of a channel, as far as the account sees them.
    pub(super) async fn find_topics(&self, to: &Target) -> Result<Vec<String>, CallError> {
        let within = self.http().timeouts().total;
        let place = self.place_of(to, within).await?;
        let path = format!("users/me/{}/topics", place.id);
        let answer = self.read(self.list(&path)).await?;
        let told: Topics = answer
            .json()
            .ok_or_else(|| self.unreadable("the topics of a channel"))?;
        let names = told
            .topics
            .into_iter()
            .map(|topic| clean_input(&topic.name));
        // From feature level 334 on the topic without a name is there too.
        let names = names.filter(|name| !name.trim().is_empty());
        Ok(names.take(MOST_TOPICS).collect())
    }

    /// Asks for the channels that the account sees: the public ones, and private ones that it is in.
    pub(super) async fn find_places(&self) -> Result<Vec<domain::Place>, CallError> {
        let answer = self.read(self.list("streams")).await?;
        let told: Streams = answer
            .json()
            .ok_or_else(|| self.unreadable("the channels"))?;
        Ok(places_of(told))
    }

    /// Asks for a channel's number and name; each call may take so long.
    pub(super) async fn find_place(
        &self,
        to: &Target,
        within: Duration,
    ) -> Result<Place, CallError> {
        let id = match to {
            Target::Numbered(number) | Target::Known(number, _) => u64::from(*number),
            Target::Named(name) => {
                let call = Call::read(self.url("get_stream_id")).query("stream", name);
                match self.read(call.within(within)).await {
                    Ok(answer) => {
                        let found: StreamId =
                            answer.json().ok_or_else(|| self.unreadable("a channel"))?;
                        found.stream_id
                    }
                    Err(CallError::Rejected(_)) => return Err(self.no_such_channel(to).await),
                    Err(error) => return Err(error),
                }
            }
        };
        let stream = self.stream(to, id, within).await?;
        let settings = Call::read(self.url("server_settings")).within(within);
        let level = match self.read(settings).await {
            Ok(answer) => answer
                .json::<ServerSettings>()
                .and_then(|settings| settings.zulip_feature_level),
            Err(_) => None,
        };
        Ok(Place {
            id: stream.stream_id,
            name: stream.name,
            level,
        })
    }

    async fn stream(&self, to: &Target, id: u64, within: Duration) -> Result<Stream, CallError> {
        let call = Call::read(self.url(&format!("streams/{id}"))).within(within);
        match self.read(call).await {
            Ok(answer) => answer
                .json::<OneStream>()
                .map(|one| one.stream)
                .ok_or_else(|| self.unreadable("a channel")),
            Err(CallError::Rejected(_)) => Err(self.no_such_channel(to).await),
            Err(error) => Err(error),
        }
    }

    /// Says that there is no such channel, and which one may be meant.
    async fn no_such_channel(&self, to: &Target) -> CallError {
        let (host, email) = (self.host(), self.email());
        let asked = match to {
            Target::Named(name) => format!("#{}", http::quote(name)),
            Target::Numbered(number) => format!("with the number {number}"),
            Target::Known(number, name) => {
                format!("with the number {number} (#{})", http::quote(name))
            }
        };
        let mut near = String::new();
        if let Some(name) = to.name()
            && let Ok(answer) = self.read(self.list("streams")).await
            && let Some(Streams { streams }) = answer.json()
            && let Some(meant) = nearest(name, streams.iter().map(|stream| stream.name.as_str()))
        {
            near = format!(" (did you mean `{}`?)", http::quote(meant));
        }
        CallError::Rejected(format!(
            "{email} sees no channel {asked} on {host}{near}: set `to` to one that is there; to a private one it has to be subscribed"
        ))
    }

    /// Refuses where the account certainly may not post.
    pub(super) async fn may_post(&self, me: &Me, place: &Place) -> Result<(), CallError> {
        let stream = self.stream_now(place).await?;
        let shown = http::quote(&stream.name);
        if stream.is_archived {
            return Err(CallError::Rejected(format!(
                "#{shown} on {} is archived: set `to` to another channel",
                self.host()
            )));
        }
        match self.may_send(me, &stream).await {
            Some(false) => Err(CallError::Rejected(format!(
                "{} may not post to #{shown} on {}: ask an administrator for the permission, or set `to` to another channel",
                self.email(),
                self.host()
            ))),
            _ => Ok(()),
        }
    }

    /// Asks whether the account may post to its channel; `None` where that cannot be told.
    pub(super) async fn allowed(&self, me: &Me, place: &Place) -> Result<Option<bool>, CallError> {
        let stream = self.stream_now(place).await?;
        if stream.is_archived {
            return Ok(Some(false));
        }
        Ok(self.may_send(me, &stream).await)
    }

    async fn stream_now(&self, place: &Place) -> Result<Stream, CallError> {
        let within = self.http().timeouts().total;
        self.stream(self.to(), place.id, within).await
    }

    async fn may_send(&self, me: &Me, stream: &Stream) -> Option<bool> {
        // What its owner may, a bot may too.
        let owner = match me.bot_owner_id {
            Some(id) => self.user(id).await,
            None => None,
        };
        match &stream.can_send_message_group {
            Some(group) => self.is_in(group, me, owner.as_ref()).await,
            None => stream
                .stream_post_policy
                .and_then(|policy| by_policy(policy, me, owner.as_ref())),
        }
    }

    async fn user(&self, id: u64) -> Option<Me> {
        let answer = self
            .read(Call::read(self.url(&format!("users/{id}"))))
            .await;
        Some(answer.ok()?.json::<OneUser>()?.user)
    }

    /// Whether the account, or its owner, is in a group; `None` where that cannot be told.
    async fn is_in(&self, group: &Group, me: &Me, owner: Option<&Me>) -> Option<bool> {
        let people: Vec<u64> = [Some(me.user_id), owner.map(|owner| owner.user_id)]
            .into_iter()
            .flatten()
            .collect();
        let groups = match group {
            Group::Numbered(id) => vec![*id],
            Group::Nameless {
                direct_members,
                direct_subgroups,
            } => {
                if people.iter().any(|person| direct_members.contains(person)) {
                    return Some(true);
                }
                direct_subgroups.clone()
            }
        };
        for id in groups {
            for person in &people {
                let path = format!("user_groups/{id}/members/{person}");
                let answer = self.read(Call::read(self.url(&path))).await.ok()?;
                if answer.json::<Membership>()?.is_user_group_member {
                    return Some(true);
                }
            }
        }
        // An owner who cannot be seen may be the one who may.
        (me.bot_owner_id.is_none() || owner.is_some()).then_some(false)
    }
}

/// Reads the channels of a list, by name.
pub(super) fn places_of(told: Streams) -> Vec<domain::Place> {
    let seen = told.streams.into_iter().filter(|it| !it.is_archived);
    let places = seen.filter_map(|stream| {
        Some(domain::Place {
            number: u32::try_from(stream.stream_id).ok()?,
            name: clean_input(&stream.name).trim().to_owned(),
        })
    });
    let mut places: Vec<domain::Place> = places.take(domain::Places::MOST).collect();
    places.sort_by_key(|place| place.name.to_lowercase());
    places
}

/// Whether the older rule lets an account post; `None` where that cannot be told.
fn by_policy(policy: u32, me: &Me, owner: Option<&Me>) -> Option<bool> {
    let least = match policy {
        1 => return Some(true),
        2 => 200,
        4 => 300,
        // Who is a full member depends on how long somebody is there.
        _ => return None,
    };
    let may = |person: &Me| person.role.map(|role| role <= least);
    match (may(me)?, owner) {
        (true, _) => Some(true),
        (false, Some(owner)) => may(owner),
        (false, None) => me.bot_owner_id.is_none().then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(user_id: u64, role: Option<u32>, bot_owner_id: Option<u64>) -> Me {
        Me {
            user_id,
            role,
            bot_owner_id,
        }
    }

    #[test]
    fn an_older_servers_rule_is_a_no_only_where_it_is_certain() {
        let member = person(7, Some(400), None);
        assert_eq!(by_policy(1, &member, None), Some(true));
        assert_eq!(by_policy(2, &member, None), Some(false));
        assert_eq!(by_policy(4, &person(7, Some(300), None), None), Some(true));
        assert_eq!(by_policy(3, &member, None), None);
        assert_eq!(by_policy(2, &person(7, None, None), None), None);
        let bot = person(8, Some(400), Some(7));
        assert_eq!(
            by_policy(2, &bot, Some(&person(7, Some(200), None))),
            Some(true)
        );
        assert_eq!(by_policy(2, &bot, Some(&member)), Some(false));
        assert_eq!(by_policy(2, &bot, None), None);
    }
}
