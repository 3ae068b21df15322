//! A picture from its attaching to its preview: who takes it, how long its alt text is, and what it looks like.

use super::draw;
use super::story::{self, typing};
use masthead::app::details::Field;
use masthead::app::sheet::PreviewSheet;
use masthead::app::{App, Details, Effect, Input, Key, Msg, Reply, Sheet, Tab, update};
use masthead::domain::Attachment;
use masthead::domain::thumb::{Showing, Thumb};
use ratatui::buffer::Buffer;
use ratatui::style::Color;

/// The post with a picture that Bluesky does not take as it is; its alt text is being written.
fn describing(width: u16, height: u16) -> App {
    let mut app = typing(width, height, Tab::Master);
    let mut content = story::writing::sourmash_content();
    content.attachments = vec![Attachment {
        mime: "image/jpeg".to_owned(),
        name: "hall.jpg".to_owned(),
        size: 9_000_000,
        pixels: Some((6000, 4000)),
        ..content.attachments.remove(0)
    }];
    let mut form = Details::open(&content, &app.channels, true);
    let is_alt = |field: &Field| *field == Field::Alt(0);
    form.selected = form.fields.iter().position(is_alt).unwrap();
    form.input = Some(Input::new("A hall with three hundred people"));
    let (channels, facts) = (app.channels.clone(), app.facts.clone());
    let editor = app.editor.as_mut().unwrap();
    editor.set_content(content);
    editor.compose(&channels, &facts);
    app.details = Some(form);
    app
}

fn thumb() -> Thumb {
    let colour = |at: u8| [at.wrapping_mul(5), 90, 255 - at];
    Thumb {
        width: 24,
        colours: (0..24 * 16_u16)
            .map(|at| colour(u8::try_from(at % 251).unwrap()))
            .collect(),
        pixels: None,
    }
}

/// Reads every picture that is asked for.
fn shown(mut app: App, showing: Showing) -> App {
    app.thumbs.showing = showing;
    let effects = update(&mut app, Msg::Key(Key::Home));
    for effect in effects {
        if let Effect::LoadThumb(request, hash, _) = effect {
            let reply = Box::new(Reply::Thumb(hash, Some(thumb())));
            let more = update(&mut app, Msg::Reply(request, reply));
            assert!(more.is_empty(), "each is read once");
        }
    }
    app
}

fn previewing(width: u16, height: u16) -> App {
    let mut app = describing(width, height);
    app.details = None;
    app.sheet = Some(Sheet::Preview(PreviewSheet {
        channel: 2,
        ..PreviewSheet::default()
    }));
    app
}

fn text(buffer: &Buffer) -> String {
    let rows = buffer.content.chunks(usize::from(buffer.area.width));
    let rows: Vec<String> = rows
        .map(|row| {
            let row: String = row.iter().map(|cell| cell.symbol()).collect();
            row.trim_end().to_owned()
        })
        .collect();
    rows.join("\n")
}

fn halves(buffer: &Buffer) -> Vec<&ratatui::buffer::Cell> {
    let all = buffer.content.iter();
    all.filter(|cell| cell.symbol() == "▀").collect()
}

#[test]
fn a_picture_is_shown_under_its_alt_text_and_in_the_preview() {
    for (width, height) in [(80, 24), (120, 40)] {
        let size = format!("{width}x{height}");
        let app = shown(describing(width, height), Showing::Exact);
        snapshot!(format!("{size}_picture_alt"), text(&draw(&app)));
        assert_eq!(halves(&draw(&app)).len(), 24 * 8, "{size}");
        let app = shown(previewing(width, height), Showing::Exact);
        let buffer = draw(&app);
        assert!(!halves(&buffer).is_empty(), "{size}");
        snapshot!(format!("{size}_picture_preview"), text(&buffer));
    }
}

#[test]
fn a_terminal_with_256_colours_gets_none_that_its_user_may_have_changed() {
    let buffer = draw(&shown(describing(80, 24), Showing::Palette));
    let cells = halves(&buffer);
    assert_eq!(cells.len(), 24 * 8);
    for colour in cells.iter().flat_map(|cell| [cell.fg, cell.bg]) {
        assert!(matches!(colour, Color::Indexed(16..)), "{colour:?}");
    }
}

#[test]
fn where_pictures_are_off_there_are_words_and_nothing_is_read() {
    for app in [describing(80, 24), previewing(80, 24)] {
        let app = shown(app, Showing::Words);
        assert_eq!(halves(&draw(&app)).len(), 0);
        assert_eq!(app.thumbs.of("beef"), None);
    }
    assert!(text(&draw(&previewing(80, 24))).contains("[picture 1"));
}

#[test]
fn a_picture_that_cannot_be_read_is_asked_for_once() {
    let mut app = describing(80, 24);
    app.thumbs.showing = Showing::Palette;
    let asked = |effects: Vec<Effect>| {
        let mut asked = effects.into_iter();
        asked.find_map(|effect| match effect {
            Effect::LoadThumb(request, hash, _) => Some((request, hash)),
            _ => None,
        })
    };
    let (request, hash) = asked(update(&mut app, Msg::Key(Key::Home))).expect("asked for");
    assert_eq!(asked(update(&mut app, Msg::Key(Key::End))), None);
    let reply = Box::new(Reply::Thumb(hash, None));
    assert_eq!(asked(update(&mut app, Msg::Reply(request, reply))), None);
    assert_eq!(asked(update(&mut app, Msg::Key(Key::Home))), None);
}
