//! From configured channels to the publisher's outlets: fetches each secret and connects each platform.
//!
//! Blocks while a `token_command` runs (all of them side by side); sends nothing.

use crate::config::{ChannelConfig, Config, Locations};
use crate::domain::{Channel, ChannelName, PartMedia};
use crate::media;
use crate::platforms::{self, Files, Http, Kept};
use crate::publisher::{Outlet, Reach};
use crate::secrets::{SecretError, SecretSource};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Connects every configured channel; `known` are the channels as stored, with their pinned accounts.
pub fn connect_all(
    config: &Config,
    locations: &Locations,
    known: &[Channel],
    http: &Http,
) -> BTreeMap<ChannelName, Outlet> {
    std::thread::scope(|scope| {
        let running: Vec<_> = config
            .channels
            .iter()
            .map(|configured| scope.spawn(move || connect_one(configured, locations, known, http)))
            .collect();
        running
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .map(|outlet| (outlet.channel.name.clone(), outlet))
            .collect()
    })
}

/// Connects one configured channel.
pub fn connect_one(
    configured: &ChannelConfig,
    locations: &Locations,
    known: &[Channel],
    http: &Http,
) -> Outlet {
    let account = known
        .iter()
        .find(|channel| channel.name == configured.channel.name)
        .and_then(|channel| channel.account.clone());
    let channel = Channel {
        account,
        ..configured.channel.clone()
    };
    let stored = locations.stored_secret(channel.name.as_str());
    let platform = secret(configured, locations)
        .map_err(|error| error.to_string())
        .and_then(|secret| {
            let connection = platforms::Connection {
                url: configured.url.clone(),
                handle: configured.handle.clone(),
                email: configured.email.clone(),
                to: configured.to.clone(),
                organization: configured.organization.clone(),
                api_version: configured.api_version.clone(),
                video_service: configured.video_service.clone(),
                app: configured.app.clone(),
                client_id: configured.client_id.clone(),
                redirect: configured.redirect.clone(),
                secret,
                secret_from: configured.secret.clone(),
                stored,
                outbox: configured
                    .outbox
                    .clone()
                    .unwrap_or_else(|| locations.outbox(channel.name.as_str())),
                files: Files::new(MediaFolder(locations.media())),
            };
            platforms::connect(&channel, connection, http).map_err(|error| error.to_string())
        });
    Outlet {
        reach: if configured.is_local() {
            Reach::ThisMachine
        } else {
            Reach::Network
        },
        channel,
        platform,
    }
}

/// The folder of the posts' files.
struct MediaFolder(PathBuf);

impl Kept for MediaFolder {
    fn check(&self, hash: &str) -> Result<(), String> {
        media::check(&self.0, hash).map_err(|error| error.to_string())
    }

    fn range(&self, hash: &str, at: u64, length: usize) -> Result<Vec<u8>, String> {
        media::range(&self.0, hash, at, length).map_err(|error| error.to_string())
    }

    fn whole(&self, media: &PartMedia) -> Result<Vec<u8>, String> {
        media::as_sent(&self.0, media).map_err(|error| error.to_string())
    }
}

/// Returns where a channel's secret comes from: the configuration's reference, else what `login` stored.
pub fn source(configured: &ChannelConfig, locations: &Locations) -> SecretSource {
    configured.secret.clone().unwrap_or_else(|| {
        SecretSource::Stored(locations.stored_secret(configured.channel.name.as_str()))
    })
}

fn secret(
    configured: &ChannelConfig,
    locations: &Locations,
) -> Result<Option<crate::secrets::Secret>, SecretError> {
    match source(configured, locations).resolve() {
        Ok(secret) => Ok(Some(secret)),
        // Nothing was named and nobody logged in: the platform says whether it needs a secret.
        Err(SecretError::Missing(_)) if configured.secret.is_none() => Ok(None),
        Err(error) => Err(error),
    }
}
