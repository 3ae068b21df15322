//! What is looked for: searches, filters, and the days in other views.

use super::super::story::{XCLIM, app, oslo};
use super::leaving::frozen;
use super::{Named, empty, queue, with};
use masthead::app::finding::{FilterSheet, Search};
use masthead::app::{App, Input, Sheet, View};
use masthead::domain::{Author, Chip, Filter, Hit, Kind, Offered, PostId, SavedFilter, Summary};

/// The same screen, showing only what is evergreen and goes to one channel.
fn filtered(mut app: App) -> App {
    let chips = [
        Chip::Kind(Kind::Evergreen),
        Chip::Channel("linkedin".into()),
    ];
    let filter: Filter = chips.into_iter().collect();
    app.finding.choices = Offered {
        campaigns: vec!["Autumn".to_owned(), "Spring".to_owned()],
        tags: [
            "Bioinformatics",
            "ClimateData",
            "OpenScience",
            "Python",
            "Reproducibility",
        ]
        .map(str::to_owned)
        .to_vec(),
        authors: vec![Author::new("ola"), Author::new("tester")],
        saved: vec![
            SavedFilter {
                name: "evergreen on Li".to_owned(),
                filter: filter.clone(),
            },
            SavedFilter {
                name: "what failed".to_owned(),
                filter: Filter::default(),
            },
        ],
    };
    let shown = |posts: &[Summary]| -> Vec<Summary> {
        let shown = posts.iter().filter(|post| filter.matches(post));
        shown.cloned().collect()
    };
    app.finding.whole.posts = Some(app.posts.clone());
    app.finding.whole.queue = Some(app.queue.clone());
    app.posts = shown(&app.posts);
    app.queue.next = shown(&app.queue.next);
    app.queue.next_total = app.queue.next.len();
    app.finding.filter = filter;
    app
}

fn filter_sheet(name: Option<&str>) -> Sheet {
    Sheet::Filter(FilterSheet {
        row: 0,
        chip: 1,
        before: Filter::default(),
        name: name.map(Input::new),
    })
}

/// The search for `clim`, which the selected post answers.
fn searching(mut app: App) -> App {
    let hit = |id, at: &str| Hit {
        post: id,
        due_at: Some(oslo(at).instant()),
    };
    app.finding.search = Search {
        typed: "clim".to_owned(),
        hits: vec![
            hit(PostId(5), "2026-11-04 09:00"),
            hit(XCLIM, "2026-11-10 09:00"),
        ],
        at: Some(1),
        ..Search::default()
    };
    with(app, Sheet::Search(Input::new("clim")))
}

fn searching_in_vain(mut app: App) -> App {
    app.finding.search.typed = "manana".to_owned();
    with(app, Sheet::Search(Input::new("manana")))
}

/// The days in another view.
pub fn viewed(mut app: App, view: View) -> App {
    app.finding.view = view;
    app
}

/// The screens, by name, at a size.
pub fn screens(width: u16, height: u16) -> Vec<Named> {
    let month = || app(width, height);
    let week = || viewed(month(), View::Week);
    let sheet = |name| with(filtered(month()), filter_sheet(name));
    vec![
        ("calendar_filtered", filtered(month())),
        ("queue_filtered", filtered(queue(width, height))),
        ("week", week()),
        ("week_empty", viewed(empty(width, height), View::Week)),
        ("week_filtered", filtered(week())),
        ("list", viewed(month(), View::List)),
        ("list_frozen", frozen(viewed(month(), View::List))),
        ("sheet_search", searching(month())),
        ("sheet_search_nothing", searching_in_vain(month())),
        (
            "sheet_search_empty",
            with(month(), Sheet::Search(Input::default())),
        ),
        ("sheet_filter", sheet(None)),
        ("sheet_filter_name", sheet(Some("my showcases"))),
    ]
}
