//! What stops a post from leaving, told once for all the channels that it stops.
//!
//! Pure. Which problems there are is `text::compose`; how much of a text is too long is counted beside it, in `ui`.

use super::App;
use super::wrap::wrap;
use crate::domain::{ChannelName, Composed};

/// A problem, and every channel that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The channels, in the order of the post.
    pub channels: Vec<ChannelName>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Stop {
    /// Returns it as one sentence: `Li linkedin, Ma fosstodon: attach a picture or write a text`.
    pub fn sentence(&self, app: &App) -> String {
        format!("{}: {}", self.channels(app), self.message)
    }

    /// Returns the channels as they are listed: `Li linkedin, Ma fosstodon`.
    pub fn channels(&self, app: &App) -> String {
        let names = self.channels.iter().map(|it| app.mark_and_name(it));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// Puts the same words of several channels together; the first of them keeps its place.
pub fn together(told: impl IntoIterator<Item = (ChannelName, String)>) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::new();
    for (channel, message) in told {
        match stops.iter_mut().find(|stop| stop.message == message) {
            Some(stop) => stop.channels.push(channel),
            None => stops.push(Stop {
                channels: vec![channel],
                message,
            }),
        }
    }
    stops
}

/// Returns the first problem of each channel, told once.
pub fn stops(composed: &[(ChannelName, Composed)]) -> Vec<Stop> {
    together(composed.iter().filter_map(first))
}

/// Returns the first problem of each channel where no length is past its limit; what is too long is said by its count.
pub fn stops_but_lengths(composed: &[(ChannelName, Composed)]) -> Vec<Stop> {
    let within = composed.iter().filter(|it| it.1.worst_over().is_none());
    together(within.filter_map(first))
}

fn first((channel, composed): &(ChannelName, Composed)) -> Option<(ChannelName, String)> {
    let problem = composed.problems.first()?;
    Some((channel.clone(), problem.message.clone()))
}

/// Returns the sentences in rows of so many columns.
pub fn rows(app: &App, stops: &[Stop], columns: usize) -> Vec<String> {
    let sentences = stops.iter().map(|stop| stop.sentence(app));
    sentences
        .flat_map(|text| {
            let rows = wrap(&text, columns).into_iter();
            rows.map(|row| text[row.start..row.end].trim_end().to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_problem_of_several_channels_is_told_once_with_all_of_them() {
        let told = [("li", "no video"), ("ma", "too large"), ("bs", "no video")];
        let told = told.map(|(channel, message)| (ChannelName::from(channel), message.to_owned()));
        let stops = together(told);
        assert_eq!(stops.len(), 2);
        assert_eq!(stops[0].channels, ["li".into(), "bs".into()]);
        assert_eq!(stops[1].message, "too large");
    }
}
