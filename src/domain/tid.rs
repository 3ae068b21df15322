//! Timestamp identifiers: the record keys of Bluesky.
//!
//! Pure: the time and the clock's number are arguments. Source: atproto specification, "TID" (2026): 64 bits,
//! the top one 0, 53 of microseconds since 1970, 10 of a clock number; 13 characters, most significant first.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 13;

/// A timestamp identifier. Later ones sort after earlier ones, as numbers and as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tid(u64);

/// The text is no timestamp identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no record key: it has 13 characters of 2-7 and a-z, the first of 2-7 or a-j")]
pub struct TidError(pub String);

impl Tid {
    /// Builds an identifier from microseconds since 1970 (its low 53 bits) and a clock number (its low 10).
    pub fn from_parts(unix_micros: u64, clock_id: u16) -> Self {
        Self((unix_micros & ((1 << 53) - 1)) << 10 | u64::from(clock_id & 0x3ff))
    }

    /// Returns the microseconds since 1970.
    pub fn unix_micros(self) -> u64 {
        self.0 >> 10
    }

    /// Returns the clock number.
    pub fn clock_id(self) -> u16 {
        (self.0 & 0x3ff) as u16
    }
}

impl fmt::Display for Tid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = (0..LENGTH)
            .rev()
            .map(|place| char::from(ALPHABET[(self.0 >> (5 * place)) as usize & 31]))
            .collect();
        f.pad(&text)
    }
}

impl FromStr for Tid {
    type Err = TidError;

    fn from_str(text: &str) -> Result<Self, TidError> {
        let refused = || TidError(text.to_owned());
        let mut bits = 0_u64;
        for (place, byte) in text.bytes().enumerate() {
            let digit = ALPHABET
                .iter()
                .position(|&known| known == byte)
                .ok_or_else(refused)? as u64;
            // 13 characters hold 65 bits: the first must leave the highest two unset.
            if place >= LENGTH || (place == 0 && digit > 15) {
                return Err(refused());
            }
            bits = bits << 5 | digit;
        }
        if text.len() == LENGTH {
            Ok(Self(bits))
        } else {
            Err(refused())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_survive_the_way_through_text() {
        let tid = Tid::from_parts(1_735_689_600_123_456, 42);
        assert_eq!(tid.to_string(), "3lenax2wkm23e");
        assert_eq!("3lenax2wkm23e".parse(), Ok(tid));
        assert_eq!(
            (tid.unix_micros(), tid.clock_id()),
            (1_735_689_600_123_456, 42)
        );
    }

    #[test]
    fn later_ones_sort_after_earlier_ones() {
        let texts =
            [1_u64, 2, 31, 32, 1 << 40].map(|micros| Tid::from_parts(micros, 7).to_string());
        assert!(texts.is_sorted());
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "222",
            "3jzfcijpj2z2aa",
            "3jzfcijpj2z21",
            "3JZFCIJPJ2Z2A",
            "zzzzzzzzzzzzz",
            "kzzzzzzzzzzzz",
        ] {
            assert!(text.parse::<Tid>().is_err(), "{text}");
        }
    }
}
