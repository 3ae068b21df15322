//! The roles that pieces of the screen have, and how a user wants them to look.
//!
//! Names and looks are read from texts here, as keys are in `bindings.rs`; the configuration hands them over unread. What a
//! role looks like by default, and what of a wish a terminal can show, is `ui/theme.rs`.

use crate::domain::nearest::nearest;
use crate::domain::text_safety::visible;

macro_rules! roles {
    ($($(#[doc = $doc:literal])* $id:ident $name:literal;)*) => {
        /// What a piece of the screen is, as far as its look goes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role { $($(#[doc = $doc])* $id,)* }

        impl Role {
            /// Every role, in the order of the configuration.
            pub const ALL: [Self; ROLES] = [$(Self::$id,)*];

            /// Returns its name in the configuration.
            pub fn name(self) -> &'static str {
                match self { $(Self::$id => $name,)* }
            }
        }
    };
}

/// How many roles there are.
const ROLES: usize = 16;

roles! {
    /// Titles and body.
    Text "text";
    /// The month's name, section names, numbers that matter.
    Strong "strong";
    /// Past, published, other months, hints, reasons.
    Muted "muted";
    /// A hairline under a row.
    Rule "rule";
    /// The line between panes.
    Edge "edge";
    /// The marker of the selection, today, the focused head.
    Accent "accent";
    /// The selected day's chip, the chosen tab.
    Select "select";
    /// What can be used again.
    Evergreen "evergreen";
    /// Look: missed, notes, near a limit.
    Warn "warn";
    /// Failed, refused, cannot leave.
    Bad "bad";
    /// Nobody knows.
    Ask "ask";
    /// Text past a limit.
    Over "over";
    /// A key's name.
    Key "key";
    /// A field that takes text.
    Input "input";
    /// First row of a sheet.
    Sheet "sheet";
    /// A state in capitals that must be seen.
    Alarm "alarm";
}

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// The terminal's own.
    Own,
    /// One of the terminal's sixteen, by its number.
    Palette(u8),
    /// An exact one: red, green, blue.
    Exact(u8, u8, u8),
}

/// A way of writing that needs no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// Heavier.
    Bold,
    /// Fainter.
    Dim,
    /// With a line below.
    Underline,
    /// Foreground and background exchanged.
    Reverse,
}

impl Attribute {
    /// Every one, with its name in the configuration.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Bold, "bold"),
        (Self::Dim, "dim"),
        (Self::Underline, "underline"),
        (Self::Reverse, "reverse"),
    ];
}

/// How a role shall look. What it does not name stays as the theme has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// The colour of the letters.
    pub letters: Option<Colour>,
    /// The colour behind them.
    pub behind: Option<Colour>,
    /// The attributes, by their place in `Attribute::ALL`; `None` leaves those of the theme.
    pub attributes: Option<[bool; 4]>,
}

impl Paint {
    /// Whether it names a colour that the terminal's own sixteen do not have.
    pub fn is_exact(&self) -> bool {
        let exact = |colour| matches!(colour, Some(Colour::Exact(..)));
        exact(self.letters) || exact(self.behind)
    }
}

/// The looks that a user chose, by role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paints([Option<Paint>; ROLES]);

/// One role's look as the configuration writes it.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'w> {
    /// The role's name.
    pub role: &'w str,
    /// Its look.
    pub look: &'w str,
}

/// A look that cannot be granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// Which of the wishes.
    pub wish: usize,
    message: String,
}

const COLOURS: [&str; 8] = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
];

impl Paints {
    /// Reads wishes.
    ///
    /// # Errors
    /// Each wish that cannot be granted, with what is allowed.
    pub fn with(wishes: &[Wish<'_>]) -> Result<Self, Vec<Refused>> {
        let mut paints = Self::default();
        let mut refused = Vec::new();
        for (wish, Wish { role, look }) in wishes.iter().enumerate() {
            match named(role).and_then(|role| Ok((role, paint(role, look)?))) {
                Ok((role, paint)) => paints.0[role as usize] = Some(paint),
                Err(message) => refused.push(Refused { wish, message }),
            }
        }
        if refused.is_empty() {
            Ok(paints)
        } else {
            Err(refused)
        }
    }

    /// Returns how a role shall look, where that was chosen.
    pub fn of(&self, role: Role) -> Option<Paint> {
        self.0[role as usize]
    }
}

fn named(name: &str) -> Result<Role, String> {
    let found = Role::ALL.into_iter().find(|role| role.name() == name);
    found.ok_or_else(|| {
        let names = Role::ALL.map(Role::name);
        let hint = nearest(name, names.iter().copied())
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let name = visible(name);
        format!(
            "`{name}` in [theme] is no role{hint} (allowed: {})",
            names.join(", ")
        )
    })
}

fn paint(role: Role, look: &str) -> Result<Paint, String> {
    let refuse = |word: &str| {
        let (role, word) = (role.name(), visible(word));
        format!(
            "`{role}` in [theme]: `{word}` is no look (allowed: default, {}, each also as bright-…, or #rrggbb; `on` and a \
             colour behind; bold, dim, underline, reverse, or plain for none of these)",
            COLOURS.join(", ")
        )
    };
    let mut paint = Paint::default();
    let mut words = look.split_whitespace();
    if look.trim().is_empty() {
        return Err(refuse(""));
    }
    while let Some(word) = words.next() {
        let attribute = Attribute::ALL.iter().position(|(_, name)| *name == word);
        if let Some(at) = attribute {
            paint.attributes.get_or_insert_default()[at] = true;
        } else if word == "plain" {
            paint.attributes.get_or_insert_default();
        } else if word == "on" && paint.behind.is_none() {
            let name = words.next().unwrap_or("on");
            paint.behind = Some(colour(name).ok_or_else(|| refuse(name))?);
        } else if paint.letters.is_none() {
            paint.letters = Some(colour(word).ok_or_else(|| refuse(word))?);
        } else {
            return Err(refuse(word));
        }
    }
    Ok(paint)
}

fn colour(name: &str) -> Option<Colour> {
    if name == "default" {
        return Some(Colour::Own);
    }
    if let Some(digits) = name.strip_prefix('#') {
        let is_whole = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| is_whole)?;
        let [_, red, green, blue] = value.to_be_bytes();
        return Some(Colour::Exact(red, green, blue));
    }
    let (name, bright) = match name.strip_prefix("bright-") {
        Some(name) => (name, 8),
        None => (name, 0),
    };
    let at = COLOURS.iter().position(|colour| *colour == name)?;
    Some(Colour::Palette(u8::try_from(at).ok()? + bright))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(role: &str, look: &str) -> Result<Paints, String> {
        Paints::with(&[Wish { role, look }]).map_err(|refused| refused[0].to_string())
    }

    #[test]
    fn a_look_is_a_colour_a_colour_behind_and_attributes_in_any_order() {
        let paints = one("muted", "bold #10a0ff on bright-black").unwrap();
        let paint = paints.of(Role::Muted).unwrap();
        assert_eq!(paint.letters, Some(Colour::Exact(0x10, 0xa0, 0xff)));
        assert_eq!(paint.behind, Some(Colour::Palette(8)));
        assert_eq!(paint.attributes, Some([true, false, false, false]));
        assert_eq!(paints.of(Role::Text), None);
        let plain = one("accent", "default plain").unwrap();
        let plain = plain.of(Role::Accent).unwrap();
        assert_eq!(
            (plain.letters, plain.attributes),
            (Some(Colour::Own), Some([false; 4]))
        );
    }

    #[test]
    fn what_cannot_be_granted_is_named_with_its_role_and_what_is_allowed() {
        let unknown = one("mutd", "red").unwrap_err();
        assert!(unknown.contains("did you mean `muted`?"), "{unknown}");
        assert!(unknown.contains("alarm"), "{unknown}");
        for look in [
            "gray3",
            "#12345",
            "#12345\u{e9}",
            "red blue",
            "red on",
            "",
            "blink",
            "\u{1b}[31m",
        ] {
            let refused = one("bad", look).unwrap_err();
            assert!(
                refused.contains("`bad`") && refused.contains("#rrggbb"),
                "{refused}"
            );
            assert!(!refused.contains('\u{1b}'));
        }
    }

    #[test]
    fn every_wish_that_cannot_be_granted_is_named() {
        let wishes = [
            Wish {
                role: "bad",
                look: "red",
            },
            Wish {
                role: "good",
                look: "green",
            },
            Wish {
                role: "warn",
                look: "orange",
            },
        ];
        let refused = Paints::with(&wishes).unwrap_err();
        assert_eq!(refused.iter().map(|it| it.wish).collect::<Vec<_>>(), [1, 2]);
    }
}
