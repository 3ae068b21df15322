//! How long one frame takes: the month with a hundred posts, the queue, and a text being typed.
//!
//! The sample data is the story of the screen tests.

#[path = "../tests/screens/story.rs"]
#[allow(dead_code)] // the tests use more of it
mod story;

use divan::Bencher;
use masthead::app::{App, Pane, Tab};
use masthead::domain::{PostId, Summary};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

fn main() {
    divan::main();
}

/// The story's month, with its posts repeated until there are a hundred.
fn full(width: u16, height: u16) -> App {
    let mut app = story::app(width, height);
    let month: Vec<Summary> = app.posts.clone();
    let mut id = 1_000;
    while app.posts.len() < 100 {
        for post in month.iter().take(100 - app.posts.len()) {
            id += 1;
            app.posts.push(Summary {
                id: PostId(id),
                ..post.clone()
            });
        }
    }
    app.posts.sort_by_key(|post| post.due_at);
    app
}

fn frames(bencher: Bencher<'_, '_>, app: &App) {
    let (width, height) = app.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test terminal");
    bencher.bench_local(|| {
        let drawn = terminal.draw(|frame| masthead::ui::draw(app, frame));
        drawn.expect("drawing into memory cannot fail").count
    });
}

#[divan::bench(args = [(80, 24), (120, 40), (200, 60)])]
fn month(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    frames(bencher, &full(size.0, size.1));
}

#[divan::bench(args = [(80, 24), (120, 40)])]
fn queue(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    let mut app = full(size.0, size.1);
    app.focus = Pane::Queue;
    frames(bencher, &app);
}

#[divan::bench(args = [(80, 24), (120, 40)])]
fn typing(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    let tab = Tab::Channel("bluesky".into());
    frames(bencher, &story::typing(size.0, size.1, tab));
}
