//! The rows of LinkedIn: a strict server of our own, since the real one cannot be run here. It knows no idempotency; a
//! page's posts can be looked up, a member's cannot.

use crate::common::{channel, http};
use crate::linkedin_server::Server;
use crate::registered::{Account, Made, Registered, Wire};
use async_trait::async_trait;
use masthead::domain::PlatformId;
use masthead::platforms::login::store;
use masthead::platforms::{Connection, Platform, connect};
use masthead::secrets::{OwnAppSecret, Secret, SecretFile, StoredSecret};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The strict server, with pages or with members.
pub struct Posts {
    server: Server,
    of_pages: bool,
}

impl Posts {
    /// Starts the server of each kind of row.
    pub fn started() -> [Self; 2] {
        [true, false].map(|of_pages| Self {
            server: Server::start(),
            of_pages,
        })
    }
}

#[async_trait]
impl Registered for Posts {
    fn name(&self) -> &'static str {
        match self.of_pages {
            true => "LinkedIn page, fake",
            false => "LinkedIn member, fake",
        }
    }

    fn platform(&self) -> PlatformId {
        PlatformId::LinkedIn
    }

    fn longest_thread(&self) -> usize {
        1
    }

    fn wire(&self) -> Option<Wire> {
        Some(Wire {
            target: self.server.url(),
            create: "POST /rest/posts ",
            // Quotas begin anew at midnight in UTC, and no header says so.
            too_many: |_| Vec::new(),
        })
    }

    async fn account(&self, _number: usize) -> Box<dyn Account> {
        let mut world = self.server.world();
        let (author, organization, token) = if self.of_pages {
            let (page, token) = world.add_page();
            let urn = format!("urn:li:organization:{page}");
            (urn.clone(), Some(urn), token)
        } else {
            let (person, token) = world.add_member();
            (format!("urn:li:person:{person}"), None, token)
        };
        Box::new(Poster {
            server: self.server.clone(),
            author,
            organization,
            token,
        })
    }
}

/// A page or a person of its own for each cell.
struct Poster {
    server: Server,
    author: String,
    organization: Option<String>,
    token: String,
}

#[async_trait]
impl Account for Poster {
    fn section(&self, url: &str) -> String {
        let page = (self.organization.as_ref())
            .map_or_else(String::new, |urn| format!("organization = \"{urn}\"\n"));
        format!("platform = \"linkedin\"\nurl = \"{url}\"\n{page}")
    }

    fn log_in(&self, data: &Path, _url: &str) {
        let secret = StoredSecret::LinkedIn(OwnAppSecret {
            client_id: "app".to_owned(),
            client_secret: None,
            token: Secret::new(self.token.as_str()),
            ends_at: None,
            refresh: None,
            refresh_ends_at: None,
            scopes: None,
        });
        store(&SecretFile::new(data.join("secrets/test.json")), &secret).unwrap();
    }

    fn connect(&self, url: &str, data: &Path, patience: Duration) -> Arc<dyn Platform> {
        let connection = Connection {
            url: Some(url.to_owned()),
            organization: self.organization.clone(),
            secret: Some(Secret::new(self.token.as_str())),
            stored: data.join("secrets/test.json"),
            ..Connection::default()
        };
        connect(&channel(PlatformId::LinkedIn), connection, &http(patience)).unwrap()
    }

    async fn posts(&self, _data: &Path) -> Vec<Made> {
        let all = self.server.posts();
        let own = all.into_iter().filter(|post| post.author == self.author);
        own.map(|post| {
            let content = &post.body["content"];
            let several = content["multiImage"]["images"].as_array();
            Made {
                pictures: several.map_or(usize::from(content["media"].is_object()), Vec::len),
                id: post.urn,
                text: post.shown,
                answers: None,
            }
        })
        .collect()
    }
}
