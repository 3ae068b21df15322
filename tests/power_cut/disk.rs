//! What a disk may hold after a power cut: what was synced, and of everything later any part.
//!
//! Stricter than any file system in use: a name is safe only when its folder was synced, a write is lost or torn sector
//! by sector without regard to the others, and what was never written may read as anything.

use crate::trace::{Step, Traced};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The unit in which a disk writes.
const SECTOR: usize = 512;

/// Files, and folders as `None`.
pub type Image = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// Numbers that look random, the same for the same seed.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// What of all that was not synced is on the disk.
pub enum Luck {
    /// Everything.
    All,
    /// Nothing.
    Nothing,
    /// Every name, and nothing of what the files hold.
    NamesOnly,
    /// What the files hold, and no name.
    BytesOnly,
    /// What was done up to this line of the log, all of it.
    Until(usize),
    /// Each change by itself, whole, not at all, or some of its sectors.
    Any(Dice),
}

#[derive(Clone, Debug)]
enum Change {
    Wrote(usize, Vec<u8>),
    Cut(usize),
}

#[derive(Clone, Debug, Default)]
struct File {
    is_folder: bool,
    safe: Vec<u8>,
    /// With the lines at which each began and ended.
    pending: Vec<(usize, usize, Change)>,
}

#[derive(Clone, Debug, Default)]
struct Name {
    safe: Option<usize>,
    /// With the line at which each was done.
    pending: Vec<(usize, Option<usize>)>,
}

/// A disk that watches what is done to one folder.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
    files: Vec<File>,
    names: BTreeMap<PathBuf, Name>,
}

/// Whether a file holds anything that matters: the shared memory of SQLite is rebuilt, lock and log say nothing.
fn matters(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let other = ["-shm", ".lock", ".log"]
        .iter()
        .any(|end| name.ends_with(end));
    !other && !path.components().any(|part| part.as_os_str() == "backups")
}

impl Disk {
    /// Reads what is there now, all of it safe, but for the names in `unsafe_names`.
    pub fn read(root: &Path, unsafe_names: &[PathBuf]) -> Self {
        let mut disk = Self {
            root: root.to_owned(),
            files: Vec::new(),
            names: BTreeMap::new(),
        };
        for (path, bytes) in read(root) {
            let number = disk.add(File {
                is_folder: bytes.is_none(),
                safe: bytes.unwrap_or_default(),
                pending: Vec::new(),
            });
            let name = disk.names.entry(path.clone()).or_default();
            if unsafe_names.contains(&path) {
                name.pending.push((0, Some(number)));
            } else {
                name.safe = Some(number);
            }
        }
        disk
    }

    /// Returns the files that have a name now.
    pub fn paths(&self) -> Vec<PathBuf> {
        let named = |path: &&PathBuf| self.present(path).is_some();
        self.names.keys().filter(named).cloned().collect()
    }

    /// Returns the lines at which something was done that is not safe yet, in order.
    pub fn pending(&self) -> Vec<usize> {
        let written = self.files.iter().flat_map(|file| &file.pending);
        let named = self.names.values().flat_map(|name| &name.pending);
        let mut lines: Vec<usize> = written
            .map(|(line, _, _)| *line)
            .chain(named.map(|(line, _)| *line))
            .collect();
        lines.sort_unstable();
        lines
    }

    /// Takes notice of a step; returns whether it changed anything here.
    pub fn see(&mut self, (line, step): &Traced) -> bool {
        let concerns = self.concerns(step);
        match step {
            Step::Wrote {
                file,
                at,
                bytes,
                ended,
            } => {
                self.change(file, *line, *ended, Change::Wrote(*at, bytes.clone()));
            }
            Step::Cut {
                file,
                length,
                ended,
            } => {
                self.change(file, *line, *ended, Change::Cut(*length));
            }
            Step::MadeFile(path) => self.make(path, *line, false),
            Step::MadeFolder(path) => self.make(path, *line, true),
            Step::Linked { from, to } => {
                let file = self.present(from);
                self.name(to, *line, file);
            }
            Step::Renamed { from, to } => {
                let file = self.present(from);
                self.name(to, *line, file);
                self.name(from, *line, None);
            }
            Step::Removed(path) => self.name(path, *line, None),
            Step::Synced { path, began } => self.sync(path, *began),
            Step::Left(_) | Step::Answered(_) => {}
        }
        concerns
    }

    fn concerns(&self, step: &Step) -> bool {
        let path = match step {
            Step::Wrote { file: path, .. }
            | Step::Cut { file: path, .. }
            | Step::Linked { to: path, .. }
            | Step::Renamed { to: path, .. }
            | Step::MadeFile(path)
            | Step::MadeFolder(path)
            | Step::Removed(path)
            | Step::Synced { path, .. } => path,
            Step::Left(_) | Step::Answered(_) => return false,
        };
        path.starts_with(&self.root) && matters(path)
    }

    /// Returns what the disk holds after a cut at this moment.
    pub fn after_a_cut(&self, mut luck: Luck) -> Image {
        let mut there: BTreeMap<&PathBuf, usize> = BTreeMap::new();
        for (path, name) in &self.names {
            let last = name.pending.last().map_or(name.safe, |(_, file)| *file);
            let file = match &mut luck {
                Luck::All | Luck::NamesOnly => last,
                Luck::Nothing | Luck::BytesOnly => name.safe,
                Luck::Until(line) => {
                    let done = name.pending.iter().rfind(|(at, _)| at <= line);
                    done.map_or(name.safe, |(_, file)| *file)
                }
                Luck::Any(dice) => match dice.roll(name.pending.len() as u64 + 1) as usize {
                    0 => name.safe,
                    chosen => name.pending[chosen - 1].1,
                },
            };
            // A file in a folder that is not there is not there either.
            let folder = path.parent().unwrap();
            let reached = folder == self.root || there.contains_key(&folder.to_owned());
            if let Some(file) = file.filter(|_| reached) {
                there.insert(path, file);
            }
        }
        there
            .into_iter()
            .map(|(path, number)| {
                let file = &self.files[number];
                let bytes = (!file.is_folder).then(|| file.after_a_cut(&mut luck));
                (path.clone(), bytes)
            })
            .collect()
    }

    fn add(&mut self, file: File) -> usize {
        self.files.push(file);
        self.files.len() - 1
    }

    /// Returns what a name leads to for the running program.
    fn present(&self, path: &Path) -> Option<usize> {
        let name = self.names.get(path)?;
        name.pending.last().map_or(name.safe, |(_, file)| *file)
    }

    fn make(&mut self, path: &Path, line: usize, is_folder: bool) {
        let file = File {
            is_folder,
            ..File::default()
        };
        if path.starts_with(&self.root) && path != self.root && matters(path) {
            let number = self.add(file);
            self.name(path, line, Some(number));
        }
    }

    fn name(&mut self, path: &Path, line: usize, file: Option<usize>) {
        if path.starts_with(&self.root) && matters(path) {
            let name = self.names.entry(path.to_owned()).or_default();
            name.pending.push((line, file));
        }
    }

    fn change(&mut self, path: &Path, began: usize, ended: usize, change: Change) {
        if let Some(number) = self.present(path) {
            self.files[number].pending.push((began, ended, change));
        }
    }

    fn sync(&mut self, path: &Path, began: usize) {
        let folder = path == self.root
            || self
                .present(path)
                .is_some_and(|it| self.files[it].is_folder);
        if folder {
            for (inside, name) in &mut self.names {
                if inside.parent() == Some(path) {
                    let done = name.pending.partition_point(|(line, _)| *line < began);
                    if let Some((_, last)) = name.pending.drain(..done).next_back() {
                        name.safe = last;
                    }
                }
            }
        } else if let Some(number) = self.present(path) {
            let file = &mut self.files[number];
            let (done, later) = std::mem::take(&mut file.pending)
                .into_iter()
                .partition(|(_, ended, _)| *ended < began);
            file.pending = later;
            let done: Vec<(usize, usize, Change)> = done;
            for (_, _, change) in done {
                apply(&mut file.safe, &change);
            }
        }
    }
}

impl File {
    fn after_a_cut(&self, luck: &mut Luck) -> Vec<u8> {
        let mut bytes = self.safe.clone();
        for (line, _, change) in &self.pending {
            match luck {
                Luck::All | Luck::BytesOnly => apply(&mut bytes, change),
                Luck::Nothing | Luck::NamesOnly => {}
                Luck::Until(last) if line <= last => apply(&mut bytes, change),
                Luck::Until(_) => {}
                Luck::Any(dice) => match (dice.roll(4), change) {
                    (0, _) => {}
                    (1, Change::Wrote(at, written)) => tear(&mut bytes, *at, written, dice),
                    _ => apply(&mut bytes, change),
                },
            }
        }
        bytes
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Cut(length) => bytes.resize(*length, 0),
        Change::Wrote(at, written) => {
            let end = at + written.len();
            bytes.resize(bytes.len().max(end), 0);
            bytes[*at..end].copy_from_slice(written);
        }
    }
}

/// Writes some sectors of a write; where the file was shorter, the others hold anything.
fn tear(bytes: &mut Vec<u8>, at: usize, written: &[u8], dice: &mut Dice) {
    let (old, end) = (bytes.len(), at + written.len());
    bytes.resize(old.max(end), 0);
    for place in at..end {
        let starts = place == at || place % SECTOR == 0;
        let fate = if starts { dice.roll(3) } else { u64::MAX };
        match fate {
            0 => {
                let stop = end.min((place / SECTOR + 1) * SECTOR);
                bytes[place..stop].copy_from_slice(&written[place - at..stop - at]);
            }
            1 if place >= old => {
                let stop = end.min((place / SECTOR + 1) * SECTOR);
                bytes[place..stop].fill_with(|| dice.roll(256) as u8);
            }
            _ => {}
        }
    }
}

/// Reads a folder and all below it.
pub fn read(root: &Path) -> Image {
    let mut image = Image::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if !matters(&path) {
            continue;
        }
        if path.is_dir() {
            image.insert(path.clone(), None);
            image.extend(read(&path));
        } else {
            image.insert(path.clone(), Some(std::fs::read(&path).unwrap()));
        }
    }
    image
}

/// Makes a folder hold an image and nothing else.
pub fn restore(root: &Path, image: &Image) {
    let _ = std::fs::remove_dir_all(root);
    std::fs::create_dir(root).unwrap();
    for (path, bytes) in image {
        match bytes {
            None => std::fs::create_dir(path).unwrap(),
            Some(bytes) => std::fs::write(path, bytes).unwrap(),
        }
    }
}
