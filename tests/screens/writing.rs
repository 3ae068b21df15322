//! The post of the story that is being written: it inherits on one channel, has its own text on one, and is stale and over the
//! limit on one.

use super::{SOURMASH, app, composed, oslo, part};
use masthead::app::editor::Kept;
use masthead::app::{App, Editor, Msg, Pane, Tab};
use masthead::domain::{
    Attachment, Card, ChannelName, Composed, Content, Facet, Feature, Kind, PartMedia, Plan,
    PlatformId, Problem, Variant, Visibility,
};

const MASTER: &str = "sourmash compares genomes by small sketches instead of whole sequences: search a public collection \
    in minutes, on a laptop, with little memory.\n\n\
    Reviewed in the open by two volunteers and an editor, notes included: https://example.org/reviews/58\n\n\
    #OpenScience #Bioinformatics";

/// The master when the text for Bluesky was written.
pub const OLDER_MASTER: &str = "sourmash compares genomes by small sketches instead of whole sequences: search a public \
    collection in minutes.\n\n\
    Reviewed in the open by two volunteers: https://example.org/reviews/58\n\n\
    #OpenScience #Bioinformatics #Python";

const BLUESKY_1: &str = "sourmash compares genomes by small sketches, not whole sequences. Search a public collection in \
    minutes, on a laptop, with little memory.";

const BLUESKY_2: &str = "Reviewed in the open by two volunteers and an editor. We liked that the messages tell you what \
    to try next, that the tutorial starts from real data, and that the command line and the library use the same words. A \
    good first read for new reviewers: https://example.org/reviews/58\n#OpenScience #Bioinformatics #Python";

/// The content of the post that is being written: inherits on one channel, own on one, own and stale on one.
pub fn sourmash_content() -> Content {
    let mut mastodon = Variant::inherits("fosstodon");
    mastodon.set_own(MASTER, MASTER);
    let mut bluesky = Variant::inherits("bluesky");
    bluesky.set_own(
        format!("{BLUESKY_1}\n---\n{BLUESKY_2}"),
        "an earlier master",
    );
    Content {
        title: "Package showcase: sourmash".to_owned(),
        text: MASTER.to_owned(),
        kind: Kind::Evergreen,
        plan: Plan::At(oslo("2026-11-30 09:00")),
        tags: ["OpenScience", "Bioinformatics", "Python"]
            .map(str::to_owned)
            .to_vec(),
        language: Some("en".to_owned()),
        link: None,
        attachments: vec![Attachment {
            hash: "beef".to_owned(),
            name: "sketches.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 214_000,
            pixels: Some((1200, 675)),
            duration_ms: None,
            alt: "two genomes as dot patterns".to_owned(),
            ..Attachment::default()
        }],
        variants: vec![Variant::inherits("linkedin"), mastodon, bluesky],
        ..Content::default()
    }
}

fn sourmash_composed() -> Vec<(ChannelName, Composed)> {
    let linkedin = composed(
        PlatformId::LinkedIn,
        vec![part(MASTER, 0..MASTER.len(), 435, 3000)],
    );
    let mut mastodon = composed(
        PlatformId::Mastodon,
        vec![part(MASTER, 0..MASTER.len(), 268, 500)],
    );
    mastodon.notes = vec!["link counts 23".to_owned()];
    mastodon.parts[0].visibility = Some(Visibility::Public);
    let second = BLUESKY_1.len() + 5;
    let end = second + BLUESKY_2.len();
    let mut first = part(BLUESKY_1, 0..BLUESKY_1.len(), 137, 300);
    first.media = vec![PartMedia {
        hash: "beef".to_owned(),
        name: "sketches.png".to_owned(),
        mime: "image/png".to_owned(),
        size: 214_000,
        pixels: Some((1200, 675)),
        duration_ms: None,
        alt: "two genomes as dot patterns".to_owned(),
        ..PartMedia::default()
    }];
    let mut rest = part(BLUESKY_2, second..end, 315, 300);
    rest.over = Some(end - 15);
    rest.card = Some(Card {
        url: "https://example.org/reviews/58".to_owned(),
        title: "Review 58: sourmash".to_owned(),
        description: String::new(),
        picture: None,
    });
    let link = Feature::Link {
        uri: "https://example.org/reviews/58".to_owned(),
    };
    let tag = |tag: &str| Feature::Tag {
        tag: tag.to_owned(),
    };
    rest.facets = [
        link,
        tag("OpenScience"),
        tag("Bioinformatics"),
        tag("Python"),
    ]
    .into_iter()
    .map(|feature| Facet {
        byte_start: 0,
        byte_end: 1,
        feature,
    })
    .collect();
    let mut bluesky = composed(PlatformId::Bluesky, vec![first, rest]);
    bluesky.problems = vec![Problem {
        part: Some(1),
        message: "cannot leave until part 2 fits".to_owned(),
        splitting_helps: false,
    }];
    vec![
        ("linkedin".into(), linkedin),
        ("fosstodon".into(), mastodon),
        ("bluesky".into(), bluesky),
    ]
}

const LONG: &str = "Reviewed in the open by two volunteers and an editor. We liked that the messages tell you what to try \
    next, that the tutorial starts from real data, and that the command line and the library use the same words.\n\n\
    A good first read for new reviewers: https://example.org/reviews/58?from=newsletter\n\
    #OpenScience #Bioinformatics #Python";

/// Returns the trim screen over a text, counted for real, after keys were pressed.
pub fn trimming(width: u16, height: u16, text: &str, keys: &str) -> App {
    let mut app = typing(width, height, Tab::Master);
    let content = Content {
        title: "Package showcase: sourmash".to_owned(),
        text: text.to_owned(),
        variants: vec![Variant::inherits("linkedin"), Variant::inherits("bluesky")],
        ..Content::default()
    };
    let mut editor = Editor::open(Some(SOURMASH), 3, content);
    editor.compose(&app.channels, &app.facts);
    editor.show(Tab::Channel("bluesky".into()));
    app.editor = Some(editor);
    for key in keys.split(' ').filter(|key| !key.is_empty()) {
        masthead::app::update(&mut app, Msg::Key(key.parse().expect("a key")));
    }
    app
}

/// Returns the trim screen of the story: four words are struck, and something still falls off.
pub fn trim(width: u16, height: u16) -> App {
    let strike = "ctrl-k g j l l l l l l l <space> <space> <space> <space>";
    trimming(width, height, LONG, &format!("{strike} G"))
}

/// Returns the story while the last showcase of the month is being written, on a tab.
pub fn typing(width: u16, height: u16, tab: Tab) -> App {
    let mut app = app(width, height);
    app.day = oslo("2026-11-30 09:00").local.date();
    app.selected = Some(SOURMASH);
    app.focus = Pane::Editor;
    let mut editor = Editor::open(Some(SOURMASH), 3, sourmash_content());
    editor.composed = sourmash_composed();
    editor.kept = Kept::Saved;
    editor.show(tab);
    app.editor = Some(editor);
    let text_width = masthead::app::layout::text_width(&app);
    if let Some(editor) = &mut app.editor {
        editor.width = text_width;
    }
    app
}
