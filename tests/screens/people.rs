//! Who is who: the list under the cursor while a name is typed, and the sheet with its form.

use super::{Named, app};
use masthead::app::people::{Form, PeopleSheet};
use masthead::app::{App, Editor, Sheet, completion};
use masthead::domain::directory::{Entry, EntryKind};
use masthead::domain::{Content, Directory, Facts, PlatformId, Variant};
use masthead::text::naming;
use std::sync::Arc;

fn entry(key: &str, name: &str, kind: EntryKind, handles: &[(PlatformId, &str)]) -> Entry {
    let mut entry = Entry::new(key.parse().unwrap(), name, kind).unwrap();
    for (platform, written) in handles {
        let kept = naming::handle(*platform, written).unwrap();
        entry.handles.insert(*platform, kept);
    }
    entry
}

fn directory() -> Directory {
    use PlatformId::{Bluesky, LinkedIn, Mastodon, X, YouTube, Zulip};
    let everywhere = [
        (Mastodon, "coderefinery@fosstodon.org"),
        (Bluesky, "coderefinery.bsky.social"),
        (LinkedIn, "urn:li:organization:11 CodeRefinery (NeIC)"),
        (X, "coderefine"),
        (Zulip, "CodeRefinery Bot"),
        (YouTube, "coderefinery"),
    ];
    [
        entry(
            "cr",
            "CodeRefinery [NeIC]",
            EntryKind::Institution,
            &everywhere,
        ),
        entry("cern", "CERN", EntryKind::Institution, &everywhere[2..4]),
        entry("xclim", "xclim", EntryKind::Package, &everywhere[..1]),
        entry("celine", "Celine Dubois", EntryKind::Person, &[]),
        entry(
            "kyoto-u",
            "Kyoto University",
            EntryKind::Institution,
            &everywhere[3..4],
        ),
    ]
    .into_iter()
    .collect()
}

/// The story, with its people known on every channel.
fn known(width: u16, height: u16) -> App {
    let mut app = app(width, height);
    let facts = Facts {
        directory: Arc::new(directory()),
        hashtags: [("rse".to_owned(), "#RSEng #OpenScience".to_owned())].into(),
        ..Facts::default()
    };
    app.facts = app
        .channels
        .iter()
        .map(|it| (it.name.clone(), facts.clone()))
        .collect();
    app
}

fn typing(width: u16, height: u16, text: &str) -> App {
    let mut app = known(width, height);
    let content = Content {
        title: "Workshop".to_owned(),
        text: text.to_owned(),
        variants: vec![Variant::inherits("fosstodon"), Variant::inherits("x")],
        ..Content::default()
    };
    let mut editor = Editor::open(None, 0, content);
    editor.width = masthead::app::layout::text_width(&app);
    editor.compose(&app.channels, &app.facts);
    app.completion = completion::at_cursor(&app, &editor);
    app.editor = Some(editor);
    app
}

fn sheet(width: u16, height: u16, form: Option<Form>) -> App {
    let mut app = known(width, height);
    app.sheet = Some(Sheet::People(Box::new(PeopleSheet {
        chosen: 2,
        form,
        ..PeopleSheet::default()
    })));
    app
}

pub fn screens(width: u16, height: u16) -> Vec<Named> {
    let directory = directory();
    let mut wrong = Form::open(directory.entry("cern"));
    wrong.selected = 2;
    wrong.fields[2].1 = masthead::app::Input::new("cern");
    wrong.wrong = wrong.entry(&directory).err().map(|(_, why)| why);
    let text = "A workshop on reproducible notebooks with @@xclim and @@c";
    vec![
        ("typing_names", typing(width, height, text)),
        ("typing_groups", typing(width, height, "Read more ##")),
        ("sheet_people", sheet(width, height, None)),
        (
            "sheet_people_new",
            sheet(width, height, Some(Form::open(None))),
        ),
        ("sheet_people_wrong", sheet(width, height, Some(wrong))),
    ]
}
