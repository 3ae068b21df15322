//! The review page: going through what waits, and what a reviewer answers.
//!
//! What is approved is what the page composed; the database refuses it when somebody saved meanwhile.

use super::{ask, pages, palette, posts, say, sheets};
use crate::app::msg::Rank;
use crate::app::page::Page;
use crate::app::review::{RemarkSheet, ReviewPage, ReviewView, rows};
use crate::app::sheet::Sheet;
use crate::app::{Action, App, Effect, Input, Key, Place, layout, prose};
use crate::domain::review::NoteKind;
use crate::domain::{PostId, Reviewed};

/// Opens the page, at the selected post where that waits.
pub fn open(app: &mut App) -> Vec<Effect> {
    app.page = Some(Page::Review(ReviewPage {
        selected: app.selected,
        ..ReviewPage::default()
    }));
    refresh(app).into_iter().collect()
}

/// Has what waits read again, while it is shown.
pub fn refresh(app: &mut App) -> Option<Effect> {
    app.review()?;
    app.memory.review = ask(app);
    Some(Effect::LoadReview(app.memory.review))
}

/// Takes in what waits. The page stays on its post, else on its place among the others.
pub fn taken(app: &mut App, posts: Vec<Reviewed>) -> Vec<Effect> {
    let Some(page) = app.review_mut() else {
        return Vec::new();
    };
    let at = page.at().unwrap_or(0);
    page.posts = Some(posts);
    if page.at().is_none() {
        let last = page.all().len().saturating_sub(1);
        page.selected = page.all().get(at.min(last)).map(|one| one.view.post.id);
        (page.tab, page.scroll, page.view) = (0, 0, ReviewView::Channel);
    }
    app.compose_review();
    Vec::new()
}

/// Does what an action asks for on this page; `None` for one that is not the page's own.
pub fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    Some(match action {
        Action::Down => scroll(app, 1),
        Action::Up => scroll(app, -1),
        Action::First => scroll(app, isize::MIN),
        Action::Last => scroll(app, isize::MAX),
        Action::NextMonth | Action::NextPost => step(app, 1),
        Action::PreviousMonth | Action::PreviousPost => step(app, -1),
        Action::Left => turn(app, -1),
        Action::Right => turn(app, 1),
        Action::Quit | Action::Leave => back(app),
        Action::Help => palette::open_help(app, Place::Review),
        Action::Review => Vec::new(),
        Action::Preview => show(app, ReviewView::Whole),
        Action::ReviewDifference => show(app, ReviewView::Difference),
        Action::ReviewApprove => approve(app),
        Action::ReviewChanges => remark(app, NoteKind::Changes),
        Action::ReviewNote => remark(app, NoteKind::Comment),
        Action::ReviewPostpone => on_shown(app, Action::DayOn),
        Action::Open | Action::Edit => on_shown(app, Action::Edit),
        Action::Details | Action::Schedule | Action::EditOutside => on_shown(app, action),
        _ => return None,
    })
}

fn back(app: &mut App) -> Vec<Effect> {
    if let Some(page) = app.review_mut()
        && page.view != ReviewView::Channel
    {
        (page.view, page.scroll) = (ReviewView::Channel, 0);
        return Vec::new();
    }
    pages::close(app)
}

fn scroll(app: &mut App, by: isize) -> Vec<Effect> {
    let Some(page) = app.review() else {
        return Vec::new();
    };
    let count = rows(app, page, app.size.0.saturating_sub(1)).len();
    let to = prose::scrolled(page.scroll, by, count, layout::review_height(app));
    if let Some(page) = app.review_mut() {
        page.scroll = to;
    }
    Vec::new()
}

fn step(app: &mut App, by: isize) -> Vec<Effect> {
    let Some(page) = app.review_mut() else {
        return Vec::new();
    };
    let Some(last) = page.all().len().checked_sub(1) else {
        return Vec::new();
    };
    let at = page.at().unwrap_or(0).saturating_add_signed(by).min(last);
    page.selected = page.all().get(at).map(|one| one.view.post.id);
    (page.tab, page.scroll, page.view) = (0, 0, ReviewView::Channel);
    app.compose_review();
    Vec::new()
}

fn turn(app: &mut App, by: isize) -> Vec<Effect> {
    if let Some(page) = app.review_mut() {
        let last = page.composed.len().saturating_sub(1);
        page.tab = page.tab.saturating_add_signed(by).min(last);
        page.scroll = 0;
    }
    Vec::new()
}

/// Shows something else of the post; the same key shows the channel again.
fn show(app: &mut App, view: ReviewView) -> Vec<Effect> {
    if let Some(page) = app.review_mut() {
        page.view = if page.view == view {
            ReviewView::Channel
        } else {
            view
        };
        page.scroll = 0;
    }
    Vec::new()
}

fn on_shown(app: &mut App, action: Action) -> Vec<Effect> {
    let shown = app.review().and_then(ReviewPage::post);
    match shown.map(|one| one.view.post.id) {
        Some(id) => posts::on_post(app, id, action),
        None => Vec::new(),
    }
}

fn approve(app: &mut App) -> Vec<Effect> {
    let Some(page) = app.review() else {
        return Vec::new();
    };
    let Some(one) = page.post() else {
        return Vec::new();
    };
    let (id, revision) = (one.view.post.id, one.view.post.revision);
    let hashes: Vec<_> = page
        .composed
        .iter()
        .map(|(channel, composed)| (channel.clone(), composed.hash()))
        .collect();
    if hashes.is_empty() {
        let edit = app.keymap.label_in(Action::Details, Place::Review);
        let words = format!("It goes to no channel: there is nothing to approve. {edit} names one");
        say(app, Rank::Warn, words);
        return Vec::new();
    }
    vec![Effect::Approve(ask(app), id, revision, hashes)]
}

fn remark(app: &mut App, kind: NoteKind) -> Vec<Effect> {
    let Some(one) = app.review().and_then(ReviewPage::post) else {
        return Vec::new();
    };
    let post = &one.view.post;
    let (id, title) = (post.id, post.content.display_title());
    let typed = app.memory.typed.remove(kind.word()).unwrap_or_default();
    app.sheet = Some(Sheet::Remark(RemarkSheet {
        post: id,
        title,
        kind,
        input: Input::new(typed),
    }));
    Vec::new()
}

/// Takes a key while a reviewer's words are typed.
pub fn press_remark(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Remark(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc => {
            let typed = sheet.input.text().to_owned();
            let kind = sheet.kind;
            app.memory.typed.insert(kind.word(), typed);
            sheets::close(app)
        }
        Key::Enter => {
            let (post, kind) = (sheet.post, sheet.kind);
            let words = sheet.input.text().trim().to_owned();
            // Without words there is nothing to keep; the sheet stays and says what it is for.
            if words.is_empty() {
                return Vec::new();
            }
            app.sheet = None;
            vec![Effect::Remark(ask(app), post, kind, words)]
        }
        key => {
            sheet.input.press(key);
            Vec::new()
        }
    }
}

/// Asks for a review of the selected post.
pub fn ask_for(app: &mut App) -> Vec<Effect> {
    match app.selected {
        Some(id) => vec![Effect::Remark(ask(app), id, NoteKind::Asked, String::new())],
        None => {
            say(app, Rank::News, "No post is selected here".into());
            Vec::new()
        }
    }
}

/// Takes in that a reviewer's answer was kept.
pub fn noted(app: &mut App, id: PostId, words: String) -> Vec<Effect> {
    say(app, Rank::News, words);
    if app.page.is_none() {
        app.memory.select = Some(id);
    }
    super::reload(app)
}
