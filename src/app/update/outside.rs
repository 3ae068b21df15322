//! Editing a post in an editor of the user's: what is handed out, and how its result is taken in.
//!
//! A changed text is saved through the inner editor, so that a colleague's save meanwhile, a full disk or a lost terminal
//! lose nothing here either. What cannot be read as a post stays in its file and becomes a draft.

use super::{posts, say, typing};
use crate::app::msg::Rank;
use crate::app::outside::{Came, NotTaken, Outside, Returned};
use crate::app::{Action, App, Editor, Effect};
use crate::domain::{Content, EditorDraft, Post, PostId};

/// Hands a post out; a file that an earlier try left is opened again.
pub fn open(app: &mut App, post: &Post) -> Vec<Effect> {
    let content = post.content.clone();
    hand_out(app, Some(post.id), post.revision, content)
}

/// Hands a new post of the selected day out.
pub fn add(app: &mut App) -> Vec<Effect> {
    let content = posts::new_content(app);
    hand_out(app, None, 0, content)
}

fn hand_out(
    app: &mut App,
    post: Option<PostId>,
    base_revision: i64,
    content: Content,
) -> Vec<Effect> {
    let left = app.memory.left_outside.take_if(|left| left.post == post);
    if left.is_none() && posts::offer_draft(app, post) {
        return Vec::new();
    }
    let outside = left.unwrap_or(Outside {
        post,
        base_revision,
        content,
        file: None,
    });
    vec![Effect::EditOutside(super::ask(app), Box::new(outside))]
}

/// Takes in how it ended.
pub fn returned(app: &mut App, returned: Returned) -> Vec<Effect> {
    let Returned { outside, result } = returned;
    match result {
        Ok(Came::Unchanged) => {
            say(app, Rank::News, "Nothing was changed".into());
            if outside.file.is_none() {
                return Vec::new();
            }
            // What an earlier try had left as a draft is the post's own text again.
            let of_it = |other: &EditorDraft| other.post == outside.post;
            let left = app.memory.drafts.iter().filter(|other| of_it(other));
            let keys = left.map(|other| other.key.clone()).collect();
            app.memory.drafts.retain(|other| !of_it(other));
            vec![Effect::DropDrafts(keys)]
        }
        Ok(Came::Changed(content, file)) => {
            let draft = draft(app, &outside, *content);
            app.memory.drafts.retain(|other| other.post != outside.post);
            posts::show_editor(app, Editor::from_draft(&draft, outside.content));
            let mut effects = typing::keep_draft_now(app);
            effects.push(Effect::ForgetFile(file));
            effects.extend(typing::save_and_close(app));
            effects
        }
        Err(NotTaken::Nothing(why)) => {
            say(app, Rank::Bad, why);
            Vec::new()
        }
        Err(NotTaken::Kept {
            draft: content,
            file,
            why,
        }) => {
            let key = app.keymap.label(Action::EditOutside);
            let text = format!(
                "{why}. Nothing was saved, and nothing is lost: {key} opens it again, {}",
                file.display()
            );
            say(app, Rank::Bad, text);
            let draft = draft(app, &outside, *content);
            app.memory.drafts.retain(|other| other.post != draft.post);
            app.memory.drafts.push(draft.clone());
            app.memory.left_outside = Some(Outside {
                file: Some(file),
                ..outside
            });
            let request = super::ask(app);
            vec![Effect::KeepDraft(request, Box::new(draft))]
        }
    }
}

fn draft(app: &mut App, outside: &Outside, content: Content) -> EditorDraft {
    let mut left = app.memory.drafts.iter();
    let left = left.find(|other| other.post == outside.post);
    let key = match left.map(|other| other.key.clone()) {
        Some(key) => key,
        None => posts::new_key(app),
    };
    EditorDraft {
        key,
        goes_on: None,
        post: outside.post,
        channel: None,
        base_revision: outside.base_revision,
        cursor: content.text.len(),
        content,
        at: app.now,
    }
}
