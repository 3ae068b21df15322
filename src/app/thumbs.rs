//! Pictures in miniature beside their words: which of them the screen shows, and which are to be read.
//!
//! Pure. They are read by an effect, off the drawing thread, one at a time; what is drawn is `ui`'s.

use super::details::Field;
use super::{App, Sheet};
use crate::domain::PartMedia;
use crate::domain::pixels::{CellSize, Pixels, Protocol, Wanted, Way};
use crate::domain::thumb::{Showing, Thumb};
use std::collections::VecDeque;

/// Most miniatures that are kept; each takes about a kilobyte, and where the terminal shows pictures some twenty more.
const MOST: usize = 32;

/// The miniatures that were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thumbs {
    /// How they are shown.
    pub showing: Showing,
    /// How the terminal is given the pictures themselves, where it takes them.
    pub way: Option<Way>,
    cell: Option<CellSize>,
    kept: VecDeque<(String, Option<Thumb>)>,
    asked: Option<String>,
}

impl Thumbs {
    /// Returns a picture in miniature, by its hash; `None` where it was not read, or cannot be.
    pub fn of(&self, hash: &str) -> Option<&Thumb> {
        let kept = self.kept.iter().find(|(name, _)| name == hash);
        kept.and_then(|(_, thumb)| thumb.as_ref())
    }

    /// Returns the pixels of a picture that the terminal can show itself, by its hash, and the hash as it is kept.
    pub fn pixels(&self, hash: &str) -> Option<(&str, &Pixels)> {
        let (name, thumb) = self.kept.iter().find(|(name, _)| name == hash)?;
        Some((name, thumb.as_ref()?.pixels.as_ref()?))
    }

    /// Takes in how large a cell of the terminal is; pictures that were made for others are made anew.
    pub fn measured(&mut self, cell: Option<CellSize>) {
        if self.cell != cell {
            self.cell = cell;
            self.kept.clear();
            self.asked = None;
        }
    }

    /// Returns what is wanted of a picture. Sixels cannot be scaled by the terminal: in cells of unknown size they might cover
    /// what stands beside them.
    fn wanted(&self) -> Wanted {
        let fits = |it: &Way| it.protocol != Protocol::Sixel || self.cell.is_some();
        Wanted {
            cell: self.cell.unwrap_or_default(),
            way: self.way.filter(fits),
        }
    }

    /// Keeps what was read; a picture that could not be is not asked for again.
    pub fn keep(&mut self, hash: String, thumb: Option<Thumb>) {
        self.asked = None;
        self.kept.retain(|(name, _)| *name != hash);
        if self.kept.len() == MOST {
            self.kept.pop_front();
        }
        self.kept.push_back((hash, thumb));
    }

    fn is_kept(&self, hash: &str) -> bool {
        self.kept.iter().any(|(name, _)| name == hash)
    }
}

impl App {
    /// Returns the next picture that is shown and not read yet, and what is wanted of it; remembers that it is asked for.
    pub fn next_thumb(&mut self) -> Option<(String, Wanted)> {
        if self.thumbs.showing == Showing::Words || self.thumbs.asked.is_some() {
            return None;
        }
        let mut shown = self.shown_pictures().into_iter();
        let hash = shown.find(|hash| !self.thumbs.is_kept(hash))?;
        self.thumbs.asked = Some(hash.clone());
        Some((hash, self.thumbs.wanted()))
    }

    /// Returns the pictures that are on the screen, by their hashes.
    fn shown_pictures(&self) -> Vec<String> {
        if let Some(Sheet::Preview(sheet)) = &self.sheet {
            let all = sheet.shown(self);
            let at = sheet.channel.min(all.len().saturating_sub(1));
            let media = all.get(at).and_then(|(_, it)| it.parts.first());
            let media = media.map_or(&[][..], |part| &part.media[..]);
            return media
                .iter()
                .filter(|it| it.is_picture())
                .map(hash)
                .collect();
        }
        let Some(form) = self.details.as_ref().filter(|_| self.sheet.is_none()) else {
            return Vec::new();
        };
        let content = self.editor.as_ref().map(|editor| &editor.content);
        match (form.field(), content) {
            (Field::Alt(index), Some(content)) => {
                let picture = content.attachments.get(*index);
                let picture = picture.filter(|it| it.is_picture());
                picture.map(|it| it.hash.clone()).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

fn hash(media: &PartMedia) -> String {
    media.hash.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixels_wait_for_the_size_of_a_cell_and_other_pictures_take_the_usual_one() {
        let by = |protocol| {
            Some(Way {
                protocol,
                most_bytes: 9_000,
            })
        };
        let mut thumbs = Thumbs {
            way: by(Protocol::Sixel),
            ..Thumbs::default()
        };
        assert_eq!(thumbs.wanted(), Wanted::default());
        thumbs.keep("beef".to_owned(), Some(Thumb::default()));
        let cell = CellSize {
            width: 9,
            height: 18,
        };
        thumbs.measured(Some(cell));
        assert_eq!(thumbs.of("beef"), None, "made for cells of another size");
        let way = by(Protocol::Sixel);
        assert_eq!(thumbs.wanted(), Wanted { cell, way });
        thumbs.way = by(Protocol::Kitty);
        thumbs.measured(None);
        let cell = CellSize::default();
        let way = by(Protocol::Kitty);
        assert_eq!(thumbs.wanted(), Wanted { cell, way });
    }
}
