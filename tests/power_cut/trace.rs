//! Runs the real program under `strace` and reads from the log, in order, what it did to its files and what it sent.
//!
//! A write counts from its beginning, a sync from its end: `strace` holds every call until it has written it down.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

const CALLS: &str = "trace=openat,pwrite64,write,writev,ftruncate,fdatasync,fsync,?unlink,unlinkat,?rename,renameat,\
    renameat2,?link,linkat,?mkdir,mkdirat,sendto,sendmsg,recvfrom";

/// What happened.
#[derive(Clone, Debug)]
pub enum Step {
    /// A file has other bytes here; `ended` is when the call returned.
    Wrote {
        file: PathBuf,
        at: usize,
        bytes: Vec<u8>,
        ended: usize,
    },
    /// A file has another length.
    Cut {
        file: PathBuf,
        length: usize,
        ended: usize,
    },
    /// A name appeared for a new file.
    MadeFile(PathBuf),
    /// A name appeared for a new folder.
    MadeFolder(PathBuf),
    /// A file has another name too.
    Linked { from: PathBuf, to: PathBuf },
    /// A file has another name instead.
    Renamed { from: PathBuf, to: PathBuf },
    /// A name is gone.
    Removed(PathBuf),
    /// What a file or folder was before `began` is on the disk.
    Synced { path: PathBuf, began: usize },
    /// The first byte of a create request with this idempotency key left.
    Left(String),
    /// The answer to it came, or the connection ended.
    Answered(String),
}

/// One line of the log: the number of the process, the call, and where it began.
struct Call {
    began: usize,
    ended: usize,
    name: String,
    arguments: String,
    returned: i64,
}

/// Whether programs can be traced here.
pub fn can_trace() -> bool {
    let tried = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "true"])
        .output();
    tried.is_ok_and(|tried| tried.status.success())
}

/// A step with the line of the log at which it counts.
pub type Traced = (usize, Step);

/// Runs a program to its end; `log` is where strace writes, `there` are the files that are there before.
pub fn run(program: &Command, log: &Path, there: &[PathBuf]) -> Vec<Traced> {
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-y", "-xx", "-s", "1000000", "-e", CALLS, "-o"])
        .arg(log)
        .arg("--")
        .arg(program.get_program())
        .args(program.get_args());
    strace.env_clear();
    for (name, value) in program.get_envs() {
        strace.env(name, value.unwrap());
    }
    let run = strace.output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    // 3: something is unknown, as some of the posts here are meant to be.
    assert!(matches!(run.status.code(), Some(0 | 3)), "{said}");
    steps(&std::fs::read_to_string(log).unwrap(), there)
}

fn steps(log: &str, there: &[PathBuf]) -> Vec<Traced> {
    let mut reader = Reader {
        known: there.iter().cloned().collect(),
        ..Reader::default()
    };
    let mut steps: Vec<Traced> = Vec::new();
    for call in calls(log) {
        if call.returned >= 0 || call.name == "recvfrom" {
            steps.extend(reader.read(&call));
        }
    }
    steps.sort_by_key(|(line, _)| *line);
    steps
}

fn calls(log: &str) -> Vec<Call> {
    let mut begun: HashMap<&str, (usize, String)> = HashMap::new();
    let mut calls = Vec::new();
    for (number, line) in log.lines().enumerate() {
        let Some((process, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        let (began, whole) = if let Some(resumed) = rest.strip_prefix("<... ") {
            let Some((began, head)) = begun.remove(process) else {
                continue;
            };
            let tail = resumed.split_once("resumed>").unwrap().1;
            (began, head + tail)
        } else if let Some(head) = rest.strip_suffix("<unfinished ...>") {
            begun.insert(process, (number, head.to_owned()));
            continue;
        } else {
            (number, rest.to_owned())
        };
        let Some((name, rest)) = whole.split_once('(') else {
            continue;
        };
        let Some((arguments, returned)) = rest.rsplit_once(" = ") else {
            continue;
        };
        let arguments = arguments.trim_end().trim_end_matches(')');
        let returned = returned.split([' ', '<']).next().unwrap_or_default();
        calls.push(Call {
            began,
            ended: number,
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            returned: returned.parse().unwrap_or(-1),
        });
    }
    calls
}

#[derive(Default)]
struct Reader {
    known: HashSet<PathBuf>,
    /// How far a file was written by calls that go on where the last one ended.
    ends: HashMap<PathBuf, usize>,
    /// The create request that is on its way on a socket.
    sent: HashMap<String, String>,
}

impl Reader {
    /// Returns what a call did, with the line at which it counts.
    fn read(&mut self, call: &Call) -> Vec<Traced> {
        let arguments = &call.arguments;
        let texts = texts(arguments);
        let path =
            |index: usize| PathBuf::from(String::from_utf8_lossy(&texts[index]).into_owned());
        let on = descriptor(arguments).map(PathBuf::from);
        let number = |from_end: usize| -> usize {
            let field = arguments.rsplit(", ").nth(from_end).unwrap();
            field.trim().parse().unwrap_or(0)
        };
        let at_end = |step| vec![(call.ended, step)];
        match call.name.as_str() {
            "openat" => {
                let file = path(0);
                if arguments.contains("O_TRUNC") {
                    self.ends.insert(file.clone(), 0);
                }
                let made = arguments.contains("O_CREAT") && self.known.insert(file.clone());
                if made {
                    at_end(Step::MadeFile(file))
                } else {
                    Vec::new()
                }
            }
            "mkdir" | "mkdirat" => at_end(Step::MadeFolder(path(0))),
            "link" | "linkat" => {
                self.known.insert(path(1));
                at_end(Step::Linked {
                    from: path(0),
                    to: path(1),
                })
            }
            "rename" | "renameat" | "renameat2" => {
                self.known.remove(&path(0));
                self.known.insert(path(1));
                at_end(Step::Renamed {
                    from: path(0),
                    to: path(1),
                })
            }
            "unlink" | "unlinkat" => {
                self.known.remove(&path(0));
                at_end(Step::Removed(path(0)))
            }
            "fsync" | "fdatasync" => {
                let began = call.began;
                at_end(Step::Synced {
                    path: on.unwrap(),
                    began,
                })
            }
            "ftruncate" => {
                let (file, length, ended) = (on.unwrap(), number(0), call.ended);
                vec![(
                    call.began,
                    Step::Cut {
                        file,
                        length,
                        ended,
                    },
                )]
            }
            "pwrite64" => {
                let (file, at, ended) = (on.unwrap(), number(0), call.ended);
                let bytes = texts.concat();
                vec![(
                    call.began,
                    Step::Wrote {
                        file,
                        at,
                        bytes,
                        ended,
                    },
                )]
            }
            "write" | "writev" | "sendto" | "sendmsg" => {
                let on = on.unwrap();
                let bytes = texts.concat();
                if on.is_absolute() {
                    let at = self.ends.get(&on).copied().unwrap_or(0);
                    self.ends.insert(on.clone(), at + bytes.len());
                    let step = Step::Wrote {
                        file: on,
                        at,
                        bytes,
                        ended: call.ended,
                    };
                    return vec![(call.began, step)];
                }
                let Some(key) = create_request(&bytes) else {
                    return Vec::new();
                };
                self.sent.insert(on.display().to_string(), key.clone());
                vec![(call.began, Step::Left(key))]
            }
            "recvfrom" => {
                let again = arguments.contains("EAGAIN") || call.returned < 0;
                let on = on.map(|on| on.display().to_string()).unwrap_or_default();
                match self.sent.get(&on).cloned().filter(|_| !again) {
                    Some(key) => {
                        self.sent.remove(&on);
                        at_end(Step::Answered(key))
                    }
                    None => Vec::new(),
                }
            }
            other => unreachable!("{other} was not asked for"),
        }
    }
}

/// Returns the idempotency key of a request that makes a post.
fn create_request(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    if !text.starts_with("POST /api/v1/statuses ") {
        return None;
    }
    let line = text
        .lines()
        .find(|line| line.to_lowercase().starts_with("idempotency-key:"));
    Some(
        line.expect("a create request has its key")
            .split_once(':')?
            .1
            .trim()
            .to_owned(),
    )
}

/// Returns every text between quotes.
fn texts(arguments: &str) -> Vec<Vec<u8>> {
    arguments
        .split('"')
        .skip(1)
        .step_by(2)
        .map(unescaped)
        .collect()
}

/// Returns what the first argument's descriptor leads to.
fn descriptor(arguments: &str) -> Option<String> {
    let (number, rest) = arguments.split_once('<')?;
    number.parse::<u32>().ok()?;
    let (path, _) = rest.split_once('>')?;
    Some(String::from_utf8_lossy(&unescaped(path)).into_owned())
}

fn unescaped(text: &str) -> Vec<u8> {
    text.split("\\x")
        .skip(1)
        .map(|byte| u8::from_str_radix(&byte[..2], 16).unwrap())
        .collect()
}
