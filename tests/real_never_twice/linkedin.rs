//! The rows of LinkedIn: a strict server of our own, since the real one cannot be run here. It knows no idempotency; a
//! page's posts can be looked up, a member's cannot. What follows a post is a comment on it.

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
        let rows = [true, false].map(|of_pages| Self {
            server: Server::start(),
            of_pages,
        });
        // A person's token may not ask how far a picture is; LinkedIn is done while it is waited.
        rows[1].server.world().processing = 0;
        rows
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

    fn wire(&self) -> Option<Wire> {
        Some(Wire {
            target: self.server.url(),
            // A post and its comments.
            create: "POST /rest/",
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
            let (person, token) = world.add_commenter();
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
        let comments = self.server.comments();
        own.flat_map(|post| {
            let content = &post.body["content"];
            let several = content["multiImage"]["images"].as_array();
            let mut before = post.urn.clone();
            let first = Made {
                pictures: several.map_or(usize::from(content["media"].is_object()), Vec::len),
                id: post.urn.clone(),
                text: post.shown,
                answers: None,
            };
            let on_it = comments.iter().filter(|one| one.object == post.urn);
            let later: Vec<Made> = on_it
                .map(|one| {
                    // All are on the post; what comes first is what the next one follows.
                    let id = format!("urn:li:comment:({},{})", one.object, one.number);
                    Made {
                        answers: Some(std::mem::replace(&mut before, id.clone())),
                        id,
                        text: one.text.clone(),
                        pictures: 0,
                    }
                })
                .collect();
            std::iter::once(first).chain(later)
        })
        .collect()
    }
}
