//! The rows of a picture in the details form: what is known of it, who takes it, and how long its alt text is.
//!
//! What channels take is `app::pictures`'; this file only lays it out.

use super::details::VALUE_COLUMN;
use super::pen::Line;
use super::theme::Role;
use crate::app::pictures::{facts, fits};
use crate::app::{App, Input};
use crate::domain::thumb::Thumb;
use crate::domain::{Attachment, ChannelName, Content};
use crate::text::Suit;

/// Draws what is known of a picture and which channels take it as it is.
pub fn row(
    line: &mut Line<'_, '_>,
    app: &App,
    index: usize,
    picture: &Attachment,
    suits: &[(ChannelName, Suit)],
) {
    line.skip(1).shorten(1);
    line.put(&format!("{} {}", picture.medium(), index + 1), Role::Muted);
    line.to(VALUE_COLUMN);
    let marks = |wanted: fn(&Suit) -> bool| {
        let wanted = suits.iter().filter(|(_, suit)| wanted(suit));
        let marks: Vec<String> = wanted.map(|(name, _)| app.mark(name)).collect();
        marks.join(if app.look.in_words { ", " } else { " " })
    };
    let refusing = marks(|suit| matches!(suit, Suit::Refused(_)));
    let taking = marks(|suit| *suit == Suit::AsItIs);
    let taken = match (fits(suits), taking.is_empty()) {
        (Some(words), _) => format!("  {words}"),
        (None, false) => format!("  fits {taking}"),
        (None, true) => String::new(),
    };
    let refused = if refusing.is_empty() {
        String::new()
    } else {
        format!("  ! not for {refusing}")
    };
    let facts = format!("  {}", facts(picture));
    let others = facts.len() + taken.len() + refused.len();
    let room = line.room().saturating_sub(others);
    line.cut_to(&picture.name, room, Role::Text)
        .put(&facts, Role::Muted)
        .put(&taken, Role::Muted)
        .put(&refused, Role::Bad);
}

/// Returns what is made of a picture, channel by channel, where one does not take it as it is.
pub fn fitted<'a>(
    app: &'a App,
    content: &Content,
    index: usize,
) -> impl Iterator<Item = (String, String)> + use<'a> {
    let suits = app.known().suits(content, index).into_iter();
    suits.filter_map(|(name, suit)| match suit {
        Suit::Fitted(fit) => Some((
            app.mark_and_name(&name),
            format!("will be sent as {}", fit.words()),
        )),
        Suit::AsItIs | Suit::Refused(_) => None,
    })
}

/// Writes how long an alt text is at the right end, against the shortest limit of the post's channels.
pub fn count(line: &mut Line<'_, '_>, app: &App, content: &Content, typed: &Input) {
    let used = typed.text().trim().chars().count();
    let Some((limit, channel)) = app.known().alt_limit(content) else {
        line.at_right(&used.to_string(), Role::Muted).shorten(1);
        return;
    };
    let over = used.saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    if over > 0 {
        let words = format!("{used}/{limit} {} !{over} over", app.mark(&channel));
        line.at_right(&words, Role::Bad).shorten(1);
    } else {
        let words = format!("{used}/{limit} {}", app.mark(&channel));
        line.at_right(&words, Role::Muted).shorten(1);
    }
}

/// Returns how many rows the picture in miniature takes; none where it is told in words only.
pub fn thumb_rows(app: &App, content: &Content, index: usize) -> u16 {
    let picture = content.attachments.get(index);
    let thumb = picture.and_then(|picture| app.thumbs.of(&picture.hash));
    thumb.map_or(0, Thumb::rows)
}
