//! Asks for a page and its picture: a few redirects, each checked, within limits of size and time.
//!
//! A client of its own beside the platforms': it follows redirects, carries no secret, keeps no cookie, and connects only to
//! addresses that `reach.rs` let through. Never asked by whoever publishes.

use super::page;
use super::reach::{CheckedNames, NotPublicName, Zone};
use super::{Names, PageError, Reach, SystemNames, Told};
use crate::domain::text_safety::visible;
use reqwest::{Client, Response, header, redirect, retry};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// How often a page may send on.
pub(super) const MOST_REDIRECTS: usize = 5;
/// How much of a page is read, in bytes: what it says of itself stands at its beginning.
const MOST_PAGE: usize = 1024 * 1024;
/// The largest picture that is taken, in bytes.
const MOST_PICTURE: usize = 5 * 1024 * 1024;
/// The longest address that is asked, in bytes.
const LONGEST_ADDRESS: usize = 2048;

/// How long a card may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// For page and picture together, redirects and names included.
    pub total: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(10),
        }
    }
}

/// Asks pages; cheap to clone.
#[derive(Clone, Debug)]
pub struct Reader {
    reach: Reach,
    names: Arc<dyn Names>,
    timing: Timing,
    /// Built with the first page: reading the system's certificates takes time.
    public: Arc<OnceLock<Option<Client>>>,
    own_machine: Arc<OnceLock<Option<Client>>>,
}

/// What a request is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Page,
    Picture,
}

impl Wanted {
    fn accepts(self) -> &'static str {
        match self {
            Self::Page => "text/html, application/xhtml+xml;q=0.9",
            Self::Picture => "image/jpeg, image/png, image/webp, image/gif",
        }
    }

    fn takes(self, mime: &str) -> bool {
        match self {
            Self::Page => matches!(mime, "text/html" | "application/xhtml+xml"),
            Self::Picture => {
                matches!(
                    mime,
                    "image/jpeg" | "image/png" | "image/webp" | "image/gif"
                )
            }
        }
    }
}

/// An answer, read as far as it is taken.
struct Got {
    url: Url,
    charset: Option<String>,
    bytes: Vec<u8>,
}

impl Reader {
    /// Creates a reader of pages this far away.
    pub fn new(reach: Reach) -> Self {
        Self::with(reach, Arc::new(SystemNames), Timing::default())
    }

    /// Creates one that looks names up elsewhere, or waits otherwise.
    pub fn with(reach: Reach, names: Arc<dyn Names>, timing: Timing) -> Self {
        Self {
            reach,
            names,
            timing,
            public: Arc::default(),
            own_machine: Arc::default(),
        }
    }

    /// Returns what a page says of itself. A picture that cannot be had is left out.
    ///
    /// # Errors
    /// Why there is nothing to say, in one sentence.
    pub async fn read(&self, address: &str) -> Result<Told, PageError> {
        let until = Instant::now() + self.timing.total;
        let url = Some(address.trim()).filter(|address| address.len() <= LONGEST_ADDRESS);
        let url = url.and_then(|address| Url::parse(address).ok());
        let url = url.ok_or_else(|| {
            let shown: String = address.trim().chars().take(60).collect();
            PageError::NoAddress(visible(&shown))
        })?;
        let host = host(&url);
        let zone = Zone::of(self.reach, &url);
        let got = match timeout_at(until, self.get(url, zone, Wanted::Page)).await {
            Ok(got) => got?,
            Err(_) => return Err(PageError::TooSlow(host)),
        };
        let head = page::read(&got.bytes, got.charset.as_deref(), &got.url);
        let picture = match head.picture {
            None => None,
            Some(url) => {
                let got = timeout_at(until, self.get(url, zone, Wanted::Picture)).await;
                got.ok().and_then(Result::ok).map(|got| got.bytes)
            }
        };
        Ok(Told {
            title: head.title,
            description: head.description,
            picture,
        })
    }

    async fn get(&self, mut url: Url, zone: Zone, wanted: Wanted) -> Result<Got, PageError> {
        for _ in 0..=MOST_REDIRECTS {
            zone.check(&url)?;
            let response = self.ask(&url, zone, wanted).await?;
            let status = response.status();
            if status.is_redirection()
                && let Some(next) = target(&response, &url)
            {
                url = next;
                continue;
            }
            if !status.is_success() {
                return Err(PageError::Refused {
                    host: host(&url),
                    status: status.as_u16(),
                });
            }
            return taken(response, url, wanted).await;
        }
        Err(PageError::TooManyRedirects(host(&url)))
    }

    async fn ask(&self, url: &Url, zone: Zone, wanted: Wanted) -> Result<Response, PageError> {
        let unreachable = || PageError::Unreachable(host(url));
        let client = match zone {
            Zone::Public => &self.public,
            Zone::OwnMachine => &self.own_machine,
        };
        let client = client
            .get_or_init(|| build(Arc::clone(&self.names), zone, self.timing))
            .as_ref()
            .ok_or_else(unreachable)?;
        let request = client
            .get(url.clone())
            .header(header::ACCEPT, wanted.accepts());
        request.send().await.map_err(|error| {
            if leads_elsewhere(&error) {
                PageError::NotPublic(host(url))
            } else if error.is_timeout() {
                PageError::TooSlow(host(url))
            } else {
                unreachable()
            }
        })
    }
}

fn build(names: Arc<dyn Names>, zone: Zone, timing: Timing) -> Option<Client> {
    // Fails when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!(
            "masthead/",
            env!("CARGO_PKG_VERSION"),
            " (link card; asked by a person)"
        ))
        .timeout(timing.total)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .dns_resolver(CheckedNames { names, zone })
        .build()
        .ok()
}

/// Returns where an answer sends on to.
fn target(response: &Response, from: &Url) -> Option<Url> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let location = Some(location).filter(|location| location.len() <= LONGEST_ADDRESS)?;
    from.join(location).ok()
}

/// Reads an answer as far as it is wanted; a longer page is cut off, a larger picture is none.
async fn taken(mut response: Response, url: Url, wanted: Wanted) -> Result<Got, PageError> {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let mime = kind.split(';').next().unwrap_or_default();
    let mime = mime.trim().to_ascii_lowercase();
    let not_taken = |mime: &str| PageError::NotAPage {
        host: host(&url),
        mime: match mime {
            "" => "something without a type".to_owned(),
            mime => visible(&mime.chars().take(60).collect::<String>()),
        },
    };
    if !wanted.takes(&mime) {
        return Err(not_taken(&mime));
    }
    let charset = kind.to_ascii_lowercase();
    let charset = charset.split_once("charset=").map(|(_, label)| {
        let label = label.split(';').next().unwrap_or_default();
        label.trim().trim_matches(['"', '\'']).to_owned()
    });
    let most = match wanted {
        Wanted::Page => MOST_PAGE,
        Wanted::Picture => MOST_PICTURE,
    };
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > most => {
                if wanted == Wanted::Picture {
                    return Err(not_taken("a picture of more than 5 MB"));
                }
                bytes.extend_from_slice(&chunk[..most - bytes.len()]);
                break;
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) if error.is_timeout() => return Err(PageError::TooSlow(host(&url))),
            Err(_) => return Err(PageError::Unreachable(host(&url))),
        }
    }
    Ok(Got {
        url,
        charset,
        bytes,
    })
}

/// Whether a request ended because its name does not lead to where it may go.
fn leads_elsewhere(error: &reqwest::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = source {
        if inner.is::<NotPublicName>() {
            return true;
        }
        source = inner.source();
    }
    false
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let shown = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    visible(&shown)
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
