//! `--option CHANNEL.NAME=VALUE`: what a channel's platform offers beside the text, checked before it is stored.

use super::WrongUsage;
use super::house::House;
use crate::domain::Content;
use crate::domain::text_safety::visible;
use crate::text::check_option;
use anyhow::{Context, bail};

/// Sets the options that were given; an empty value takes one away.
pub(super) fn set(house: &House, given: &[String], content: &mut Content) -> anyhow::Result<()> {
    for pair in given {
        let named = pair
            .split_once('=')
            .and_then(|(place, value)| Some((place.split_once('.')?, value)));
        let Some(((channel, name), value)) = named else {
            let shown = visible(pair);
            return Err(
                WrongUsage(format!("--option: `{shown}` is not CHANNEL.NAME=VALUE")).into(),
            );
        };
        let (channel, name) = (channel.trim(), name.trim());
        let chosen = house.channels(&[channel.to_owned()])?.remove(0);
        let Some(variant) = content.variant_mut(&chosen) else {
            bail!(
                "--option {channel}.{name}: the post does not go to {channel}; name it in --channel too"
            );
        };
        if value.trim().is_empty() {
            // One that is not there any more must be to be got rid of, whatever it is called.
            variant.options.remove(name);
            continue;
        }
        let configured = house.config.channel(&chosen);
        let rules = configured.map(|it| it.channel.rules()).unwrap_or_default();
        let value = check_option(rules, name, value)
            .with_context(|| format!("--option {channel}.{name}"))?;
        variant.options.insert(name.to_owned(), value);
    }
    Ok(())
}
