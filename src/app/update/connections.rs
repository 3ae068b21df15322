//! Opening the sheet of connections, its keys, and what comes back. Platforms are asked only when a key says so.

use super::outbox::scrolled;
use super::{ask, sheets};
use crate::app::connections::{self, Asked, ConnectionsSheet};
use crate::app::{App, Effect, Key, Sheet};
use crate::domain::ConnectionStatus;

/// The key that asks every platform.
pub const CHECK: char = 'c';

/// Opens the sheet with what is known on this machine.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    app.sheet = Some(Sheet::Connections(ConnectionsSheet::default()));
    load(app, Asked::Nobody)
}

fn load(app: &mut App, asked: Asked) -> Vec<Effect> {
    app.memory.connections = ask(app);
    vec![Effect::LoadConnections(app.memory.connections, asked)]
}

/// Takes in how the channels are connected.
pub(super) fn taken(app: &mut App, all: Vec<ConnectionStatus>) -> Vec<Effect> {
    if let Some(Sheet::Connections(sheet)) = &mut app.sheet {
        sheet.all = Some(all);
        sheet.asking = false;
    }
    Vec::new()
}

/// Takes a key while the sheet is shown.
pub(super) fn press(app: &mut App, key: Key) -> Vec<Effect> {
    if matches!(key, Key::Esc | Key::Enter | Key::Char('q')) {
        return sheets::close(app);
    }
    let Some(Sheet::Connections(sheet)) = &app.sheet else {
        return Vec::new();
    };
    if key == Key::Char(CHECK) {
        if sheet.asking {
            return Vec::new();
        }
        if let Some(Sheet::Connections(sheet)) = &mut app.sheet {
            sheet.asking = true;
        }
        return load(app, Asked::Platforms);
    }
    let lines = connections::lines(app, sheet).unwrap_or_default();
    let to = scrolled(app, key, sheet.scroll, &lines);
    if let Some(Sheet::Connections(sheet)) = &mut app.sheet {
        sheet.scroll = to;
    }
    Vec::new()
}

/// Takes in that they could not be read or asked.
pub(super) fn failed(app: &mut App) {
    if let Some(Sheet::Connections(sheet)) = &mut app.sheet {
        sheet.asking = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Msg;
    use crate::app::msg::Reply;
    use crate::app::update::update;

    fn opened() -> App {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let mut app = App::new(now, chrono_tz::UTC, (80, 24));
        for key in [Key::Char('g'), Key::Char('c')] {
            let effects = update(&mut app, Msg::Key(key));
            if key == Key::Char('c') {
                assert!(
                    matches!(effects[..], [Effect::LoadConnections(_, Asked::Nobody)]),
                    "nobody is asked by opening it: {effects:?}"
                );
            }
        }
        app
    }

    #[test]
    fn the_platforms_are_asked_by_a_key_and_not_again_while_they_are() {
        let mut app = opened();
        let press = |app: &mut App| update(app, Msg::Key(Key::Char(CHECK)));
        assert!(matches!(
            press(&mut app)[..],
            [Effect::LoadConnections(_, Asked::Platforms)]
        ));
        assert_eq!(press(&mut app), []);
        let request = app.memory.connections;
        let reply = Reply::Connections(Vec::new());
        update(&mut app, Msg::Reply(request, Box::new(reply)));
        assert!(matches!(
            press(&mut app)[..],
            [Effect::LoadConnections(_, Asked::Platforms)]
        ));
    }

    #[test]
    fn an_answer_to_an_older_question_is_not_shown() {
        let mut app = opened();
        let first = app.memory.connections;
        update(&mut app, Msg::Key(Key::Char(CHECK)));
        let reply = Reply::Connections(Vec::new());
        update(&mut app, Msg::Reply(first, Box::new(reply)));
        let Some(Sheet::Connections(sheet)) = &app.sheet else {
            panic!("the sheet is open");
        };
        assert!(sheet.asking && sheet.all.is_none());
        update(&mut app, Msg::Key(Key::Esc));
        assert_eq!(app.sheet, None);
    }
}
