//! The character classes of twitter-text's link rule, and Mastodon's changes to them.
//!
//! Facts only; `links.rs` puts them together. Sources are named there.

use super::links::Dialect;

/// Whether a character may stand in a domain label (besides `-` and `_`).
pub(super) fn is_domain(c: char, dialect: Dialect) -> bool {
    if c.is_ascii() {
        // X's library forgot the quotation mark and the backtick; nothing starts a link for it.
        return c.is_ascii_alphanumeric()
            || (dialect == Dialect::X
                && (matches!(c, '"' | '`')
                    || (c.is_ascii_control() && !c.is_ascii_whitespace() && c != '\u{b}')));
    }
    !is_space(c) && !is_invalid(c) && !is_directional(c)
}

/// Whether a link may begin right after a character.
pub(super) fn may_precede(c: char) -> bool {
    !c.is_ascii_alphanumeric() && !matches!(c, '@' | '＠' | '$' | '#' | '＃') && !is_invalid(c)
}

/// Characters that X refuses anywhere in a text.
pub(super) fn is_invalid(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{feff}' | '\u{ffff}')
}

/// twitter-text's white space.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{200a}')
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
        )
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}')
}

/// Latin letters with accents, and combining accents, as twitter-text lists them.
pub(super) fn is_latin_accent(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{300}'..='\u{36f}')
        || matches!(c, '\u{1e00}'..='\u{1eff}')
        || matches!(
            c,
            '\u{253}' | '\u{254}' | '\u{256}' | '\u{257}' | '\u{259}' | '\u{25b}' | '\u{263}'
        )
        || matches!(
            c,
            '\u{268}' | '\u{26f}' | '\u{272}' | '\u{289}' | '\u{28b}' | '\u{2bb}'
        )
}

/// Whether a character may stand in a path (parentheses apart).
pub(super) fn is_path(c: char, dialect: Dialect) -> bool {
    match dialect {
        Dialect::X => {
            if c.is_ascii() {
                return c.is_ascii_alphanumeric() || b"!*';:=+,.$/%#[]-_~@|&".contains(&(c as u8));
            }
            matches!(c, '\u{400}'..='\u{4ff}' | '\u{2013}') || is_latin_accent(c)
        }
        Dialect::Mastodon => !c.is_whitespace() && !matches!(c, '<' | '>' | '(' | ')' | '?'),
    }
}

/// Whether a path may end in a character.
pub(super) fn ends_path(c: char, dialect: Dialect) -> bool {
    match dialect {
        Dialect::X => {
            if c.is_ascii() {
                return c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '=' | '_' | '#' | '/');
            }
            matches!(c, '\u{400}'..='\u{4ff}') || is_latin_accent(c)
        }
        Dialect::Mastodon => {
            let closes = match u8::try_from(c) {
                Ok(byte) => b"()?!*\"'<>;:=,.$%[]~&|@".contains(&byte),
                Err(_) => matches!(c, '「' | '」'),
            };
            !closes && !c.is_whitespace()
        }
    }
}

/// Whether a character may stand in a query.
pub(super) fn is_query(c: char, dialect: Dialect) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric()
            || b"!?*'@();:&=+$/%#[]-_.,~|".contains(&(c as u8))
            || (dialect == Dialect::Mastodon && c == '^');
    }
    dialect == Dialect::Mastodon && is_iri(c)
}

/// Whether a query may end in a character.
pub(super) fn ends_query(c: char, dialect: Dialect) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '&' | '=' | '#' | '/');
    }
    dialect == Dialect::Mastodon && is_iri(c)
}

/// RFC 3987's characters outside ASCII, as Mastodon lists them.
fn is_iri(c: char) -> bool {
    let code = c as u32;
    code >= 0xa0
        && !(0xfdd0..=0xfdef).contains(&code)
        && !(0xfff0..=0xffff).contains(&code)
        && !(0xe0000..=0xe0fff).contains(&code)
        && code & 0xfffe != 0xfffe
}
