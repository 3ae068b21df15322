//! The texts of a post that can be typed: the master's, then one for each channel.
//!
//! Which there are and in what order; the text itself is `editor.rs`.

use crate::domain::{ChannelName, Content};

/// Which text is being typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tab {
    /// The master text, which channels inherit.
    Master,
    /// One channel's text.
    Channel(ChannelName),
}

/// Returns the tabs of a content: the master, then its channels.
pub fn tabs(content: &Content) -> Vec<Tab> {
    let channels = content
        .variants
        .iter()
        .map(|it| Tab::Channel(it.channel.clone()));
    std::iter::once(Tab::Master).chain(channels).collect()
}

/// Returns the tab that is some steps from another, around the ends.
pub fn next_tab(tabs: Vec<Tab>, from: &Tab, step: isize) -> Tab {
    let at = tabs.iter().position(|tab| tab == from).unwrap_or(0);
    let length = isize::try_from(tabs.len()).unwrap_or(1).max(1);
    let next = (isize::try_from(at).unwrap_or(0) + step).rem_euclid(length);
    let next = usize::try_from(next).unwrap_or(0);
    tabs.into_iter().nth(next).unwrap_or(Tab::Master)
}
