//! Channels that a person serves: when somebody is asked, what they copy and attach, and which addresses are taken as a post's.
//!
//! Pure. That it is time is decided in `publisher/plan.rs`; what a person says is kept by `store/by_hand.rs`.

use super::text_safety::is_unsafe;
use super::{Composed, Delivery, DeliveryState, Part, PlatformId, ReplyTo, Waits};
use std::path::{Path, PathBuf};
use url::{Host, Url};

/// The reason on a delivery that waits for a person to do it now, for people; that it does is `Waits::ForAPerson`.
pub const ASKED: &str = "by hand: copy, post, paste the address";

/// How the reason of a delivery begins that somebody put off.
pub const LATER: &str = "by hand, later";

/// How long it is put off.
pub const PUT_OFF_MINUTES: i64 = 60;

/// The longest address that is taken as a post's, in bytes.
const LONGEST: usize = 2_000;

const HTTPS: &str = "https://";

/// Whether somebody is asked to do a delivery now.
pub fn is_asked(delivery: &Delivery) -> bool {
    delivery.state == DeliveryState::Waiting && delivery.waits == Waits::ForAPerson
}

/// Whether a delivery is a task that is still to be done: asked for, or its time passed without it.
pub fn is_open(delivery: &Delivery) -> bool {
    delivery.platform.is_by_hand()
        && (is_asked(delivery)
            || matches!(
                delivery.state,
                DeliveryState::Missed | DeliveryState::Failed
            ))
}

/// The public address of a post, as somebody pasted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permalink(String);

/// Why an address is not taken as a post's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// Nothing was given.
    #[error("no address was given")]
    Empty,
    /// More than an address can be.
    #[error("an address of {0} bytes is none of a post: copy it again from the browser")]
    TooLong(usize),
    /// It could steer a terminal, or is two things.
    #[error("the address has a blank or a control character in it: copy it again from the browser")]
    Unsafe,
    /// Another scheme, or no address at all.
    #[error("the address must begin with https:// and name a server")]
    NotHttps,
    /// It would show a password to everybody.
    #[error("the address has a user name or a password in it: leave that out")]
    Secret,
}

impl Permalink {
    /// Reads what was pasted; blanks around it do not count.
    ///
    /// # Errors
    /// When it is no address that everybody could open.
    pub fn read(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotAnAddress::Empty);
        }
        if text.len() > LONGEST {
            return Err(NotAnAddress::TooLong(text.len()));
        }
        if text
            .chars()
            .any(|c| is_unsafe(c) || c.is_control() || c.is_whitespace())
        {
            return Err(NotAnAddress::Unsafe);
        }
        let url = Url::parse(text).map_err(|_| NotAnAddress::NotHttps)?;
        let begins = text.get(..HTTPS.len());
        if !begins.is_some_and(|begins| begins.eq_ignore_ascii_case(HTTPS)) {
            return Err(NotAnAddress::NotHttps);
        }
        let names_a_server = match url.host() {
            Some(Host::Domain(name)) => name.contains('.'),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            None => false,
        };
        if !names_a_server {
            return Err(NotAnAddress::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAnAddress::Secret);
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says that the address is on another server than the channel's; `None` where nothing is known against it.
    pub fn remark(&self, page: Option<&str>, like: PlatformId) -> Option<String> {
        let host = host(&self.0)?;
        let is_under = |known: &str| host == known || host.ends_with(&format!(".{known}"));
        let of_page = page.and_then(host_of_page);
        let expected: Vec<&str> = (of_page.as_deref().into_iter())
            .chain(like.hosts().iter().copied())
            .collect();
        let first = *expected.first()?;
        (!expected.iter().any(|known| is_under(known)))
            .then(|| format!("that is on {host}, not on {first}"))
    }
}

fn host(address: &str) -> Option<String> {
    Some(Url::parse(address).ok()?.host_str()?.to_ascii_lowercase())
}

/// Returns a page's server without the name that only leads to the same place.
fn host_of_page(page: &str) -> Option<String> {
    let host = host(page)?;
    Some(
        host.strip_prefix("www.")
            .map_or(host.clone(), str::to_owned),
    )
}

/// What somebody posted by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// Where it can be read; `None` when that is not known.
    pub permalink: Option<String>,
    /// The texts that were copied, part by part.
    pub texts: Vec<String>,
}

/// A delivery that a person does, with all that it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The delivery.
    pub delivery: Delivery,
    /// What names its post.
    pub title: String,
    /// What is to be posted.
    pub composed: Composed,
    /// Where it is posted.
    pub page: Option<String>,
    /// The platform that it counts like.
    pub like: PlatformId,
    /// Folder of the pictures, each named by its hash.
    pub pictures: PathBuf,
    /// Why it must not be posted now; empty when it may.
    pub held: Vec<String>,
}

/// One line of a task's checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it is: `text`, `part 2 of 3`, `alt text of picture 1`.
    pub name: String,
    /// What is done with it.
    pub handling: Handling,
    /// The very text that is copied; a path; an address.
    pub text: String,
    /// Beside the name: `388/3000`, the name of the picture's file.
    pub detail: String,
}

/// What a person does with a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// It is copied and pasted.
    Paste,
    /// A file, which is attached.
    Attach,
    /// An address, which is opened in a browser.
    Open,
    /// It is only to be known.
    Know,
}

impl Task {
    /// Returns the checklist, in the order in which it is done.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut add = |name: String, handling, text: &str, detail: String| {
            pieces.push(Piece {
                name,
                handling,
                text: text.to_owned(),
                detail,
            });
        };
        if let Some(page) = &self.page {
            add("open".to_owned(), Handling::Open, page, String::new());
        }
        let total = self.composed.parts.len();
        for (index, part) in self.composed.parts.iter().enumerate() {
            let name = match total {
                1 => "text".to_owned(),
                _ => self.composed.later_parts().name_of_all(index, total),
            };
            beside_the_text(part, index, &mut add);
            let used = part.count.text.used;
            let count = match part.count.text.limit {
                Some(limit) => format!("{used}/{limit}"),
                None => used.to_string(),
            };
            add(name, Handling::Paste, &part.text, count);
            if !part.tags.is_empty() {
                let tags = part.tags.join(", ");
                add("tags".to_owned(), Handling::Paste, &tags, String::new());
            }
            for (at, media) in part.media.iter().enumerate() {
                let number = at + 1;
                let path = file(&self.pictures, &media.hash);
                let name = format!("{} {number}", media.medium());
                let alt = format!("alt text of {name}");
                add(name, Handling::Attach, &path, media.name.clone());
                if media.lacks_alt() {
                    let none = "none was written";
                    add(alt, Handling::Know, none, String::new());
                } else if !media.alt.is_empty() {
                    add(alt, Handling::Paste, &media.alt, String::new());
                }
            }
        }
        pieces
    }

    /// Returns the texts that are posted, part by part.
    pub fn texts(&self) -> Vec<String> {
        let parts = self.composed.parts.iter();
        parts.map(|part| part.text.clone()).collect()
    }
}

/// Adds what goes into fields of its own before the text.
fn beside_the_text(
    part: &Part,
    index: usize,
    add: &mut impl FnMut(String, Handling, &str, String),
) {
    match part.reply_to.as_ref().filter(|_| index == 0) {
        Some(ReplyTo::Url(address)) => {
            add("answers".to_owned(), Handling::Open, address, String::new());
        }
        Some(ReplyTo::Post(id)) => {
            let words = format!("our post {id}");
            add("answers".to_owned(), Handling::Know, &words, String::new());
        }
        None => {}
    }
    let to = part.to.as_ref().map(|to| to.shown());
    let fields = [
        ("channel", &to),
        ("topic", &part.topic),
        ("title", &part.title),
        ("content warning", &part.warning),
    ];
    for (name, text) in fields {
        if let Some(text) = text.as_deref().filter(|text| !text.is_empty()) {
            add(name.to_owned(), Handling::Paste, text, String::new());
        }
    }
    for (name, value) in &part.options {
        add(
            name.replace('-', " "),
            Handling::Paste,
            value,
            String::new(),
        );
    }
}

fn file(folder: &Path, hash: &str) -> String {
    folder.join(hash).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_everybody_can_open_is_an_address() {
        let good = "https://www.linkedin.com/feed/update/urn:li:share:7/?a=b#c";
        assert_eq!(
            Permalink::read(&format!("  {good}\n")).map(|it| it.0),
            Ok(good.to_owned())
        );
        for (text, why) in [
            ("", NotAnAddress::Empty),
            (" \n", NotAnAddress::Empty),
            ("http://example.org/1", NotAnAddress::NotHttps),
            ("https:example.org", NotAnAddress::NotHttps),
            ("https://localhost/1", NotAnAddress::NotHttps),
            ("javascript:alert(1)", NotAnAddress::NotHttps),
            ("file:///etc/passwd", NotAnAddress::NotHttps),
            ("example.org/1", NotAnAddress::NotHttps),
            ("häh", NotAnAddress::NotHttps),
            ("https://example.org/\u{1b}]52;c;AA", NotAnAddress::Unsafe),
            ("https://example.org/\u{202e}gro", NotAnAddress::Unsafe),
            ("https://example.org/a\nb", NotAnAddress::Unsafe),
            (
                "https://example.org/a https://example.org/b",
                NotAnAddress::Unsafe,
            ),
            ("https://me:secret@example.org/", NotAnAddress::Secret),
        ] {
            assert_eq!(Permalink::read(text), Err(why), "{text:?}");
        }
        let long = format!("https://example.org/{}", "a".repeat(10_000));
        assert_eq!(Permalink::read(&long), Err(NotAnAddress::TooLong(10_020)));
    }

    #[test]
    fn another_server_is_remarked_upon_and_never_refused() {
        let said = |address: &str, page: Option<&str>, like| {
            Permalink::read(address)
                .expect("an address")
                .remark(page, like)
        };
        let page = Some("https://www.linkedin.com/company/example");
        let linkedin = PlatformId::LinkedIn;
        assert_eq!(said("https://lnkd.in/x", page, linkedin), None);
        assert_eq!(said("https://de.linkedin.com/x", None, linkedin), None);
        assert_eq!(
            said("https://notlinkedin.com/x", page, linkedin).as_deref(),
            Some("that is on notlinkedin.com, not on linkedin.com")
        );
        assert_eq!(
            said("https://example.org/x", None, PlatformId::Mastodon),
            None
        );
    }
}
