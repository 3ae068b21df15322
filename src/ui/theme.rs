//! What a role looks like in each kind of terminal; the only file that holds colours.
//!
//! Code names roles, never colours. In 16 colours words keep the terminal's own colour, because no other is readable on
//! every background; only signs are tinted. Next: `pen.rs`, which applies these.

pub use crate::app::theme::Role;

use crate::app::theme::{Attribute, Colour, Paint};
use crate::app::{Appearance, Colours};
use crate::domain::thumb::{Rgb, Showing};
use ratatui::style::{Color, Modifier, Style};

struct Palette {
    on_fill: Color,
    muted: Color,
    rule: Color,
    accent: Color,
    evergreen: Color,
    warn: Color,
    bad: Color,
    ask: Color,
}

const DARK: Palette = Palette {
    on_fill: Color::Rgb(0x00, 0x00, 0x00),
    muted: Color::Rgb(0xa9, 0xb1, 0xbd),
    rule: Color::Rgb(0x5c, 0x66, 0x75),
    accent: Color::Rgb(0x7f, 0xc4, 0xff),
    evergreen: Color::Rgb(0x8f, 0xd6, 0x94),
    warn: Color::Rgb(0xf2, 0xc1, 0x4e),
    bad: Color::Rgb(0xff, 0x8f, 0x8f),
    ask: Color::Rgb(0xd6, 0xa8, 0xff),
};

const LIGHT: Palette = Palette {
    on_fill: Color::Rgb(0xff, 0xff, 0xff),
    muted: Color::Rgb(0x56, 0x5e, 0x68),
    rule: Color::Rgb(0xa0, 0xa8, 0xb2),
    accent: Color::Rgb(0x0b, 0x5c, 0xad),
    evergreen: Color::Rgb(0x1d, 0x6b, 0x34),
    warn: Color::Rgb(0x8a, 0x52, 0x00),
    bad: Color::Rgb(0xb3, 0x26, 0x1e),
    ask: Color::Rgb(0x7a, 0x35, 0xb8),
};

/// How roles look on this terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    look: Appearance,
}

/// Returns the colour of a miniature's half cell.
pub fn half(colour: Rgb, showing: Showing) -> Color {
    let [red, green, blue] = colour;
    match showing {
        Showing::Words => Color::Reset,
        Showing::Exact => Color::Rgb(red, green, blue),
        Showing::Palette => Color::Indexed(nearest(colour)),
    }
}

/// Returns the nearest of the 240 colours that are the same in every terminal with 256: a cube of six steps, and greys.
fn nearest(colour: Rgb) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let far = |a: Rgb| -> u32 {
        let each = a.iter().zip(colour);
        each.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    let step = |channel: u8| {
        let nearest = STEPS.iter().enumerate();
        nearest
            .min_by_key(|(_, step)| step.abs_diff(channel))
            .map_or(0, |(at, _)| at)
    };
    let cube = colour.map(step);
    let mean = colour.iter().map(|it| u16::from(*it)).sum::<u16>() / 3;
    let grey = u8::try_from(mean.saturating_sub(3) / 10)
        .unwrap_or(23)
        .min(23);
    if far([8 + 10 * grey; 3]) < far(cube.map(|at| STEPS[at])) {
        return 232 + grey;
    }
    let [red, green, blue] = cube;
    u8::try_from(16 + 36 * red + 6 * green + blue).unwrap_or(16)
}

impl Theme {
    /// Creates the theme of a terminal and its user.
    pub fn new(look: Appearance) -> Self {
        Self { look }
    }

    /// Returns the style of words in a role.
    pub fn word(self, role: Role) -> Style {
        let style = self.own(role);
        match self.look.paints.of(role) {
            Some(paint) => painted(style, role, paint, self.look.colours),
            None => style,
        }
    }

    /// Returns the style that a role has by itself.
    fn own(self, role: Role) -> Style {
        match self.look.colours {
            Colours::Mono | Colours::Sixteen => plain(role),
            Colours::Dark => exact(role, &DARK),
            Colours::Light => exact(role, &LIGHT),
        }
    }

    /// Returns the style of a sign in a role: in 16 colours the one thing that is tinted.
    pub fn sign(self, role: Role) -> Style {
        let is_chosen = (self.look.paints.of(role))
            .is_some_and(|paint| paint.letters.is_some() && !paint.is_exact());
        let tint = match (self.look.colours, role) {
            _ if is_chosen => return self.word(role),
            (Colours::Sixteen, Role::Evergreen) => Color::Green,
            (Colours::Sixteen, Role::Bad) => Color::Red,
            (Colours::Sixteen, Role::Ask) => Color::Magenta,
            _ => return self.word(role),
        };
        self.word(role).fg(tint)
    }
}

/// Puts a chosen look over a role's own, as far as the terminal has colours: in 16 an exact one is not shown, and without
/// colours none is. The hairline, which parts rows in place of a box, stays a line.
fn painted(style: Style, role: Role, paint: Paint, colours: Colours) -> Style {
    let mut style = style;
    if let Some(wanted) = paint.attributes {
        style.add_modifier = match role {
            Role::Rule => Modifier::UNDERLINED,
            _ => Modifier::empty(),
        };
        for ((attribute, _), _) in Attribute::ALL.iter().zip(wanted).filter(|(_, it)| *it) {
            style.add_modifier |= match attribute {
                Attribute::Bold => Modifier::BOLD,
                Attribute::Dim => Modifier::DIM,
                Attribute::Underline => Modifier::UNDERLINED,
                Attribute::Reverse => Modifier::REVERSED,
            };
        }
    }
    let has_room = match colours {
        Colours::Mono => false,
        Colours::Sixteen => !paint.is_exact(),
        Colours::Dark | Colours::Light => true,
    };
    if has_room {
        style.fg = paint.letters.map(colour).or(style.fg);
        style.bg = paint.behind.map(colour).or(style.bg);
    }
    style
}

fn colour(colour: Colour) -> Color {
    const PALETTE: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match colour {
        Colour::Own => Color::Reset,
        Colour::Palette(number) => PALETTE
            .get(usize::from(number))
            .copied()
            .unwrap_or_default(),
        Colour::Exact(red, green, blue) => Color::Rgb(red, green, blue),
    }
}

fn plain(role: Role) -> Style {
    let modifier = match role {
        Role::Text | Role::Edge | Role::Evergreen => Modifier::empty(),
        Role::Strong | Role::Accent | Role::Warn | Role::Bad | Role::Ask | Role::Key => {
            Modifier::BOLD
        }
        Role::Muted => Modifier::DIM,
        Role::Rule | Role::Over | Role::Input => Modifier::UNDERLINED,
        Role::Select | Role::Sheet => Modifier::REVERSED,
        Role::Alarm => Modifier::REVERSED.union(Modifier::BOLD),
    };
    Style::new().add_modifier(modifier)
}

fn exact(role: Role, palette: &Palette) -> Style {
    let style = Style::new();
    match role {
        Role::Text => style,
        Role::Strong | Role::Key => style.add_modifier(Modifier::BOLD),
        Role::Muted => style.fg(palette.muted),
        Role::Rule => style.fg(palette.rule).add_modifier(Modifier::UNDERLINED),
        Role::Edge => style.fg(palette.rule),
        Role::Accent => style.fg(palette.accent).add_modifier(Modifier::BOLD),
        Role::Select => style.fg(palette.on_fill).bg(palette.accent),
        Role::Evergreen => style.fg(palette.evergreen),
        Role::Warn => style.fg(palette.warn),
        Role::Bad => style.fg(palette.bad),
        Role::Ask => style.fg(palette.ask),
        Role::Over => style.fg(palette.bad).add_modifier(Modifier::UNDERLINED),
        Role::Input => style.add_modifier(Modifier::UNDERLINED),
        Role::Sheet => style.fg(palette.on_fill).bg(palette.muted),
        Role::Alarm => style.fg(palette.on_fill).bg(palette.bad),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::theme::{Paints, Wish};

    fn theme(colours: Colours) -> Theme {
        Theme::new(Appearance {
            colours,
            ..Appearance::default()
        })
    }

    fn chosen(colours: Colours, role: &str, look: &str) -> Theme {
        let paints = Paints::with(&[Wish { role, look }]).unwrap();
        Theme::new(Appearance {
            colours,
            paints,
            ..Appearance::default()
        })
    }

    #[test]
    fn a_chosen_look_is_shown_as_far_as_the_terminal_has_colours() {
        let exact = |colours| chosen(colours, "bad", "#123456 underline");
        let line = Style::new().add_modifier(Modifier::UNDERLINED);
        assert_eq!(
            exact(Colours::Dark).word(Role::Bad),
            line.fg(Color::Rgb(0x12, 0x34, 0x56))
        );
        assert_eq!(exact(Colours::Sixteen).word(Role::Bad), line);
        assert_eq!(exact(Colours::Sixteen).sign(Role::Bad), line.fg(Color::Red));
        assert_eq!(exact(Colours::Mono).word(Role::Bad), line);
        let named = chosen(Colours::Sixteen, "evergreen", "cyan on black");
        let style = Style::new().fg(Color::Cyan).bg(Color::Black);
        assert_eq!(named.word(Role::Evergreen), style);
        assert_eq!(named.sign(Role::Evergreen), style);
        let mono = chosen(Colours::Mono, "alarm", "red on white");
        assert_eq!(mono.word(Role::Alarm), plain(Role::Alarm));
    }

    #[test]
    fn what_a_look_leaves_out_stays_and_a_hairline_stays_a_line() {
        let accent = chosen(Colours::Light, "accent", "magenta").word(Role::Accent);
        assert_eq!(accent.fg, Some(Color::Magenta));
        assert_eq!(accent.add_modifier, Modifier::BOLD);
        let rule = chosen(Colours::Dark, "rule", "dim").word(Role::Rule);
        assert_eq!(rule.add_modifier, Modifier::UNDERLINED | Modifier::DIM);
    }

    #[test]
    fn no_word_takes_a_colour_in_sixteen_colours_and_nothing_does_without_colour() {
        for role in Role::ALL {
            for colours in [Colours::Mono, Colours::Sixteen] {
                let style = theme(colours).word(role);
                assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
            }
            let sign = theme(Colours::Mono).sign(role);
            assert_eq!((sign.fg, sign.bg), (None, None), "{role:?}");
        }
    }

    #[test]
    fn the_colours_of_signs_are_red_green_and_magenta_and_no_other() {
        for role in Role::ALL {
            let tint = theme(Colours::Sixteen).sign(role).fg;
            assert!(
                matches!(
                    tint,
                    None | Some(Color::Red | Color::Green | Color::Magenta)
                ),
                "{role:?} {tint:?}"
            );
        }
    }

    #[test]
    fn exact_colours_reach_the_contrast_of_text_on_the_common_backgrounds() {
        let dark = [
            0x00_00_00, 0x1e_1e_1e, 0x28_2a_36, 0x2e_34_40, 0x00_2b_36, 0x28_2c_34, 0x28_28_28,
        ];
        let light = [0xff_ff_ff, 0xfd_f6_e3, 0xf6_f8_fa, 0xfb_f1_c7];
        for (palette, backgrounds) in [(&DARK, &dark[..]), (&LIGHT, &light[..])] {
            let words = [
                palette.muted,
                palette.accent,
                palette.evergreen,
                palette.warn,
                palette.bad,
                palette.ask,
            ];
            for background in backgrounds {
                for word in words {
                    assert!(
                        contrast(word, rgb(*background)) >= 4.5,
                        "{word:?} on {background:06x}"
                    );
                }
            }
            for fill in [palette.accent, palette.muted, palette.bad] {
                assert!(contrast(palette.on_fill, fill) >= 4.5, "{fill:?}");
            }
        }
    }

    fn rgb(value: u32) -> Color {
        let [_, r, g, b] = value.to_be_bytes();
        Color::Rgb(r, g, b)
    }

    /// The contrast ratio of WCAG 2.2, section "contrast ratio".
    fn contrast(one: Color, other: Color) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(colour: Color) -> f64 {
        let Color::Rgb(r, g, b) = colour else {
            panic!("{colour:?} has no exact value");
        };
        let linear = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }
}
