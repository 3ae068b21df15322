//! What keeps foreign text from steering a terminal.
//!
//! Typed text loses control characters; shown text has them replaced by a visible form.

/// Whether a character must never reach a terminal: controls, bidirectional overrides and isolates, and
/// line or paragraph separators that would break a row.
pub fn is_unsafe(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{fff9}'..='\u{fffb}')
}

/// Returns typed or pasted text as it is kept: line ends as `\n`, other control characters dropped.
pub fn clean_input(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                clean.push('\n');
            }
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => clean.push(c),
        }
    }
    clean
}

/// Returns what a program printed without the sequences by which it would steer a terminal: colours, titles, cursor moves.
///
/// Other control characters stay; `clean_input` drops them.
pub fn without_sequences(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let kind = match c {
            '\u{1b}' => match chars.peek() {
                Some(&next) => {
                    chars.next();
                    next
                }
                None => break,
            },
            // The same in one character (ECMA-48, 8-bit).
            '\u{9b}' => '[',
            '\u{9d}' => ']',
            '\u{90}' => 'P',
            other => {
                plain.push(other);
                continue;
            }
        };
        match kind {
            // Parameters, then a letter or a sign that ends it.
            '[' => {
                while chars.next_if(|c| matches!(c, ' '..='?')).is_some() {}
                chars.next_if(|c| matches!(c, '@'..='~'));
            }
            // A string, up to BEL or ST.
            ']' | 'P' | 'X' | '^' | '_' => {
                while let Some(c) = chars.next() {
                    match c {
                        '\u{7}' | '\u{9c}' => break,
                        '\u{1b}' => {
                            chars.next_if_eq(&'\\');
                            break;
                        }
                        _ => {}
                    }
                }
            }
            // Signs between, then one that ends it.
            ' '..='/' => {
                while chars.next_if(|c| matches!(c, ' '..='/')).is_some() {}
                chars.next_if(|c| matches!(c, '0'..='~'));
            }
            _ => {}
        }
    }
    plain
}

/// Returns text for one row of the screen: control characters and overrides as `<1b>`, `<u+202e>`, line ends as blanks.
pub fn visible(text: &str) -> String {
    if !text.contains(|c| is_unsafe(c) || c == '\n' || c == '\t') {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(' '),
            c if is_unsafe(c) && (c as u32) < 0x100 => {
                shown.push_str(&format!("<{:02x}>", c as u32))
            }
            c if is_unsafe(c) => shown.push_str(&format!("<u+{:04x}>", c as u32)),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_bytes_and_overrides_are_shown_and_never_sent_to_the_terminal() {
        assert_eq!(
            visible("a\u{1b}[31mb\u{202e}c\u{9b}"),
            "a<1b>[31mb<u+202e>c<9b>"
        );
        assert_eq!(visible("plain ñ 👨‍👩‍👧"), "plain ñ 👨‍👩‍👧");
    }

    #[test]
    fn what_would_steer_a_terminal_is_taken_out_of_what_a_program_printed() {
        for (printed, plain) in [
            ("a\u{1b}[1;31mred\u{1b}[0m b", "ared b"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]52;c;aGk=\u{1b}\\text", "text"),
            ("\u{1b}P1$r0m\u{1b}\\text", "text"),
            ("\u{1b}(Btext\u{1b}=", "text"),
            ("\u{9b}2Jtext", "text"),
            ("cut off \u{1b}[3", "cut off "),
            ("[not] (a) sequence\n", "[not] (a) sequence\n"),
        ] {
            assert_eq!(without_sequences(printed), plain, "{printed:?}");
        }
    }

    #[test]
    fn pasted_line_ends_become_one_kind_and_control_characters_are_dropped() {
        assert_eq!(clean_input("a\r\nb\rc\u{7}\u{0}\td"), "a\nb\nc\td");
    }
}
