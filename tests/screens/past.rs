//! Screens about several posts at once and about what was done before.

use super::super::story::{FAILED, XCLIM, oslo};
use masthead::app::sheet::{HistoryList, HistorySheet};
use masthead::app::{App, Sheet};
use masthead::domain::{Author, Deed, History, Message, PostId, Rank, Standing};

/// Three posts are marked, the selected one among them.
pub fn marked(mut app: App) -> App {
    let next = app.posts.iter().find(|post| post.due_at > Some(app.now));
    let next = next.map_or(FAILED, |post| post.id);
    app.marks.toggle(XCLIM);
    app.marks.toggle(FAILED);
    if !app.marks.contains(next) {
        app.marks.toggle(next);
    }
    app
}

/// What was done and said, the second row selected.
pub fn history(list: HistoryList) -> Sheet {
    let deed = |id: i64, at: &str, who: &str, label: &str, posts, standing| Deed {
        id,
        author: Author::from(who),
        post: PostId(10),
        title: "Package showcase: xclim".to_owned(),
        posts,
        label: label.to_owned(),
        at: oslo(at).instant(),
        standing,
    };
    use Standing::{Done, Undone};
    let deeds = vec![
        deed(
            9,
            "2026-11-10 08:11",
            "tester",
            "trashed 2 posts",
            2,
            Undone,
        ),
        deed(
            8,
            "2026-11-10 08:04",
            "tester",
            "moved 3 posts a day on",
            3,
            Done,
        ),
        deed(
            7,
            "2026-11-10 07:55",
            "Grace",
            "edited “Workshop: recordings and thanks”",
            1,
            Done,
        ),
        deed(
            6,
            "2026-11-09 17:20",
            "tester",
            "moved “Package showcase: xclim” to Tue 10 Nov 09:00",
            1,
            Done,
        ),
        deed(5, "2026-11-09 17:12", "tester", "added", 1, Done),
    ];
    let message = |at: &str, rank, text: &str| Message {
        at: oslo(at).instant(),
        rank,
        text: text.to_owned(),
    };
    let messages = vec![
        message(
            "2026-11-10 08:11",
            Rank::News,
            "Undone: trashed 2 posts. C-r redoes it",
        ),
        message(
            "2026-11-10 07:31",
            Rank::Warn,
            "Li linkedin: nobody knows yet whether it arrived; it is looked up. 2 shows why",
        ),
        message(
            "2026-11-09 09:01",
            Rank::Bad,
            "Bs bluesky: login refused (401). 2 shows it in the queue",
        ),
    ];
    Sheet::History(HistorySheet {
        history: Some(History { deeds, messages }),
        list,
        selected: 1,
    })
}
