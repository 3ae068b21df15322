//! What is coloured in each kind of terminal, and looks that the user chose.

use super::shown::{frozen, screens};
use super::story::app;
use super::{draw, styles};
use masthead::app::theme::{Paints, Wish};
use masthead::app::update::update;
use masthead::app::{App, Colours, Msg};
use ratatui::style::Color;

fn coloured(colours: Colours) -> App {
    let mut app = frozen(app(80, 24));
    app.look.colours = colours;
    app
}

#[test]
fn chosen_looks_take_the_place_of_their_roles_and_of_no_other() {
    let wish = |role, look| Wish { role, look };
    let wishes = [
        wish("muted", "bright-black plain"),
        wish("select", "black on cyan plain"),
        wish("alarm", "#ffffff on #b3261e"),
        wish("rule", "blue"),
    ];
    for (name, colours) in [("sixteen", Colours::Sixteen), ("light", Colours::Light)] {
        let mut app = coloured(colours);
        app.look.paints = Paints::with(&wishes).unwrap();
        snapshot!(format!("80x24_theme_own_{name}"), styles(&app));
    }
}

#[test]
fn a_background_that_is_learned_late_changes_colours_and_nothing_else() {
    let mut late = coloured(Colours::Sixteen);
    update(&mut late, Msg::Background(Colours::Light));
    assert_eq!(late, coloured(Colours::Light));
}

#[test]
fn in_sixteen_colours_only_signs_are_tinted() {
    for (name, app) in screens(120, 40) {
        for cell in draw(&app).content() {
            assert_eq!(cell.bg, Color::Reset, "{name}");
            let is_sign = "✗?↻!".contains(cell.symbol()) && cell.symbol() != " ";
            assert!(cell.fg == Color::Reset || is_sign, "{name}: {cell:?}");
        }
    }
}

#[test]
fn without_colour_no_cell_has_one() {
    for (name, mut app) in screens(120, 40) {
        app.look.colours = Colours::Mono;
        for cell in draw(&app).content() {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{name}");
        }
    }
}
