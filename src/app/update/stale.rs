//! Keys of the sheet about a stale text: keep it as it is, let the channel inherit again, or go and write.
//!
//! Keeping changes no text: it says that the own text was looked at beside the present master.

use super::outbox::scrolled;
use super::{posts, say, sheets};
use crate::app::msg::Rank;
use crate::app::sheet::Sheet;
use crate::app::stale::{self, StaleSheet};
use crate::app::{Action, App, Detail, Effect, Key, Place, Tab};
use crate::domain::post::text_hash;
use crate::domain::{ChannelName, PostId, Variant};

/// Returns why there is nothing to compare; `None` where a text of the selected post is stale.
pub fn needless(app: &App) -> Option<String> {
    match app.selected_detail() {
        Some(detail) if detail.stale.is_empty() => {
            Some("No text of this post is stale: each follows the present master".to_owned())
        }
        _ => None,
    }
}

/// Whether the text that is shown is stale.
pub fn is_shown(app: &App) -> bool {
    let Tab::Channel(channel) = &app.detail_tab else {
        return false;
    };
    app.selected_detail()
        .is_some_and(|detail| detail.stale.contains(channel))
}

/// Whether the key that starts the daemon can only mean a stale text here: somebody publishes, and the selected post has one.
pub fn is_asked(app: &App) -> bool {
    let is_stale = |detail: &Detail| !detail.stale.is_empty();
    super::daemon::needless(app).is_some() && app.selected_detail().is_some_and(is_stale)
}

/// Opens the sheet for the shown tab, or for the first channel whose text is stale.
pub fn open(app: &mut App) -> Vec<Effect> {
    let shown = match &app.detail_tab {
        Tab::Channel(channel) => Some(channel.clone()),
        Tab::Master => None,
    };
    let found = app.selected_detail().and_then(|detail| {
        let channel = match shown {
            Some(channel) => detail.stale.get(&channel),
            None => detail.stale.first(),
        };
        Some((detail.view.post.id, channel?.clone()))
    });
    match found {
        Some((post, channel)) => {
            app.sheet = Some(Sheet::Stale(StaleSheet::open(app, post, channel)));
        }
        None => {
            let words = needless(app).unwrap_or_else(|| {
                "This text follows the present master: another tab is marked ~".to_owned()
            });
            say(app, Rank::News, words);
        }
    }
    Vec::new()
}

/// Compares anew when the post was read again: a text is kept beside the master that is shown.
pub fn read(app: &mut App, post: PostId) {
    let Some(Sheet::Stale(sheet)) = &app.sheet else {
        return;
    };
    if sheet.post == post {
        let lines = stale::lines(app, post, &sheet.channel);
        if let Some(Sheet::Stale(sheet)) = &mut app.sheet {
            sheet.lines = lines;
        }
    }
}

/// Takes a key while the sheet is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Stale(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let inherits = app.keymap.keys_in(Action::TypeOwn, Place::Typing);
    match key {
        Key::Esc | Key::Char('q') => sheets::close(app),
        Key::Char('K') => {
            let channel = sheet.channel.clone();
            change(app, "kept the text of", &channel, |variant, master| {
                variant.written_against = Some(text_hash(master));
            })
        }
        key if inherits.iter().any(|keys| *keys == [key]) => {
            let channel = sheet.channel.clone();
            change(app, "inherits again:", &channel, |variant, _| {
                *variant = Variant::inherits(variant.channel.clone());
            })
        }
        Key::Char('e') => {
            let (post, tab) = (sheet.post, Tab::Channel(sheet.channel.clone()));
            app.sheet = None;
            let effects = posts::on_post(app, post, Action::Edit);
            if let Some(editor) = &mut app.editor {
                editor.show(tab);
                super::reflow(app);
            }
            effects
        }
        key => {
            let to = scrolled(app, key, sheet.scroll, &sheet.lines);
            if let Some(Sheet::Stale(sheet)) = &mut app.sheet {
                sheet.scroll = to;
            }
            Vec::new()
        }
    }
}

/// Saves the post with one variant changed.
fn change(
    app: &mut App,
    did: &str,
    channel: &ChannelName,
    how: impl Fn(&mut Variant, &str),
) -> Vec<Effect> {
    app.sheet = None;
    let Some(Detail { view, .. }) = app.selected_detail() else {
        return Vec::new();
    };
    let post = view.post.clone();
    let mut content = post.content.clone();
    let Some(variant) = content.variant_mut(channel) else {
        return Vec::new();
    };
    how(variant, &post.content.text);
    let undo = app.key_for(Action::Undo);
    let label = format!("{did} {channel} in “{}”", posts::short(&post));
    say(
        app,
        Rank::News,
        format!("{}. {undo} undoes", said(did, channel)),
    );
    posts::save_changed(app, &post, content, label)
}

fn said(did: &str, channel: &ChannelName) -> String {
    let mut words = format!("{did} {channel}");
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}
