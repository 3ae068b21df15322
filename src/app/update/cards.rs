//! Link cards while a text is typed: pages are asked once the link rests, in the background, and what they say is pinned in the post.
//!
//! Never keeps a key waiting, and a page that cannot be asked is a quiet note. Which link is a card is `text::card`.

use super::{ask, posts, reload, say, typing};
use crate::app::msg::{PageAge, Rank};
use crate::app::{Action, App, Effect, Run};
use crate::domain::{CardUse, DeliveryState, PageCard, Post, Review};
use crate::text;

/// After a change: a link without a page is asked for once it rests.
pub(super) fn noticed(app: &mut App) -> Option<Effect> {
    if !app.asks_pages || missing(app).is_empty() {
        return None;
    }
    app.memory.cards = ask(app);
    Some(Effect::LinkRests(app.memory.cards))
}

/// The link rests: its page is asked.
pub(super) fn rested(app: &mut App) -> Vec<Effect> {
    app.memory.cards = 0;
    let links = missing(app);
    fetch(app, links, PageAge::OfToday)
}

/// What was saved before its link rested is asked for now, and pinned when the answer comes.
pub(super) fn saved(app: &mut App, post: &Post) -> Vec<Effect> {
    if !app.asks_pages || post.content.trashed {
        return Vec::new();
    }
    let mut links = text::card_links(&post.content, &app.channels);
    links.retain(|link| post.content.page(link).is_none() && !app.memory.refused.contains(link));
    if links.is_empty() {
        return Vec::new();
    }
    app.memory.card_for = Some(post.id);
    fetch(app, links, PageAge::OfToday)
}

/// Asks the page of the link again, whatever is known of it.
pub(super) fn again(app: &mut App) -> Vec<Effect> {
    if !app.asks_pages {
        let words = match app.run {
            Run::Demo => "The demo asks no pages: a card shows what is typed",
            _ => "No page is asked: `cards` is \"off\" in the configuration",
        };
        say(app, Rank::News, words.to_owned());
        return Vec::new();
    }
    let Some(editor) = &app.editor else {
        return Vec::new();
    };
    let links = text::card_links(&editor.content, &app.channels);
    if links.is_empty() {
        let words =
            "No link for a card: none is typed, pictures take its place, or no channel takes cards";
        say(app, Rank::News, words.to_owned());
        return Vec::new();
    }
    say(app, Rank::News, format!("Asking {}", links.join(", ")));
    fetch(app, links, PageAge::Anew)
}

/// Lets the link be no card, or one again.
pub(super) fn toggle(app: &mut App, key: Action) -> Vec<Effect> {
    let Some(editor) = &mut app.editor else {
        return Vec::new();
    };
    let mut content = editor.content.clone();
    content.card = match content.card {
        CardUse::Shown => CardUse::Off,
        CardUse::Off => CardUse::Shown,
    };
    let card = content.card;
    editor.set_content(content);
    let words = match card {
        CardUse::Shown => "The link is a card again, where the platform takes one".to_owned(),
        CardUse::Off => {
            let key = app.key_for(key);
            format!("No link card: the link stands in the text. {key} makes it one again")
        }
    };
    say(app, Rank::News, words);
    typing::typed(app)
}

/// Takes in what a page said of itself, or why it did not.
pub(super) fn taken(app: &mut App, url: &str, said: Result<PageCard, String>) -> Vec<Effect> {
    app.memory.asked.remove(url);
    let page = match said {
        Ok(page) => page,
        Err(why) => {
            app.memory.refused.insert(url.to_owned());
            if wants(app, url) {
                let key = app.key_for(Action::TypeCard);
                say(
                    app,
                    Rank::News,
                    format!("No link card: {why}. {key} asks again"),
                );
            }
            return Vec::new();
        }
    };
    app.memory.refused.remove(url);
    if app.editor.is_none() {
        return pin_saved(app, page);
    }
    if !wants(app, url) || typing::is_closing(app) {
        return Vec::new();
    }
    let links = editor_links(app);
    if let Some(editor) = &mut app.editor {
        let mut content = editor.content.clone();
        (content.pages).retain(|old| old.url != page.url && links.contains(&old.url));
        content.pages.push(page);
        editor.set_content(content);
        editor.compose(&app.channels, &app.facts);
    }
    typing::typed(app)
}

/// Pins a page in the post that was saved without it, unless somebody looks at that post as it is.
fn pin_saved(app: &mut App, page: PageCard) -> Vec<Effect> {
    let wanted = app.memory.card_for;
    let detail = app.detail.as_ref();
    let Some(detail) = detail.filter(|it| wanted == Some(it.view.post.id)) else {
        return Vec::new();
    };
    let (post, review) = (&detail.view.post, detail.view.review);
    let mut deliveries = detail.view.deliveries.iter();
    let is_still = deliveries.all(|it| it.state == DeliveryState::Waiting)
        && !matches!(review, Review::InReview | Review::Approved);
    let is_wanted = text::card_links(&post.content, &app.channels).contains(&page.url);
    if !is_still || !is_wanted || app.memory.save.is_some() {
        return reload(app);
    }
    let post = post.clone();
    let mut content = post.content.clone();
    content.pages.retain(|old| old.url != page.url);
    content.pages.push(page);
    let label = "link card of its page".to_owned();
    posts::save_changed(app, &post, content, label)
}

fn editor_links(app: &App) -> Vec<String> {
    let content = app.editor.as_ref().map(|editor| &editor.content);
    content.map_or_else(Vec::new, |content| text::card_links(content, &app.channels))
}

fn wants(app: &App, url: &str) -> bool {
    editor_links(app).iter().any(|link| link == url)
}

/// Returns the links of the editor whose pages nobody asked yet.
fn missing(app: &App) -> Vec<String> {
    let mut links = editor_links(app);
    let known = |link: &String| {
        let content = app.editor.as_ref().map(|editor| &editor.content);
        content.is_some_and(|content| content.page(link).is_some())
            || app.memory.asked.contains(link)
            || app.memory.refused.contains(link)
    };
    links.retain(|link| !known(link));
    links
}

fn fetch(app: &mut App, links: Vec<String>, age: PageAge) -> Vec<Effect> {
    let mut effects = Vec::with_capacity(links.len());
    for link in links {
        app.memory.asked.insert(link.clone());
        effects.push(Effect::AskPage(ask(app), link, age));
    }
    effects
}
