//! What the channel on a server is completed from: those that the server showed, which are a fact of composing too.
//!
//! Pure. They are read when the field is typed into and never waited for; keys are `update/details.rs`.

use super::App;
use super::details::Field;
use super::topics::MOST;
use crate::domain::ChannelName;
use crate::text::options::PLACE;

/// Returns the channel whose server is asked for its channels; none for a field that is not completed from them.
pub fn asked(field: &Field) -> Option<ChannelName> {
    match field {
        Field::Option(option) if option.name == PLACE => Some(option.channel.clone()),
        _ => None,
    }
}

/// Returns the channels that fit what is typed, as they are written; a name is wanted, or a number.
pub fn offered(app: &App, channel: &ChannelName, wanted: &str) -> Vec<String> {
    let wanted = wanted.trim_start_matches('#').trim().to_lowercase();
    let places = app
        .facts
        .get(channel)
        .and_then(|facts| facts.places.as_ref());
    let all = places.into_iter().flat_map(|places| &places.all);
    let fits = all.filter(|place| {
        let written = place.target().to_string().to_lowercase();
        written.contains(&wanted)
    });
    fits.take(MOST)
        .map(|place| place.target().to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Facts, Place, Places};
    use chrono::DateTime;
    use std::sync::Arc;

    #[test]
    fn a_channel_is_found_by_a_piece_of_its_name_or_by_its_number() {
        let now = DateTime::UNIX_EPOCH;
        let mut app = App::new(now, chrono_tz::UTC, (80, 24));
        let places = [(41, "general"), (42, "Big announce")].map(|(number, name)| Place {
            number,
            name: name.to_owned(),
        });
        let facts = Facts {
            places: Some(Arc::new(Places {
                all: places.to_vec(),
                told_at: now,
            })),
            ..Facts::default()
        };
        let channel = ChannelName::from("announce");
        assert!(offered(&app, &channel, "").is_empty());
        app.facts = [(channel.clone(), facts)].into();
        assert_eq!(offered(&app, &channel, "#ANN"), ["Big announce|42"]);
        assert_eq!(offered(&app, &channel, "41"), ["general|41"]);
        assert_eq!(offered(&app, &channel, "").len(), 2);
    }
}
