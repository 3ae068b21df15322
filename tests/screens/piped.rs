//! The pipe's sheet: choosing a filter, while it runs, and what it came back with.

use masthead::app::pipe::{PipeSheet, PipeStep, Piped};
use masthead::app::{App, Sheet};
use masthead::domain::TextFilter;
use std::time::Duration;

pub const FAILED: &str = "`llm` ended with exit status: 1: Error: No key found - add one using 'llm keys set openai' or set the \
    OPENAI_API_KEY environment variable. The text is as it was";

fn with(mut app: App, chosen: usize, step: PipeStep) -> App {
    let filter = |name: &str, command: &str| TextFilter {
        name: name.to_owned(),
        command: command.split(' ').map(str::to_owned).collect(),
        limit: Duration::from_secs(60),
    };
    app.text_filters = vec![
        filter("spelling", "/usr/local/bin/spell-fix --lang en"),
        filter("shorter", "llm --system Shorten"),
        filter("plain quotes", "sed s/x/y/"),
    ];
    app.sheet = Some(Sheet::Pipe(Box::new(PipeSheet { chosen, step })));
    app
}

fn writing(app: &App) -> (masthead::app::Tab, String) {
    let editor = app.editor.as_ref().expect("a text is typed");
    (editor.tab.clone(), editor.text().to_owned())
}

/// The list, perhaps after one has failed.
pub fn choosing(app: App, trouble: Option<&str>) -> App {
    let chosen = usize::from(trouble.is_some());
    with(app, chosen, PipeStep::Choosing(trouble.map(str::to_owned)))
}

/// One that runs for seven seconds.
pub fn running(app: App) -> App {
    let (tab, before) = writing(&app);
    let step = PipeStep::Running {
        request: 1,
        seconds: 7,
        tab,
        before,
    };
    with(app, 1, step)
}

/// A difference.
pub fn came(app: App) -> App {
    let (tab, before) = writing(&app);
    let after = before
        .replace("small sketches, not whole sequences", "sketches")
        .replace("that the tutorial starts from real data, ", "");
    let piped = Piped::of(&before, &after).expect("a text");
    let step = PipeStep::Came {
        tab,
        before,
        piped,
        scroll: 0,
    };
    with(app, 1, step)
}
