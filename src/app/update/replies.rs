//! Taking in what the database answered. A reply to an older request is dropped.

use super::{
    by_hand, cards, connections, daemon, details, filter, freeze, glance, history, load_lists,
    load_selected, moved, outbox, outside, panes, people, pipe, posts, reload, review, say, search,
    several, stale, trim, typing, unknown, unsaved,
};
use crate::app::composing::compose_all;
use crate::app::editor::Kept;
use crate::app::msg::Rank;
use crate::app::sheet::{ConflictSheet, Sheet};
use crate::app::{Action, AfterSave, App, Detail, Effect, Pane, Place, Reply, Request, Welcome};
use crate::domain::{DeliveryState, LocalTime, Post, PostView};
use chrono::{DateTime, Utc};

/// Takes a reply in.
pub fn take(app: &mut App, request: Request, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::Posts { from, to, posts } if request == app.memory.posts => {
            filter::take_posts(app, posts);
            app.loaded = Some((from, to));
            app.unread = None;
            select_what_is_there(app);
            super::views::scroll(app);
            load_if_missing(app)
        }
        Reply::Queue(queue, next, frozen) if request == app.memory.queue => {
            let mut effects = filter::take_queue(app, queue);
            app.next = next;
            select_what_is_there(app);
            freeze::told(app, frozen);
            panes::scroll_queue(app);
            effects.extend(load_if_missing(app));
            effects
        }
        Reply::Glances(days) => {
            glance::taken(app, request, days);
            Vec::new()
        }
        Reply::Found(hits) => search::found(app, request, hits),
        Reply::Matching(next, total) => filter::matching(app, request, next, total),
        Reply::Offered(choices) => {
            filter::choices(app, choices);
            Vec::new()
        }
        Reply::Post(view) => take_post(app, request, view),
        Reply::Channels(channels, facts) => {
            app.channels = channels;
            app.facts = facts;
            if let Some(editor) = &mut app.editor {
                editor.compose(&app.channels, &app.facts);
            }
            trim::recount(app);
            if std::mem::take(&mut app.memory.then_add) {
                return posts::add(app);
            }
            app.compose_review();
            load_selected(app).into_iter().collect()
        }
        Reply::People(directory) if request == app.memory.people => people::read(app, directory),
        Reply::PeopleChanged(change) => people::changed(app, &change),
        Reply::Saved(post) => saved(app, request, post),
        Reply::Conflict(theirs) => conflict(app, request, theirs),
        Reply::Turned {
            turn,
            post,
            label,
            changes,
            stayed,
        } => history::turned(app, turn, post, (label, changes), &stayed),
        Reply::Stuck { turn, posts, why } => history::stuck(app, turn, posts, why),
        Reply::ChangedSeveral {
            action,
            posts,
            label,
            stayed,
        } => several::changed(app, action, &posts, &label, &stayed),
        Reply::History(read) if request == app.memory.history => history::told(app, read),
        Reply::Outside(back) => outside::returned(app, *back),
        Reply::Daemon(result) => daemon::started(app, result),
        Reply::Piping(seconds) => pipe::runs(app, request, seconds),
        Reply::Piped(result) => pipe::ended(app, request, result),
        Reply::DraftKept => {
            unsaved::over(app);
            if request == app.memory.draft {
                typing::draft_kept(app)
            } else {
                Vec::new()
            }
        }
        Reply::Drafts(drafts) => {
            if let Some(draft) = drafts.first()
                && app.editor.is_none()
                && app.sheet.is_none()
            {
                app.welcome = None;
                app.sheet = Some(Sheet::Recover(Box::new(draft.clone())));
            }
            app.memory.drafts = drafts;
            Vec::new()
        }
        Reply::Thumb(hash, thumb) => {
            app.thumbs.keep(hash, thumb);
            Vec::new()
        }
        Reply::Attached(picture) => {
            app.memory.typed.remove("attach");
            details::attach(app, picture)
        }
        Reply::Page(url, said) => cards::taken(app, &url, said),
        Reply::MadeDue(id, channels) => {
            let channels = if channels == 1 {
                "1 channel".to_owned()
            } else {
                format!("{channels} channels")
            };
            say(app, Rank::News, format!("Leaving now to {channels}"));
            app.memory.select = Some(id);
            reload(app)
        }
        Reply::Frozen(frozen) => freeze::frozen(app, frozen),
        Reply::Held(held) if request == app.memory.held => freeze::held(app, held),
        Reply::Thawed { leaving, missed } => freeze::thawed(app, leaving, missed),
        Reply::Outbox(deliveries) if request == app.memory.outbox => outbox::taken(app, deliveries),
        Reply::Tries(tries) if request == app.memory.tries => outbox::tries(app, tries),
        Reply::Calls(calls) if request == app.memory.calls => outbox::calls(app, calls),
        Reply::Topics(topics) => details::topics(app, topics),
        Reply::Places(channel, places) => details::places(app, &channel, places),
        Reply::Connections(all) if request == app.memory.connections => {
            connections::taken(app, all)
        }
        Reply::Review(posts) if request == app.memory.review => review::taken(app, posts),
        Reply::Reviewed(id, words) => review::noted(app, id, words),
        Reply::Trying => outbox::trying(app),
        Reply::Skipped(id, count) => outbox::skipped(app, id, count),
        Reply::Settled(words) => unknown::settled(app, words),
        Reply::Task(task) if request == app.memory.task => by_hand::taken(app, *task),
        Reply::ByHand(id, said) => by_hand::recorded(app, id, &said),
        Reply::SandboxAdded(name) => {
            let save = app.keymap.label_in(Action::TypeSave, Place::Typing);
            let text =
                format!("Channel “{name}” is a folder here; type your first post, {save} saves");
            say(app, Rank::News, text);
            vec![Effect::LoadChannels(super::ask(app))]
        }
        Reply::CannotSave(why) => unsaved::cannot_save(app, request, why),
        Reply::Failed(sentence) => failed(app, request, sentence),
        Reply::NotAttached(sentence) => {
            let again = app.key_for(Action::TypeAttach);
            say(app, Rank::Bad, format!("{sentence}. {again} tries again"));
            Vec::new()
        }
        Reply::Alarm(alarm) => {
            app.alarm = Some(alarm);
            if app
                .memory
                .save
                .as_ref()
                .is_some_and(|(open, _)| *open == request)
            {
                app.memory.save = None;
            }
            if app.memory.draft == request {
                app.memory.draft = 0;
            }
            Vec::new()
        }
        Reply::Posts { .. }
        | Reply::Queue(..)
        | Reply::Held(_)
        | Reply::Outbox(_)
        | Reply::Review(_)
        | Reply::Tries(_)
        | Reply::Task(_)
        | Reply::Calls(_)
        | Reply::Connections(_)
        | Reply::People(_)
        | Reply::History(_) => Vec::new(),
    }
}

/// Shows the welcome; asked for at a start without channels and posts.
pub fn welcome(app: &mut App) {
    if app.editor.is_none() && app.sheet.is_none() {
        app.welcome = Some(Welcome::default());
    }
}

/// Lets go of a selected post that stands neither on the selected day nor in the queue any more.
pub(super) fn select_what_is_there(app: &mut App) {
    let is_there = app.selected.is_some_and(|id| {
        app.memory.select == Some(id)
            || app.finding.search.is_at(id)
            || app.posts_on(app.day).iter().any(|post| post.id == id)
            || app.queue.posts().any(|post| post.id == id)
    });
    if !is_there {
        app.selected = app.posts_on(app.day).first().map(|post| post.id);
    }
}

/// Returns when a post leaves or left: publish now takes it away from its plan.
fn leaves_at(view: &PostView) -> Option<DateTime<Utc>> {
    let is_done = |state| matches!(state, DeliveryState::Published | DeliveryState::Skipped);
    let due = |done_too: bool| {
        let deliveries = view.deliveries.iter();
        let wanted = deliveries.filter(|it| done_too || !is_done(it.state));
        wanted.filter_map(|it| it.due_at).min()
    };
    let planned = || view.post.content.plan.at().map(|at| at.instant());
    due(false).or_else(|| due(true)).or_else(planned)
}

fn load_if_missing(app: &mut App) -> Vec<Effect> {
    if app.selected_detail().is_some() {
        return Vec::new();
    }
    load_selected(app).into_iter().collect()
}

fn take_post(app: &mut App, request: Request, view: PostView) -> Vec<Effect> {
    if request != app.memory.post {
        return Vec::new();
    }
    let id = view.post.id;
    if view.post.content.trashed && app.selected == Some(id) && app.memory.waiting.is_empty() {
        app.selected = None;
        app.detail = None;
        return Vec::new();
    }
    let is_sought = app.memory.select == Some(id);
    if is_sought && let Some(at) = leaves_at(&view) {
        app.day = LocalTime::from_instant(at, app.zone).local.date();
    }
    let composed = compose_all(&view.post.content, &app.channels, &app.facts);
    app.detail = Some(Detail::new(view, composed));
    stale::read(app, id);
    let mut effects = Vec::new();
    if is_sought {
        app.memory.select = None;
        effects.extend(moved(app));
    }
    effects.extend(do_waiting(app));
    effects
}

/// Does what waited for this post, as long as nothing new has to be waited for.
fn do_waiting(app: &mut App) -> Vec<Effect> {
    let mut effects = Vec::new();
    while app.memory.save.is_none() {
        let Some((id, action)) = app.memory.waiting.pop_front() else {
            break;
        };
        let before = app.memory.waiting.len();
        effects.extend(posts::on_post(app, id, action));
        if app.memory.waiting.len() > before {
            // It has to wait again, for another post; in its old place.
            app.memory.waiting.rotate_right(1);
            break;
        }
    }
    effects
}

fn saved(app: &mut App, request: Request, post: Post) -> Vec<Effect> {
    let Some((open, after)) = app.memory.save.clone() else {
        return Vec::new();
    };
    if open != request {
        return Vec::new();
    }
    app.memory.save = None;
    history::changed(app);
    let id = post.id;
    let before = app.detail.as_ref().map(|it| &it.view.post);
    let stays = before.is_some_and(|it| it.id == id && it.content.plan == post.content.plan);
    if let Some(at) = post.content.plan.at().filter(|_| !stays) {
        app.day = LocalTime::from_instant(at.instant(), app.zone).local.date();
    }
    let trashed = post.content.trashed;
    let mut effects = Vec::new();
    match after {
        AfterSave::Show => {}
        AfterSave::ShowKept(drafts) => effects.push(Effect::DropDrafts(drafts)),
        AfterSave::CloseEditor => {
            let draft = app.editor.as_ref().map(|editor| editor.draft(app.now));
            typing::close(app);
            effects.extend(cards::saved(app, &post));
            effects.extend(draft.map(|it| Effect::DropDrafts(it.keys())));
            let title = posts::short(&post);
            let next = if post.content.scheduled || post.content.variants.is_empty() {
                String::new()
            } else {
                format!(
                    " as a draft: {} schedules it",
                    app.key_for(Action::Schedule)
                )
            };
            say(app, Rank::News, format!("Saved “{title}”{next}"));
        }
    }
    if trashed {
        let beside = panes::beside_in_queue(app, id);
        app.selected = None;
        app.detail = None;
        app.memory.waiting.retain(|(waiting, _)| *waiting != id);
        if let Some(beside) = beside.filter(|_| app.focus == Pane::Queue) {
            // Whoever clears a list goes on from where the row was.
            panes::select(app, beside);
        }
    } else {
        app.selected = Some(id);
        let composed = compose_all(&post.content, &app.channels, &app.facts);
        let before = app.detail.as_ref().map(|detail| &detail.view);
        let before = before.filter(|view| view.post.id == id);
        let deliveries = before.map_or_else(Vec::new, |view| view.deliveries.clone());
        let open_by = before.map_or_else(Vec::new, |view| view.open_by.clone());
        let seen_masters = before.map_or_else(Vec::new, |view| view.seen_masters.clone());
        let review = crate::domain::Review::default();
        let view = PostView {
            post,
            deliveries,
            review,
            open_by,
            seen_masters,
        };
        app.detail = Some(Detail::new(view, composed));
    }
    effects.extend(load_lists(app));
    effects.extend(load_selected(app));
    effects.extend(do_waiting(app));
    effects
}

fn conflict(app: &mut App, request: Request, theirs: Post) -> Vec<Effect> {
    let ours = app.memory.save.take_if(|(open, _)| *open == request);
    app.memory.waiting.clear();
    let Some((_, after)) = ours else {
        return Vec::new();
    };
    // A move may still have been on its way when the editor was opened on something else.
    if let Some(editor) = &app.editor
        && after == AfterSave::CloseEditor
    {
        let mine = editor.draft(app.now);
        app.sheet = Some(Sheet::Conflict(Box::new(ConflictSheet { mine, theirs })));
        return Vec::new();
    }
    say(
        app,
        Rank::Warn,
        format!(
            "“{}” changed meanwhile: look and try again",
            posts::short(&theirs)
        ),
    );
    app.detail = None;
    reload(app)
}

fn failed(app: &mut App, request: Request, sentence: String) -> Vec<Effect> {
    search::failed(app, request);
    if request == app.memory.connections {
        connections::failed(app);
    }
    let ours = app.memory.save.take_if(|(open, _)| *open == request);
    let of_the_text = matches!(ours, Some((_, AfterSave::CloseEditor)));
    app.memory.save_failed = of_the_text && app.editor.is_some();
    if app.memory.draft == request {
        app.memory.draft = 0;
        if let Some(editor) = &mut app.editor {
            editor.kept = Kept::Typed;
            editor.unkept = true;
        }
    }
    app.memory.waiting.clear();
    unknown::refused(app);
    if app.editor.is_none() {
        // The message of what was meant to happen must not outlive its failure.
        app.note = None;
    }
    let sentence = if app.memory.save_failed {
        format!("Not saved: {sentence}. The text is kept here; Esc again leaves it as a draft")
    } else {
        sentence
    };
    say(app, Rank::Bad, sentence);
    by_hand::refused(app)
}
