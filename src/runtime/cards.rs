//! A page's card from the cache or from the page, its picture kept; what `web`, `store` and `media` each do alone.
//!
//! Nobody waits for it at a key, and whoever publishes never asks. What the post shows is pinned in the post by the caller.

use crate::domain::{Clock, PageCard};
use crate::media;
use crate::store::Store;
use crate::web::{PageError, Reader};
use std::path::PathBuf;
use std::sync::Arc;

/// Asks pages for their cards; cheap to clone.
#[derive(Clone, Debug)]
pub struct Cards {
    /// Asks the pages.
    pub reader: Reader,
    /// Keeps what they said.
    pub store: Store,
    /// Folder of the stored pictures.
    pub media: PathBuf,
    /// The real clock: a page is as old as it is, whatever the plan's time.
    pub clock: Arc<dyn Clock>,
}

/// Whether what a page said earlier is good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// It is, for a day.
    Cached,
    /// The page itself is asked.
    Anew,
}

impl Cards {
    /// Returns what a page says of itself; one that has no picture, or none that can be kept, goes without.
    ///
    /// # Errors
    /// Why there is no card, in a sentence without full stop.
    pub async fn page(&self, url: &str, ask: Ask) -> Result<PageCard, String> {
        let now = self.clock.now();
        if ask == Ask::Cached {
            let asked = url.to_owned();
            // Without the cache the page is asked.
            if let Ok(Some(known)) = self.store.call(move |db| db.card(&asked, now)).await
                && known.as_ref().map_or(true, |page| self.is_whole(page))
            {
                return known;
            }
        }
        let told = match self.reader.read(url).await {
            Ok(told) => told,
            Err(error) => {
                // Whether the page or our own line is away nobody knows; every other answer is the page's.
                if !matches!(error, PageError::Unreachable(_) | PageError::TooSlow(_)) {
                    self.remember(url, Err(error.to_string())).await;
                }
                return Err(error.to_string());
            }
        };
        let picture = match told.picture {
            None => None,
            Some(bytes) => {
                let folder = self.media.clone();
                let kept = move || media::keep_for_card(&bytes, &folder);
                match tokio::task::spawn_blocking(kept).await {
                    Ok(Ok(picture)) => Some(picture),
                    Ok(Err(error)) => {
                        tracing::info!(%error, url, "a link card goes without its picture");
                        None
                    }
                    Err(_) => None,
                }
            }
        };
        let page = PageCard {
            url: url.to_owned(),
            title: told.title,
            description: told.description,
            picture,
            fetched_at: Some(now),
        };
        self.remember(url, Ok(page.clone())).await;
        Ok(page)
    }

    /// Whether the picture of a page that was kept is still there.
    fn is_whole(&self, page: &PageCard) -> bool {
        let picture = page.picture.as_ref();
        picture.is_none_or(|picture| self.media.join(&picture.hash).exists())
    }

    async fn remember(&self, url: &str, said: Result<PageCard, String>) {
        let (url, now) = (url.to_owned(), self.clock.now());
        let kept = self.store.call(move |db| db.save_card(&url, &said, now));
        if let Err(error) = kept.await {
            // It is asked again next time.
            tracing::warn!(%error, "what a page said cannot be kept");
        }
    }
}
