//! Asking a person for a line on the terminal, where a secret is not shown while it is typed.
//!
//! Only the command line asks this way; the screen has its own fields.

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::io::{self, BufRead, IsTerminal};

/// Reads one line from standard input without its end; on a terminal nothing is echoed.
///
/// # Errors
/// When standard input cannot be read, or ends before a line.
pub fn secret_line() -> io::Result<String> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return line(&mut stdin.lock());
    }
    let before = tcgetattr(&stdin)?;
    let mut silent = before.clone();
    silent.local_modes -= LocalModes::ECHO;
    // The line end is shown, so that the next words stand on a line of their own.
    silent.local_modes |= LocalModes::ECHONL;
    tcsetattr(&stdin, OptionalActions::Now, &silent)?;
    let typed = line(&mut stdin.lock());
    tcsetattr(&stdin, OptionalActions::Now, &before)?;
    typed
}

fn line(input: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "nothing was typed",
        ));
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_without_its_end_and_no_line_is_an_error() {
        assert_eq!(line(&mut &b"secret \r\nmore"[..]).unwrap(), "secret ");
        assert!(line(&mut &b""[..]).is_err());
    }
}
