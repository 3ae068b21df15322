//! How pictures are shown on this terminal: by its own protocol, in half blocks, or not at all.
//!
//! Pure: a setting and the variables of the environment decide, and nothing is asked. A terminal that does not know kitty's
//! question prints it as letters, and an answer over a slow line may come when somebody else reads the keys; whoever has a
//! terminal that its variables do not tell names the protocol in the configuration.

use crate::app::{Appearance, Colours};
use crate::config::Pictures;
use crate::domain::pixels::{CellSize, MOST_SENT, MOST_SENT_FAR, Protocol, Way};
use crate::domain::thumb::Showing;

/// How pictures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// In cells: until a picture itself is there, and where it cannot be.
    pub cells: Showing,
    /// By the terminal's own means.
    pub way: Option<Way>,
}

/// The earliest Konsole that takes pictures (KDE Gear 22.04, "Konsole"), as it writes its version.
const KONSOLE: u32 = 220_400;

/// Decides how pictures are shown.
pub(super) fn shown(
    setting: Pictures,
    look: Appearance,
    variable: impl Fn(&str) -> Option<String>,
) -> Shown {
    if setting == Pictures::Off || look.ascii || look.colours == Colours::Mono {
        return Shown {
            cells: Showing::Words,
            way: None,
        };
    }
    let protocol = match setting {
        _ if is_within_another(&variable) => None,
        Pictures::By(protocol) => Some(protocol),
        Pictures::Auto => own(&variable),
        Pictures::Blocks | Pictures::Off => None,
    };
    let has_palette = || variable("TERM").is_some_and(|term| term.contains("256color"));
    let cells = match protocol {
        _ if has_exact_colours(&variable) => Showing::Exact,
        // Whatever shows pictures has 256 colours.
        Some(_) => Showing::Palette,
        None if has_palette() => Showing::Palette,
        None => Showing::Words,
    };
    let most_bytes = match is_far(&variable) {
        true => MOST_SENT_FAR,
        false => MOST_SENT,
    };
    Shown {
        cells,
        way: protocol.map(|protocol| Way {
            protocol,
            most_bytes,
        }),
    }
}

/// Says how pictures are shown, and why not better.
pub(super) fn words(
    setting: Pictures,
    look: Appearance,
    variable: impl Fn(&str) -> Option<String>,
    cell: Option<CellSize>,
) -> String {
    let shown = shown(setting, look, &variable);
    let by = shown.way.map(|way| (way.protocol, cell));
    let why = match (by, shown.cells) {
        (Some((Protocol::Kitty, _)), _) => return "by kitty's graphics protocol".to_owned(),
        (Some((Protocol::Iterm2, _)), _) => return "by iTerm2's inline images".to_owned(),
        (Some((Protocol::Sixel, Some(_))), _) => return "by sixels".to_owned(),
        (Some((Protocol::Sixel, None)), _) => {
            "; sixels need a terminal that tells its size in pixels"
        }
        (None, _) if [Pictures::Off, Pictures::Blocks].contains(&setting) => "",
        (None, Showing::Words) if look.ascii => ": plain ASCII is drawn",
        (None, Showing::Words) if look.colours == Colours::Mono => ": there are no colours",
        (None, Showing::Words) => ": half blocks need 256 colours",
        (None, _) if is_within_another(&variable) => {
            "; within tmux, screen and Zellij nothing else arrives"
        }
        (None, _) => "; `pictures` names another way if your terminal has one",
    };
    match shown.cells {
        Showing::Words => format!("told in words{why}"),
        Showing::Palette | Showing::Exact => format!("in half blocks{why}"),
    }
}

/// Whether the terminal is on another machine.
fn is_far(variable: impl Fn(&str) -> Option<String>) -> bool {
    let names = ["SSH_CONNECTION", "SSH_TTY"];
    names.iter().any(|it| variable(it).is_some())
}

/// Whether the terminal says that it shows every colour.
pub(super) fn has_exact_colours(variable: impl Fn(&str) -> Option<String>) -> bool {
    variable("COLORTERM").is_some_and(|it| it == "truecolor" || it == "24bit")
}

/// Whether tmux, GNU screen or Zellij stands between: they swallow pictures, or lose track of them.
fn is_within_another(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_told = ["TMUX", "STY", "ZELLIJ"]
        .iter()
        .any(|it| variable(it).is_some());
    // Over SSH only TERM says it.
    let term = variable("TERM").unwrap_or_default();
    is_told || ["tmux", "screen"].iter().any(|it| term.starts_with(it))
}

/// Returns the protocol of the terminal itself, as it says in its variables. What a terminal sets for its own programs goes
/// before what may be left over from a terminal that this one was started from.
fn own(variable: impl Fn(&str) -> Option<String>) -> Option<Protocol> {
    let is_set = |name: &str| variable(name).is_some();
    let term = variable("TERM").unwrap_or_default();
    match term.split('-').next().unwrap_or_default() {
        "foot" | "mlterm" => return Some(Protocol::Sixel),
        "wezterm" => return Some(Protocol::Iterm2),
        "alacritty" | "linux" | "rxvt" | "st" => return None,
        _ => {}
    }
    match term.as_str() {
        "xterm-kitty" | "xterm-ghostty" => return Some(Protocol::Kitty),
        _ => {}
    }
    match variable("TERM_PROGRAM").as_deref() {
        Some("ghostty") => return Some(Protocol::Kitty),
        // WezTerm's kitty protocol loses placements (hpjansson/chafa, 4bdffef, read 2026-11); iTerm2's is its own.
        Some("iTerm.app" | "WezTerm") => return Some(Protocol::Iterm2),
        Some(_) => return None,
        None => {}
    }
    if is_set("VTE_VERSION") || is_set("XTERM_VERSION") {
        return None;
    }
    let konsole = variable("KONSOLE_VERSION").and_then(|it| it.parse::<u32>().ok());
    if is_set("KITTY_WINDOW_ID") || konsole.is_some_and(|it| it >= KONSOLE) {
        return Some(Protocol::Kitty);
    }
    // The one of these that SSH hands on where it hands on any LC_*.
    (variable("LC_TERMINAL").as_deref() == Some("iTerm2")).then_some(Protocol::Iterm2)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Environment = &'static [(&'static str, &'static str)];

    const XTERM: (&str, &str) = ("TERM", "xterm-256color");

    fn on(setting: Pictures, environment: &[(&str, &str)]) -> Shown {
        shown(setting, Appearance::default(), of(environment))
    }

    fn of<'e>(environment: &'e [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        |name| {
            let mut all = environment.iter();
            all.find(|it| it.0 == name).map(|it| it.1.to_owned())
        }
    }

    fn protocol(shown: Shown) -> Option<Protocol> {
        shown.way.map(|it| it.protocol)
    }

    #[test]
    fn a_terminal_on_another_machine_gets_fewer_bytes() {
        let most = |environment: &[(&str, &str)]| {
            let way = on(Pictures::Auto, environment).way;
            way.map(|it| it.most_bytes)
        };
        let kitty = ("TERM", "xterm-kitty");
        assert_eq!(most(&[kitty]), Some(MOST_SENT));
        let far = [kitty, ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")];
        assert_eq!(most(&far), Some(MOST_SENT_FAR));
    }

    #[test]
    fn what_is_shown_is_said_with_the_reason_where_it_is_less_than_the_picture() {
        let said = |setting, environment: &[(&str, &str)], cell| {
            words(setting, Appearance::default(), of(environment), cell)
        };
        let cell = Some(CellSize::default());
        let kitty = ("TERM", "xterm-kitty");
        assert_eq!(
            said(Pictures::Auto, &[kitty], None),
            "by kitty's graphics protocol"
        );
        assert_eq!(said(Pictures::Blocks, &[XTERM], None), "in half blocks");
        assert_eq!(said(Pictures::Off, &[kitty], None), "told in words");
        assert_eq!(said(Pictures::Auto, &[("TERM", "foot")], cell), "by sixels");
        let without = said(Pictures::Auto, &[("TERM", "foot")], None);
        assert!(
            without.starts_with("in half blocks; sixels need"),
            "{without}"
        );
        let within = said(Pictures::Auto, &[kitty, ("TMUX", "1")], None);
        assert_eq!(within, "told in words: half blocks need 256 colours");
        let within = said(Pictures::Auto, &[("TERM", "tmux-256color")], None);
        assert!(
            within.starts_with("in half blocks; within tmux"),
            "{within}"
        );
    }

    #[test]
    fn a_terminal_that_says_what_it_is_gets_pictures_in_its_own_way() {
        let (kitty, iterm2, sixel) = (
            Some(Protocol::Kitty),
            Some(Protocol::Iterm2),
            Some(Protocol::Sixel),
        );
        let table: &[(Environment, Option<Protocol>)] = &[
            (&[("TERM", "xterm-kitty")], kitty),
            (&[XTERM, ("KITTY_WINDOW_ID", "1")], kitty),
            (&[("TERM", "xterm-ghostty")], kitty),
            (&[XTERM, ("TERM_PROGRAM", "ghostty")], kitty),
            (&[XTERM, ("KONSOLE_VERSION", "230804")], kitty),
            (&[XTERM, ("KONSOLE_VERSION", "211203")], None),
            (&[XTERM, ("TERM_PROGRAM", "iTerm.app")], iterm2),
            (&[XTERM, ("LC_TERMINAL", "iTerm2")], iterm2),
            (&[XTERM, ("TERM_PROGRAM", "WezTerm")], iterm2),
            (&[("TERM", "wezterm")], iterm2),
            (&[("TERM", "foot")], sixel),
            (&[("TERM", "foot-extra")], sixel),
            (&[("TERM", "mlterm-256color")], sixel),
            (&[XTERM], None),
            (&[("TERM", "alacritty")], None),
            (&[XTERM, ("TERM_PROGRAM", "Apple_Terminal")], None),
            (&[XTERM, ("TERM_PROGRAM", "vscode")], None),
            // What another terminal left behind.
            (&[("TERM", "foot"), ("KITTY_WINDOW_ID", "1")], sixel),
            (
                &[XTERM, ("TERM_PROGRAM", "WezTerm"), ("KITTY_WINDOW_ID", "1")],
                iterm2,
            ),
            (
                &[XTERM, ("VTE_VERSION", "7600"), ("KITTY_WINDOW_ID", "1")],
                None,
            ),
            (
                &[
                    XTERM,
                    ("XTERM_VERSION", "XTerm(390)"),
                    ("KITTY_WINDOW_ID", "1"),
                ],
                None,
            ),
            (&[], None),
        ];
        for (environment, wanted) in table {
            let found = protocol(on(Pictures::Auto, environment));
            assert_eq!(found, *wanted, "{environment:?}");
        }
    }

    #[test]
    fn nothing_but_half_blocks_goes_through_a_multiplexer() {
        let settings = [Pictures::Auto, Pictures::By(Protocol::Kitty)];
        let within: [Environment; 5] = [
            &[("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux-0/default,1,0")],
            &[("TERM", "tmux-256color"), ("LC_TERMINAL", "iTerm2")],
            &[("TERM", "screen-256color"), ("KITTY_WINDOW_ID", "1")],
            &[XTERM, ("STY", "1.pts-0"), ("TERM_PROGRAM", "WezTerm")],
            &[XTERM, ("ZELLIJ", "0"), ("KITTY_WINDOW_ID", "1")],
        ];
        for environment in within {
            for setting in settings {
                let found = on(setting, environment);
                assert_eq!(found.way, None, "{environment:?}");
            }
        }
        assert_eq!(on(settings[1], within[1]).cells, Showing::Palette);
    }

    #[test]
    fn what_the_user_says_counts_and_the_cells_below_have_the_colours_that_there_are() {
        let named = on(Pictures::By(Protocol::Sixel), &[("TERM", "xterm")]);
        assert_eq!(protocol(named), Some(Protocol::Sixel));
        assert_eq!(named.cells, Showing::Palette);
        let exact = ("COLORTERM", "truecolor");
        let blocks = on(Pictures::Blocks, &[("TERM", "xterm-kitty"), exact]);
        assert_eq!((blocks.cells, blocks.way), (Showing::Exact, None));
        assert_eq!(
            on(Pictures::Auto, &[("TERM", "xterm")]).cells,
            Showing::Words
        );
    }

    #[test]
    fn pictures_are_words_where_they_are_off_and_in_ascii_and_without_colours() {
        let words = Shown {
            cells: Showing::Words,
            way: None,
        };
        let kitty = |name: &str| (name == "TERM").then(|| "xterm-kitty".to_owned());
        let plain = Appearance::default();
        assert_eq!(shown(Pictures::Off, plain, kitty), words);
        let ascii = Appearance {
            ascii: true,
            ..plain
        };
        assert_eq!(shown(Pictures::By(Protocol::Kitty), ascii, kitty), words);
        let mono = Appearance {
            colours: Colours::Mono,
            ..plain
        };
        assert_eq!(shown(Pictures::Auto, mono, kitty), words);
    }
}
