//! Who has which post open: this screen says what it opens and closes, and shows what others say.
//!
//! Something is written only when the post in the editor changes; nobody beats a drum.

use crate::app::{App, Effect};

/// Returns what is to be told after the state changed.
pub fn told(app: &mut App) -> Vec<Effect> {
    let open = app.editor.as_ref().and_then(|editor| editor.post);
    if open == app.memory.told_open {
        return Vec::new();
    }
    app.memory.told_open = open;
    vec![Effect::Opened(open)]
}

/// Says who else has the selected post open; `None` when nobody does.
pub fn open_by(app: &App) -> Option<String> {
    let all = &app.selected_detail()?.view.open_by;
    let first = all.first()?;
    let who = if first.author == app.author {
        "you elsewhere"
    } else {
        first.author.as_str()
    };
    Some(match all.len() {
        1 => format!("open by {who}"),
        many => format!("open by {who} +{}", many - 1),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{filled, press};
    use super::*;
    use crate::domain::{Author, OpenBy, PostId};

    #[test]
    fn opening_and_closing_a_post_is_told_once_each() {
        let mut app = filled();
        assert_eq!(told(&mut app), []);
        press(&mut app, "e");
        assert_eq!(told(&mut app), [Effect::Opened(Some(PostId(1)))]);
        press(&mut app, "x");
        assert_eq!(told(&mut app), []);
        app.editor = None;
        assert_eq!(told(&mut app), [Effect::Opened(None)]);
    }

    #[test]
    fn a_new_post_is_nobodys_yet() {
        let mut app = filled();
        press(&mut app, "a x");
        assert_eq!(told(&mut app), []);
    }

    #[test]
    fn who_else_has_it_open_is_named_and_oneself_on_another_screen_too() {
        let mut app = filled();
        assert_eq!(open_by(&app), None);
        let by = |name: &str| OpenBy {
            author: Author::new(name),
            since: app.now,
        };
        let (ada, own) = (by("Ada"), by("li"));
        let set = |app: &mut App, all: Vec<OpenBy>| {
            let detail = app.detail.as_mut().expect("it was read");
            detail.view.open_by = all;
        };
        set(&mut app, vec![ada.clone()]);
        assert_eq!(open_by(&app).as_deref(), Some("open by Ada"));
        set(&mut app, vec![own, ada]);
        assert_eq!(open_by(&app).as_deref(), Some("open by you elsewhere +1"));
    }
}
