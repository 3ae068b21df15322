//! The log: a file in the data folder, never the terminal.
//!
//! Readable by its owner alone, and put aside whenever it has grown to a megabyte, also by several processes that
//! write to it at once. No secret and no text of a post is logged.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{DefaultFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, SubscriberBuilder};
use tracing_subscriber::registry::LookupSpan;

/// The most that is written of one value, in characters.
const LONGEST_VALUE: usize = 500;

/// A log that would grow beyond this, in bytes, is put aside first; two earlier ones are kept.
const MOST_BYTES: u64 = 1_000_000;

/// Starts logging to a file. A second call in the same process changes nothing.
///
/// # Errors
/// When the file cannot be opened for writing.
pub fn start(path: &Path) -> io::Result<()> {
    let log = Log::open(path, MOST_BYTES)?;
    let _ = to(log).try_init();
    Ok(())
}

/// Builds what writes events to somewhere, each as one line.
fn to<W: Write + Send + 'static>(
    writer: W,
) -> SubscriberBuilder<DefaultFields, Line, LevelFilter, Mutex<W>> {
    tracing_subscriber::fmt()
        .with_writer(Mutex::new(writer))
        .with_ansi(false)
        // A disk that takes no line would otherwise be told on stderr, which is the screen.
        .log_internal_errors(false)
        .with_max_level(tracing::Level::INFO)
        .event_format(Line)
}

/// One event as one line: `time=… level=… target=… event="…" key=value …`.
///
/// Values with anything but plain characters are quoted, and nothing in them ends the line or steers a terminal.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let about = event.metadata();
        writer.write_str("time=")?;
        SystemTime.format_time(&mut writer)?;
        write!(writer, " level={} target={}", about.level(), about.target())?;
        let mut fields = Fields::default();
        event.record(&mut fields);
        write!(writer, "{}{}", fields.event, fields.others)?;
        writer.write_char('\n')
    }
}

/// What an event says, its message first.
#[derive(Default)]
struct Fields {
    event: String,
    others: String,
}

impl Fields {
    fn keep(&mut self, name: &str, value: &str) {
        let (name, into) = match name {
            "message" => ("event", &mut self.event),
            other => (other, &mut self.others),
        };
        let short = match value.char_indices().nth(LONGEST_VALUE) {
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value.to_owned(),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/+@".contains(c);
        into.push_str(&if !short.is_empty() && short.chars().all(plain) {
            format!(" {name}={short}")
        } else {
            // Escapes line ends, quotes, control characters and overrides.
            format!(" {name}={short:?}")
        });
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.keep(field.name(), &format!("{value:?}"));
    }
}

/// A log file that is put aside when it is full.
struct Log {
    path: PathBuf,
    file: File,
    most: u64,
}

impl Log {
    fn open(path: &Path, most: u64) -> io::Result<Self> {
        let mut log = Self {
            path: path.to_owned(),
            file: open(path)?,
            most,
        };
        log.make_room(0)?;
        Ok(log)
    }

    /// Whether the name still leads to the file that is being written.
    fn is_current(&self) -> io::Result<bool> {
        let own = self.file.metadata()?;
        Ok(fs::metadata(&self.path)
            .is_ok_and(|found| (found.dev(), found.ino()) == (own.dev(), own.ino())))
    }

    fn make_room(&mut self, more: u64) -> io::Result<()> {
        if self.is_current()? {
            if self.file.metadata()?.len() + more < self.most {
                return Ok(());
            }
            // Whoever gets the lock second finds the file put aside already.
            self.file.lock()?;
            if self.is_current()? {
                let (last, before) = (aside(&self.path, 1), aside(&self.path, 2));
                if last.exists() {
                    fs::rename(&last, before)?;
                }
                fs::rename(&self.path, last)?;
            }
        }
        self.file = open(&self.path)?;
        Ok(())
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // A line in a file that is too long is better than none.
        let _ = self.make_room(u64::try_from(line.len()).unwrap_or(u64::MAX / 2));
        self.file.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn aside(path: &Path, number: u8) -> PathBuf {
    path.with_extension(format!("log.{number}"))
}

fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    // An earlier version, or a copy, may have left it open to others.
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somewhere that can be read while it is written.
    #[derive(Clone, Default)]
    struct Heard(std::sync::Arc<Mutex<Vec<u8>>>);

    impl Write for Heard {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("heard").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(say: impl FnOnce()) -> String {
        let heard = Heard::default();
        tracing::subscriber::with_default(to(heard.clone()).finish(), say);
        String::from_utf8(heard.0.lock().expect("heard").clone()).expect("text")
    }

    #[test]
    fn an_event_is_one_line_of_keys_and_values_with_its_time_in_utc() {
        let state = "published";
        let line = logged(|| {
            tracing::info!(target: "a::b", post = 7, channel = %"far", state, "delivery done");
        });
        let (time, rest) = line.split_once(' ').expect("a time first");
        let time = time.strip_prefix("time=").expect("named");
        let at = chrono::DateTime::parse_from_rfc3339(time).expect("RFC 3339");
        assert_eq!(
            (at.offset().local_minus_utc(), time.ends_with('Z')),
            (0, true)
        );
        assert_eq!(
            rest,
            "level=INFO target=a::b event=\"delivery done\" post=7 channel=far state=published\n"
        );
    }

    #[test]
    fn nothing_in_a_value_ends_the_line_steers_a_terminal_or_fills_the_disk() {
        let text = format!(
            "a\nlevel=ERROR \u{1b}[2J\u{9b}\u{7f}\u{202e}\"{}",
            "x".repeat(9000)
        );
        let line = logged(|| {
            tracing::warn!(error = %text, other = ?text, text = text.as_str(), "{}", text);
        });
        assert_eq!(line.matches('\n').count(), 1);
        let steers = |c: char| c.is_control() || c == '\u{202e}';
        assert!(!line.trim_end().contains(steers), "{line:?}");
        assert!(line.len() < 4000, "{line}");
        assert_eq!(logged(|| tracing::debug!("not of interest")), "");
    }

    fn mode(path: &Path) -> u32 {
        let found = fs::metadata(path).expect("a file");
        found.permissions().mode() & 0o777
    }

    #[test]
    fn a_big_log_is_put_aside_and_the_new_one_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.log");
        fs::write(&path, vec![b'x'; 1_000_001]).expect("writable");
        start(&path).expect("it starts");
        assert_eq!(mode(&path), 0o600);
        let aside = fs::metadata(path.with_extension("log.1")).expect("the old one");
        assert_eq!(aside.len(), 1_000_001);
    }

    #[test]
    fn a_running_log_is_put_aside_when_full_and_two_old_ones_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.log");
        let mut log = Log::open(&path, 100).expect("opens");
        for number in 0..40 {
            writeln!(log, "line {number:02} ............").expect("written");
        }
        let mut names: Vec<String> = fs::read_dir(folder.path())
            .expect("lists")
            .map(|entry| entry.expect("an entry").file_name().into_string())
            .map(|name| name.expect("a name"))
            .collect();
        names.sort();
        assert_eq!(names, ["masthead.log", "masthead.log.1", "masthead.log.2"]);
        for name in &names {
            let path = folder.path().join(name);
            assert_eq!(mode(&path), 0o600);
            assert!(fs::metadata(&path).expect("a file").len() <= 100);
        }
        let newest = fs::read_to_string(&path).expect("reads");
        assert!(newest.ends_with("line 39 ............\n"), "{newest}");
    }

    #[test]
    fn a_log_that_another_process_put_aside_is_opened_anew_and_no_line_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("masthead.log");
        let mut one = Log::open(&path, 60).expect("opens");
        let mut other = Log::open(&path, 60).expect("opens");
        writeln!(one, "one one one one one one one one").expect("written");
        writeln!(one, "two two two two two two two two").expect("written");
        writeln!(other, "three").expect("written");
        assert_eq!(
            fs::read_to_string(&path).expect("reads"),
            "two two two two two two two two\nthree\n"
        );
    }
}
