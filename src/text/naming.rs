//! How each platform names people: what a handle looks like there, and what stands in the text for somebody.
//!
//! Pure. One implementation per platform, in its own file; entries are `domain/directory.rs`, where they end up in a text
//! is `flow.rs`.

use crate::domain::{Entry, PlatformId};
use std::ops::Range;

/// A platform's way of naming people.
pub(super) trait Naming: Sync {
    /// Reads a handle as people write it; the form that is kept.
    ///
    /// The error says what is wrong and how it is written.
    fn handle(&self, written: &str) -> Result<String, String>;

    /// Says how a handle is written.
    fn example(&self) -> &'static str;

    /// Returns what people read in the text for somebody with this handle.
    fn mention(&self, name: &str, handle: &str) -> String;

    /// Whether the platform reads what stands in `range` as that mention, with what is around it.
    fn is_read(&self, plain: &str, range: Range<usize>) -> bool {
        let _ = (plain, range);
        true
    }

    /// Whether somebody who pastes the text has to tag people by hand.
    fn is_lost_in_pasting(&self) -> bool {
        false
    }
}

/// Somebody in the text of a part whom the platform knows by a handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Where the mention stands, in bytes.
    pub range: Range<usize>,
    /// The key that stands in the authored text.
    pub key: String,
    /// The name that people know.
    pub name: String,
    /// The handle.
    pub handle: String,
}

/// Returns the platforms on which people have handles, in the order of the registry.
pub fn platforms() -> impl Iterator<Item = PlatformId> {
    let all = PlatformId::ALL.iter().copied();
    all.filter(|platform| super::rules_of(*platform).naming().is_some())
}

/// Reads a handle on a platform as people write it.
///
/// # Errors
/// One line that says what is wrong with it and how it is written.
pub fn handle(platform: PlatformId, written: &str) -> Result<String, String> {
    let naming = super::rules_of(platform).naming();
    let naming = naming.ok_or_else(|| format!("Nobody has a handle on {}", platform.label()))?;
    naming.handle(written.trim())
}

/// Says how a handle on a platform is written; empty where nobody has one.
pub fn example(platform: PlatformId) -> &'static str {
    let naming = super::rules_of(platform).naming();
    naming.map_or("", |naming| naming.example())
}

/// Returns what stands in a text on a platform for somebody in the directory: the plain name where there is no handle.
pub fn mention(platform: PlatformId, entry: &Entry) -> String {
    let naming = super::rules_of(platform).naming();
    let handle = entry.handles.get(&platform);
    naming.zip(handle).map_or_else(
        || entry.name.clone(),
        |(naming, handle)| naming.mention(&entry.name, handle),
    )
}

/// Returns what follows `@`, or the last part of a page's address at one of `hosts`.
pub(super) fn bare<'a>(written: &'a str, hosts: &[&str]) -> &'a str {
    let address = written
        .strip_prefix("https://")
        .or_else(|| written.strip_prefix("http://"));
    let page = address.and_then(|address| {
        let (host, path) = address.trim_end_matches('/').split_once('/')?;
        let host = host.strip_prefix("www.").unwrap_or(host);
        hosts.contains(&host).then_some(path)
    });
    let last = page.map_or(written, |path| path.rsplit('/').next().unwrap_or(path));
    last.trim_start_matches(['@', '＠'])
}
