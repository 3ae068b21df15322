//! Which characters X takes as one emoji: with its variation selector, skin tone, flag or joined parts.
//!
//! Pure and linear. Only `x.rs` asks: elsewhere an emoji is a grapheme cluster like any other. Single emoji
//! and flags are the Twemoji set (twemoji-parser 11, which twitter-text 3.1 uses); joined sequences are taken
//! whole whatever their age, as X itself shows them.

const KEYCAP: char = '\u{20e3}';
const SELECTOR: char = '\u{fe0f}';
const JOINER: char = '\u{200d}';

/// Returns the length in bytes of the emoji that `text` begins with; `None` where it begins with none.
pub(super) fn leading(text: &str) -> Option<usize> {
    let mut rest = Cursor { text, at: 0 };
    let first = rest.next()?;
    if matches!(first, '#' | '*' | '0'..='9') {
        rest.take(SELECTOR);
        return rest.take(KEYCAP).then_some(rest.at);
    }
    // Bare, these three are signs; with the selector they are emoji.
    if is_sign(first) && rest.peek() != Some(SELECTOR) {
        return None;
    }
    if is_regional(first) {
        let second = rest.peek().filter(|&c| is_regional(c));
        if second.is_some_and(|second| is_flag(first, second)) {
            rest.next();
        }
        return Some(rest.at);
    }
    if !is_pictograph(first) {
        return None;
    }
    rest.take_modifiers(first);
    while let Some(joined) = rest.joined() {
        rest.take_modifiers(joined);
    }
    Some(rest.at)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// Takes what may follow a pictograph within the same emoji.
    fn take_modifiers(&mut self, base: char) {
        if base == '\u{1f3f4}' && self.take_tags() {
            return;
        }
        if contains(WITH_SELECTOR, base) {
            self.take(SELECTOR);
        }
        if let Some(tone @ '\u{1f3fb}'..='\u{1f3ff}') = self.peek()
            && contains(WITH_SKIN_TONE, base)
        {
            self.at += tone.len_utf8();
        }
    }

    /// Takes a joiner and the pictograph after it.
    fn joined(&mut self) -> Option<char> {
        let mut ahead = self.text[self.at..].chars();
        let (joiner, joined) = (ahead.next()?, ahead.next()?);
        if joiner != JOINER || !is_pictograph(joined) || is_sign(joined) {
            return None;
        }
        self.at += joiner.len_utf8() + joined.len_utf8();
        Some(joined)
    }

    /// Takes the tags of a regional flag (England, Scotland, Wales) with their end.
    fn take_tags(&mut self) -> bool {
        let start = self.at;
        // The longest in use has five; the bound keeps a run of tags without an end cheap.
        for _ in 0..8 {
            match self.next() {
                Some('\u{e0030}'..='\u{e007a}') => {}
                Some('\u{e007f}') if self.at > start + 4 => return true,
                _ => break,
            }
        }
        self.at = start;
        false
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '©' | '®' | '\u{2122}')
}

fn is_regional(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

fn is_flag(first: char, second: char) -> bool {
    let letter = |c: char| u8::try_from(c as u32 - 0x1f1e6).map_or(b'?', |n| b'A' + n);
    let code = [letter(first), letter(second)];
    FLAGS.as_bytes().chunks(3).any(|known| known[..2] == code)
}

fn is_pictograph(c: char) -> bool {
    let code = c as u32;
    // Regional indicators and skin tones join nothing. Beyond the first plane every symbol weighs the
    // same with and without this, so the whole of the emoji blocks may count.
    ((0x1f000..=0x1faff).contains(&code) && !is_regional(c) && !(0x1f3fb..=0x1f3ff).contains(&code))
        || contains(WITH_SELECTOR, c)
        || contains(ALWAYS_EMOJI, c)
}

fn contains(ranges: &[(u32, u32)], c: char) -> bool {
    let code = c as u32;
    let after = ranges.partition_point(|&(first, _)| first <= code);
    after > 0 && code <= ranges[after - 1].1
}

/// Emoji that take U+FE0F into themselves.
#[rustfmt::skip]
const WITH_SELECTOR: &[(u32, u32)] = &[
    (0xa9, 0xa9), (0xae, 0xae), (0x203c, 0x203c), (0x2049, 0x2049), (0x2122, 0x2122),
    (0x2139, 0x2139), (0x2194, 0x2199), (0x21a9, 0x21aa), (0x231a, 0x231b), (0x2328, 0x2328),
    (0x23cf, 0x23cf), (0x23ed, 0x23ef), (0x23f1, 0x23f2), (0x23f8, 0x23fa), (0x24c2, 0x24c2),
    (0x25aa, 0x25ab), (0x25b6, 0x25b6), (0x25c0, 0x25c0), (0x25fb, 0x25fe), (0x2600, 0x2604),
    (0x260e, 0x260e), (0x2611, 0x2611), (0x2614, 0x2615), (0x2618, 0x2618), (0x261d, 0x261d),
    (0x2620, 0x2620), (0x2622, 0x2623), (0x2626, 0x2626), (0x262a, 0x262a), (0x262e, 0x262f),
    (0x2638, 0x263a), (0x2640, 0x2640), (0x2642, 0x2642), (0x2648, 0x2653), (0x265f, 0x2660),
    (0x2663, 0x2663), (0x2665, 0x2666), (0x2668, 0x2668), (0x267b, 0x267b), (0x267f, 0x267f),
    (0x2692, 0x2697), (0x2699, 0x2699), (0x269b, 0x269c), (0x26a0, 0x26a1), (0x26aa, 0x26ab),
    (0x26b0, 0x26b1), (0x26bd, 0x26be), (0x26c4, 0x26c5), (0x26c8, 0x26c8), (0x26cf, 0x26cf),
    (0x26d1, 0x26d1), (0x26d3, 0x26d4), (0x26e9, 0x26ea), (0x26f0, 0x26f5), (0x26f7, 0x26fa),
    (0x26fd, 0x26fd), (0x2702, 0x2702), (0x2708, 0x2709), (0x270c, 0x270d), (0x270f, 0x270f),
    (0x2712, 0x2712), (0x2714, 0x2714), (0x2716, 0x2716), (0x271d, 0x271d), (0x2721, 0x2721),
    (0x2733, 0x2734), (0x2744, 0x2744), (0x2747, 0x2747), (0x2757, 0x2757), (0x2763, 0x2764),
    (0x27a1, 0x27a1), (0x2934, 0x2935), (0x2b05, 0x2b07), (0x2b1b, 0x2b1c), (0x2b50, 0x2b50),
    (0x2b55, 0x2b55), (0x3030, 0x3030), (0x303d, 0x303d), (0x3297, 0x3297), (0x3299, 0x3299),
    (0x1f004, 0x1f004), (0x1f170, 0x1f171), (0x1f17e, 0x1f17f), (0x1f202, 0x1f202),
    (0x1f21a, 0x1f21a), (0x1f22f, 0x1f22f), (0x1f237, 0x1f237), (0x1f321, 0x1f321),
    (0x1f324, 0x1f32c), (0x1f336, 0x1f336), (0x1f37d, 0x1f37d), (0x1f396, 0x1f397),
    (0x1f399, 0x1f39b), (0x1f39e, 0x1f39f), (0x1f3cb, 0x1f3ce), (0x1f3d4, 0x1f3df),
    (0x1f3f3, 0x1f3f3), (0x1f3f5, 0x1f3f5), (0x1f3f7, 0x1f3f7), (0x1f43f, 0x1f43f),
    (0x1f441, 0x1f441), (0x1f4fd, 0x1f4fd), (0x1f549, 0x1f54a), (0x1f56f, 0x1f570),
    (0x1f573, 0x1f579), (0x1f587, 0x1f587), (0x1f58a, 0x1f58d), (0x1f590, 0x1f590),
    (0x1f5a5, 0x1f5a5), (0x1f5a8, 0x1f5a8), (0x1f5b1, 0x1f5b2), (0x1f5bc, 0x1f5bc),
    (0x1f5c2, 0x1f5c4), (0x1f5d1, 0x1f5d3), (0x1f5dc, 0x1f5de), (0x1f5e1, 0x1f5e1),
    (0x1f5e3, 0x1f5e3), (0x1f5e8, 0x1f5e8), (0x1f5ef, 0x1f5ef), (0x1f5f3, 0x1f5f3),
    (0x1f5fa, 0x1f5fa), (0x1f6cb, 0x1f6cb), (0x1f6cd, 0x1f6cf), (0x1f6e0, 0x1f6e5),
    (0x1f6e9, 0x1f6e9), (0x1f6f0, 0x1f6f0), (0x1f6f3, 0x1f6f3),
];

/// Emoji below the second plane that need no U+FE0F and take none.
#[rustfmt::skip]
const ALWAYS_EMOJI: &[(u32, u32)] = &[
    (0x23e9, 0x23ec), (0x23f0, 0x23f0), (0x23f3, 0x23f3), (0x267e, 0x267e), (0x26a7, 0x26a7),
    (0x26ce, 0x26ce), (0x2705, 0x2705), (0x270a, 0x270b), (0x2728, 0x2728), (0x274c, 0x274c),
    (0x274e, 0x274e), (0x2753, 0x2755), (0x2795, 0x2797), (0x27b0, 0x27b0), (0x27bf, 0x27bf),
    (0xe50a, 0xe50a),
];

/// Emoji that take a skin tone: Twemoji's, and from U+1F90C on those added since.
#[rustfmt::skip]
const WITH_SKIN_TONE: &[(u32, u32)] = &[
    (0x261d, 0x261d), (0x26f7, 0x26f7), (0x26f9, 0x26f9), (0x270a, 0x270d), (0x1f385, 0x1f385),
    (0x1f3c2, 0x1f3c4), (0x1f3c7, 0x1f3c7), (0x1f3ca, 0x1f3cc), (0x1f442, 0x1f443),
    (0x1f446, 0x1f450), (0x1f466, 0x1f469), (0x1f46b, 0x1f46e), (0x1f470, 0x1f478),
    (0x1f47c, 0x1f47c), (0x1f481, 0x1f483), (0x1f485, 0x1f487), (0x1f48f, 0x1f48f),
    (0x1f491, 0x1f491), (0x1f4aa, 0x1f4aa), (0x1f574, 0x1f575), (0x1f57a, 0x1f57a),
    (0x1f590, 0x1f590), (0x1f595, 0x1f596), (0x1f645, 0x1f647), (0x1f64b, 0x1f64f),
    (0x1f6a3, 0x1f6a3), (0x1f6b4, 0x1f6b6), (0x1f6c0, 0x1f6c0), (0x1f6cc, 0x1f6cc),
    (0x1f90c, 0x1f90c), (0x1f90f, 0x1f90f), (0x1f918, 0x1f91f), (0x1f926, 0x1f926),
    (0x1f930, 0x1f939), (0x1f93d, 0x1f93e), (0x1f977, 0x1f977), (0x1f9b5, 0x1f9b6),
    (0x1f9b8, 0x1f9b9), (0x1f9bb, 0x1f9bb), (0x1f9cd, 0x1f9cf), (0x1f9d1, 0x1f9dd),
    (0x1fac3, 0x1fac5), (0x1faf0, 0x1faf8),
];

/// Regions that have a flag (Unicode region codes).
#[rustfmt::skip]
const FLAGS: &str = "AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ \
BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CP CQ CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE \
EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC \
ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC \
MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG \
PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA \
TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_sequence_is_one_emoji() {
        for whole in [
            "👨‍👩‍👧‍👦",
            "🙋🏽",
            "👨‍🎤",
            "🏳️‍🌈",
            "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
            "🇳🇴",
            "1⃣",
            "#️⃣",
            "☺️",
            "©️",
            "🧑🏿‍💻",
            "❤️‍🔥",
        ] {
            assert_eq!(leading(whole), Some(whole.len()), "{whole}");
        }
    }

    #[test]
    fn signs_digits_and_letters_are_none() {
        for none in [
            "©",
            "®",
            "™",
            "1",
            "#a",
            "é",
            "日",
            "\u{200d}",
            "",
            "1\u{fe0f}",
        ] {
            assert_eq!(leading(none), None, "{none}");
        }
    }

    #[test]
    fn two_letters_that_are_no_flag_are_two_emoji() {
        assert_eq!(leading("🇦🇦"), Some(4));
        assert_eq!(leading("😀\u{fe0f}"), Some(4));
    }
}
