//! How programs are started that the user names and that need nothing of this one: notices and text filters.
//!
//! No shell reads their arguments, no token reaches them by the environment, and C-c on the screen does not reach them.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// Prepares a command without the variables in `hidden`, in a process group of its own, so that what it starts can be ended
/// with it. Returns its program's name too; `None` for no words.
pub(super) fn command<'c>(words: &'c [String], hidden: &[String]) -> Option<(&'c str, Command)> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments);
    for name in hidden {
        command.env_remove(name);
    }
    command.env_remove("NOTIFY_SOCKET").process_group(0);
    Some((program, command))
}
