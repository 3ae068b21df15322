//! What a field of the details form is completed from: the topics that a channel's server knows.
//!
//! Pure. They are read when the form opens and never waited for; what is typed filters them, and Up and Down take one.

use super::App;
use super::details::{Details, Field};
use super::places;
use crate::domain::{ChannelName, Target};
use crate::text::options::{PLACE, TOPIC};

/// So many are offered at once.
pub const MOST: usize = 5;

/// Whose topics they are: those of a channel, or of another channel on its server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicsOf {
    /// The channel.
    pub channel: ChannelName,
    /// The one on its server, where it is not the configured one.
    pub to: Option<Target>,
}

/// The channels that the post goes to and whose platform has topics.
fn channels(app: &App) -> Vec<ChannelName> {
    let Some(editor) = &app.editor else {
        return Vec::new();
    };
    let variants = editor.content.variants.iter();
    variants
        .map(|variant| variant.channel.clone())
        .filter(|name| {
            app.channel(name)
                .is_some_and(|channel| channel.platform.posts_to_a_topic())
        })
        .collect()
}

/// Returns what the field that is typed into may be completed to; nothing where nothing is known.
pub fn offered(app: &App, form: &Details) -> Vec<String> {
    let Some(input) = &form.input else {
        return Vec::new();
    };
    let wanted = form.wish.as_deref().unwrap_or(input.text());
    if let Some(channel) = places::asked(form.field()) {
        return places::offered(app, &channel, wanted);
    }
    let wanted = wanted.trim().to_lowercase();
    let mut found: Vec<String> = Vec::with_capacity(MOST);
    let known = asked(app, form.field());
    let known = known.iter().filter_map(|name| app.topics.get(name));
    for topic in known.flatten() {
        if found.len() == MOST {
            break;
        }
        if topic.to_lowercase().contains(&wanted) && !found.contains(topic) {
            found.push(topic.clone());
        }
    }
    found
}

/// Returns whose topics a field is completed from; nobody's for a field that is not completed.
pub fn asked(app: &App, field: &Field) -> Vec<TopicsOf> {
    let channels = match field {
        Field::Topic => channels(app),
        Field::Option(option) if option.name == TOPIC => vec![option.channel.clone()],
        _ => Vec::new(),
    };
    let to = |channel: &ChannelName| {
        let variant = app.editor.as_ref()?.content.variant(channel)?;
        variant.options.get(PLACE).map(|typed| Target::read(typed))
    };
    let of = channels.into_iter().map(|channel| TopicsOf {
        to: to(&channel),
        channel,
    });
    of.collect()
}

/// Returns the next (or previous) completion after what stands in the field.
pub fn step(offered: &[String], typed: &str, forward: bool) -> Option<String> {
    let last = offered.len().checked_sub(1)?;
    let at = offered.iter().position(|it| it == typed);
    let next = match (at, forward) {
        (None, true) => 0,
        (None, false) => last,
        (Some(at), true) => (at + 1) % offered.len(),
        (Some(at), false) => at.checked_sub(1).unwrap_or(last),
    };
    Some(offered[next].clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_and_down_go_round_through_what_is_offered() {
        let all = ["news", "releases"].map(str::to_owned);
        let step = |typed, forward| step(&all, typed, forward);
        assert_eq!(step("n", true).as_deref(), Some("news"));
        assert_eq!(step("news", true).as_deref(), Some("releases"));
        assert_eq!(step("releases", true).as_deref(), Some("news"));
        assert_eq!(step("news", false).as_deref(), Some("releases"));
        assert_eq!(super::step(&[], "n", true), None);
    }
}
