//! A post in the user's own editor: writes the file, waits for the editor, reads what came back.
//!
//! The terminal is given back before and taken again after, by `screen.rs`. Nothing is saved here: what came back goes to
//! `app/update/outside.rs`. A file that cannot be read as a post stays where it is.

use crate::app::outside::{Came, NotTaken, Outside, Returned};
use crate::domain::fault_words::in_words;
use crate::domain::{Channel, ChannelName, PlatformId};
use crate::exchange::markdown;
use crate::text::check_option;
use chrono_tz::Tz;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;
use tokio::task::JoinHandle;

/// A file that grew beyond this is no post.
const LARGEST: u64 = 4 << 20;
/// An editor that is asked to end has this long.
const TO_END: Duration = Duration::from_secs(2);

/// Where and with what a post is edited outside.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The folder of the files; made for the owner alone.
    pub folder: PathBuf,
    /// The editor, as a shell would read it: a program, perhaps with arguments.
    pub editor: String,
}

impl Desk {
    /// Returns the user's editor: `VISUAL`, else `EDITOR`, else `vi` or `nano`, whichever there is.
    pub fn editor_of(variable: impl Fn(&str) -> Option<String>) -> String {
        let named = variable("VISUAL").or_else(|| variable("EDITOR"));
        named.unwrap_or_else(|| {
            let folders = variable("PATH").unwrap_or_default();
            let is_there = |name: &&&str| {
                std::env::split_paths(&folders).any(|folder| folder.join(name).is_file())
            };
            let found = ["vi", "nano"].iter().find(is_there);
            found.map_or("vi", |name| *name).to_owned()
        })
    }
}

/// One post in the editor.
#[derive(Debug)]
pub struct Sitting {
    outside: Outside,
    editor: String,
    channels: Vec<Channel>,
    zone: Tz,
    file: Option<PathBuf>,
    /// What was written into the file; `None` where it went on with an earlier one.
    written: Option<String>,
    running: Option<(u32, JoinHandle<io::Result<ExitStatus>>)>,
    ended: Option<io::Result<ExitStatus>>,
}

impl Sitting {
    /// Writes the file and starts the editor on it. What goes wrong is told at the end.
    pub fn begin(desk: &Desk, outside: Outside, channels: Vec<Channel>, zone: Tz) -> Self {
        let mut sitting = Self {
            outside,
            editor: desk.editor.clone(),
            channels,
            zone,
            file: None,
            written: None,
            running: None,
            ended: None,
        };
        if let Err(error) = sitting.start(desk) {
            sitting.ended = Some(Err(error));
        }
        sitting
    }

    fn start(&mut self, desk: &Desk) -> io::Result<()> {
        let file = match self.outside.file.clone().filter(|file| file.is_file()) {
            Some(file) => file,
            None => {
                let text = markdown::write(&self.outside.content);
                let name = self
                    .outside
                    .post
                    .map_or("new-post".to_owned(), |id| format!("post-{id}"));
                let file = write_file(&desk.folder, &name, &text)?;
                self.written = Some(text);
                file
            }
        };
        self.file = Some(file.clone());
        // As git does: a shell reads the name, which may have arguments, and the file is an argument of its own.
        let mut child = Command::new("/bin/sh")
            .arg("-c")
            .arg(format!("{} \"$@\"", self.editor))
            .arg("sh")
            .arg(file)
            .spawn()?;
        let id = child.id();
        let waiting = tokio::task::spawn_blocking(move || child.wait());
        self.running = Some((id, waiting));
        Ok(())
    }

    /// Whether the editor has ended.
    pub fn is_over(&self) -> bool {
        self.ended.is_some()
    }

    /// Waits until the editor has ended; may be given up and called again.
    pub async fn wait(&mut self) {
        let Some((_, waiting)) = &mut self.running else {
            return;
        };
        let ended = waiting.await;
        self.running = None;
        self.ended = Some(ended.unwrap_or_else(|error| Err(io::Error::other(error))));
    }

    /// Asks the editor to end and gives it a moment; then its file counts as it is.
    pub async fn end(&mut self) {
        let id = self
            .running
            .as_ref()
            .and_then(|(id, _)| i32::try_from(*id).ok());
        if let Some(id) = id.and_then(Pid::from_raw) {
            // It may have ended just now.
            let _ = kill_process(id, Signal::TERM);
            if tokio::time::timeout(TO_END, self.wait()).await.is_err() {
                let still = io::Error::other("it did not end when it was asked to");
                self.ended = Some(Err(still));
            }
        }
    }

    /// Reads what came back.
    pub fn result(self) -> Returned {
        let result = self.read();
        Returned {
            outside: self.outside,
            result,
        }
    }

    fn read(&self) -> Result<Came, NotTaken> {
        let nothing = |why: String| NotTaken::Nothing(why);
        let Some(file) = &self.file else {
            let why = match &self.ended {
                Some(Err(error)) => in_words(error),
                _ => "no file".to_owned(),
            };
            return Err(nothing(format!(
                "The file for the editor cannot be written: {why}. e edits here"
            )));
        };
        let trouble = self.trouble();
        let bytes = match read_file(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(nothing(
                    "The file was deleted in the editor: nothing was changed".to_owned(),
                ));
            }
            Err(error) => {
                return Err(self.kept(file, self.outside.content.clone(), in_words(&error)));
            }
        };
        let is_as_written = self
            .written
            .as_ref()
            .is_some_and(|it| it.as_bytes() == bytes);
        if is_as_written {
            forget(file);
            return match trouble {
                Some(why) => Err(nothing(format!("{why}; nothing was changed"))),
                None => Ok(Came::Unchanged),
            };
        }
        let Ok(text) = String::from_utf8(bytes) else {
            let content = self.outside.content.clone();
            return Err(self.kept(file, content, "The file is not UTF-8 text".to_owned()));
        };
        let base = &self.outside.content;
        let names: Vec<ChannelName> = self.channels.iter().map(|it| it.name.clone()).collect();
        let check = |name: &ChannelName, option: &str, value: &str| {
            let channel = self.channels.iter().find(|it| it.name == *name);
            let rules = channel.map_or_else(PlatformId::default, Channel::rules);
            check_option(rules, option, value).map_err(|error| error.to_string())
        };
        let content = match markdown::read(&text, base, &names, self.zone, &check) {
            Ok(content) => content,
            Err(error) => {
                let why = format!("The file cannot be read as a post, {error}");
                return Err(self.kept(file, markdown::rescue(&text, base), why));
            }
        };
        if let Some(why) = trouble {
            return Err(self.kept(file, content, why));
        }
        if content == *base {
            forget(file);
            return Ok(Came::Unchanged);
        }
        Ok(Came::Changed(Box::new(content), file.clone()))
    }

    fn kept(&self, file: &Path, draft: crate::domain::Content, why: String) -> NotTaken {
        NotTaken::Kept {
            draft: Box::new(draft),
            file: file.to_owned(),
            why,
        }
    }

    /// Says what was wrong with the editor itself.
    fn trouble(&self) -> Option<String> {
        let editor = &self.editor;
        match &self.ended {
            Some(Ok(status)) if status.success() => None,
            // The shell's own answer when it finds no such program, or may not run it.
            Some(Ok(status)) if matches!(status.code(), Some(126 | 127)) => Some(format!(
                "The editor `{editor}` could not be started: set VISUAL or EDITOR to one that is there"
            )),
            Some(Ok(status)) => Some(format!("The editor `{editor}` failed ({status})")),
            Some(Err(error)) => Some(format!("The editor `{editor}` failed: {}", in_words(error))),
            None => None,
        }
    }
}

fn forget(file: &Path) {
    if let Err(error) = std::fs::remove_file(file) {
        tracing::warn!(%error, "the file of an outer editor cannot be removed");
    }
}

/// Writes a new file that its owner alone can read; never over one that is there.
fn write_file(folder: &Path, name: &str, text: &str) -> io::Result<PathBuf> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    for number in 1..=1000 {
        let name = match number {
            1 => format!("{name}.md"),
            more => format!("{name}-{more}.md"),
        };
        let path = folder.join(name);
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path);
        match opened {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!(
        "{} is full of files left behind",
        folder.display()
    )))
}

fn read_file(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return Err(io::Error::other("The file is larger than 4 MB"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Content, Variant};
    use std::os::unix::fs::PermissionsExt;
    use tempfile::TempDir;

    fn content() -> Content {
        Content {
            title: "Release".to_owned(),
            text: "It is out.".to_owned(),
            variants: vec![Variant::inherits("fosstodon")],
            ..Content::default()
        }
    }

    /// Edits a post with a shell script that is given the file as `$1`.
    async fn edit(folder: &TempDir, script: &str, file: Option<PathBuf>) -> Result<Came, NotTaken> {
        let editor = folder.path().join("editor.sh");
        std::fs::write(&editor, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o700)).unwrap();
        edit_with(folder, &editor.display().to_string(), file).await
    }

    async fn edit_with(
        folder: &TempDir,
        editor: &str,
        file: Option<PathBuf>,
    ) -> Result<Came, NotTaken> {
        let desk = Desk {
            folder: folder.path().join("editing"),
            editor: editor.to_owned(),
        };
        let outside = Outside {
            post: Some(crate::domain::PostId(5)),
            base_revision: 1,
            content: content(),
            file,
        };
        let channels = vec![Channel::new("fosstodon", PlatformId::Mastodon)];
        let mut sitting = Sitting::begin(&desk, outside, channels, chrono_tz::UTC);
        while !sitting.is_over() {
            sitting.wait().await;
        }
        sitting.result().result
    }

    fn files(folder: &TempDir) -> usize {
        std::fs::read_dir(folder.path().join("editing")).map_or(0, Iterator::count)
    }

    #[tokio::test]
    async fn what_was_edited_comes_back_and_the_file_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let script = "test \"$(stat -c %a \"$1\")\" = 600 && sed -i 's/is out/was out/' \"$1\"";
        let came = edit(&folder, script, None).await.unwrap();
        let Came::Changed(edited, file) = came else {
            panic!("{came:?}")
        };
        assert_eq!(edited.text, "It was out.");
        assert!(file.ends_with("post-5.md") && file.exists());
    }

    #[tokio::test]
    async fn a_file_that_was_not_changed_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(edit(&folder, "true", None).await, Ok(Came::Unchanged));
        // The name may have arguments.
        assert_eq!(
            edit_with(&folder, "test -f", None).await,
            Ok(Came::Unchanged)
        );
        assert_eq!(files(&folder), 0);
    }

    #[tokio::test]
    async fn an_editor_that_is_not_there_is_named_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let Err(NotTaken::Nothing(why)) = edit_with(&folder, "no-such-editor", None).await else {
            panic!("taken")
        };
        assert!(
            why.contains("no-such-editor") && why.contains("EDITOR"),
            "{why}"
        );
        assert_eq!(files(&folder), 0);
    }

    #[tokio::test]
    async fn a_deleted_file_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let Err(NotTaken::Nothing(why)) = edit(&folder, "rm \"$1\"", None).await else {
            panic!("taken")
        };
        assert!(why.contains("deleted"), "{why}");
    }

    #[tokio::test]
    async fn an_editor_that_fails_after_writing_leaves_file_and_draft() {
        let folder = tempfile::tempdir().unwrap();
        let failed = edit(&folder, "echo more >> \"$1\"; exit 3", None).await;
        let Err(NotTaken::Kept { draft, file, why }) = failed else {
            panic!("{failed:?}")
        };
        assert_eq!(draft.text, "It is out.\nmore");
        assert!(file.exists() && why.contains("3"), "{why}");
    }

    #[tokio::test]
    async fn broken_front_matter_leaves_file_and_text_and_the_file_is_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let script = "sed -i -e 's/^kind.*/kind = \"forever\"/' -e 's/is out/was out/' \"$1\"";
        let broken = edit(&folder, script, None).await;
        let Err(NotTaken::Kept { draft, file, why }) = broken else {
            panic!("{broken:?}")
        };
        assert_eq!(draft.text, "It was out.");
        assert!(why.contains("line 6") && why.contains("forever"), "{why}");
        let mend = "sed -i 's/forever/evergreen/' \"$1\"";
        let mended = edit(&folder, mend, Some(file.clone())).await;
        let Ok(Came::Changed(edited, same)) = mended else {
            panic!("{mended:?}")
        };
        assert_eq!((edited.text.as_str(), same), ("It was out.", file));
        assert_eq!(files(&folder), 1);
    }

    #[tokio::test]
    async fn a_file_that_is_no_text_or_too_large_is_left_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for (script, says) in [
            ("printf '\\377\\376' > \"$1\"", "UTF-8"),
            ("truncate -s 5M \"$1\"", "larger than"),
        ] {
            let Err(NotTaken::Kept { file, why, .. }) = edit(&folder, script, None).await else {
                panic!("taken")
            };
            assert!(why.contains(says) && file.exists(), "{why}");
        }
    }

    #[test]
    fn visual_comes_before_editor_and_vi_or_nano_stand_in() {
        let of = |visual: Option<&str>, editor: Option<&str>| {
            Desk::editor_of(|name| {
                match name {
                    "VISUAL" => visual,
                    "EDITOR" => editor,
                    _ => None,
                }
                .map(str::to_owned)
            })
        };
        assert_eq!(of(Some("code --wait"), Some("vim")), "code --wait");
        assert_eq!(of(None, Some("vim")), "vim");
        assert_eq!(of(None, None), "vi");
    }
}
