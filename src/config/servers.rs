//! The addresses of a channel's servers: its own, and who makes its videos ready before that has them.
//!
//! What may be an address, and which are on this machine; what is done with them is the platform's own file's business.

use super::read::{Reader, Section};
use crate::domain::address::is_loopback;
use url::Url;

/// What stands for no service.
const NONE: &str = "none";

pub(super) fn read_url(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> Option<String> {
    let allowed = "an address such as \"https://example.social\" (http only on this machine)";
    read(reader, section, "url", allowed, is_base)
}

pub(super) fn read_video_service(
    reader: &mut Reader<'_>,
    section: &Section<'_, '_>,
) -> Option<String> {
    let allowed = "an address such as \"https://video.example.org\", or \"none\"";
    let fits = |text: &str| text == NONE || is_base(text);
    read(reader, section, "video_service", allowed, fits)
}

fn read(
    reader: &mut Reader<'_>,
    section: &Section<'_, '_>,
    key: &str,
    allowed: &str,
    fits: impl Fn(&str) -> bool,
) -> Option<String> {
    let text = section.text(reader, key, allowed)?;
    if fits(text) {
        return Some(text.trim_end_matches('/').to_owned());
    }
    if let Some(entry) = section.entry(key) {
        section.refuse(reader, entry, allowed);
    }
    None
}

/// Whether it is the plain address of a server to which a secret may be sent.
fn is_base(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)))
    })
}

/// Returns the address that videos are sent to beside the channel's own; `None` where none is named.
pub(super) fn video(service: Option<&str>) -> Option<&str> {
    service.filter(|service| *service != NONE)
}

/// Whether what is sent there stays on this machine.
pub(super) fn is_here(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| is_loopback(&url))
}
