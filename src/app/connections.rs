//! The sheet of connections: each channel with its account, what ends, what it published last and what is left of its quota.
//!
//! Pure. Keys are `update/connections.rs`; the words of each channel are `domain::connection`.

use super::App;
use super::prose::{Line, Tone};
use crate::domain::connection::{ConnectionStatus, Worth};

/// How the channels are connected, while it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionsSheet {
    /// What is known; `None` until it was read.
    pub all: Option<Vec<ConnectionStatus>>,
    /// Whether the platforms are being asked.
    pub asking: bool,
    /// First shown row.
    pub scroll: usize,
}

/// Where what is known comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// From what is on this machine.
    Nobody,
    /// From every platform.
    Platforms,
}

/// Returns what is said; `None` until it was read.
pub fn lines(app: &App, sheet: &ConnectionsSheet) -> Option<Vec<Line>> {
    let all = sheet.all.as_ref()?;
    if all.is_empty() {
        let words = "No channel is configured: config.example.toml shows how.";
        return Some(vec![Line::new(Tone::Muted, 1, words)]);
    }
    let mut lines = Vec::new();
    for (at, one) in all.iter().enumerate() {
        if at > 0 {
            lines.push(Line::blank());
        }
        let like = one
            .like
            .map_or_else(String::new, |like| format!(" like {}", like.label()));
        let head = format!(
            "{} {}   {}{like}",
            one.mark,
            one.channel,
            one.platform.label()
        );
        lines.push(Line::new(Tone::Strong, 1, head));
        let said = one.lines(app.now, app.zone);
        lines.extend(said.into_iter().map(|(worth, words)| match worth {
            Worth::Fine => Line::new(Tone::Text, 4, words),
            Worth::Soon => Line::new(Tone::Warn, 4, format!("! {words}")),
            Worth::Bad => Line::new(Tone::Bad, 4, format!("! {words}")),
        }));
    }
    Some(lines)
}
