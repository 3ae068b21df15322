//! Which channels a post in Markdown goes to, and their options.
//!
//! Their own texts are sections of the file, which `markdown.rs` reads.

use super::markdown::MarkdownError;
use crate::domain::{ChannelName, Content, Variant};
use std::collections::BTreeMap;

/// Says what is kept of the value of a channel's option, or what is wrong with it.
pub type Check<'a> = &'a dyn Fn(&ChannelName, &str, &str) -> Result<String, String>;

pub(super) fn variants(
    named: &[String],
    base: &Content,
    known: &[ChannelName],
    field: &impl Fn(&str, String) -> MarkdownError,
) -> Result<Vec<Variant>, MarkdownError> {
    let mut variants: Vec<Variant> = Vec::new();
    for name in named {
        let name = ChannelName::new(name.trim());
        if variants.iter().any(|it| it.channel == name) {
            return Err(field("channels", format!("`{name}` is named twice")));
        }
        let before = base.variant(&name);
        if before.is_none() && !known.contains(&name) {
            let names: Vec<&str> = known.iter().map(ChannelName::as_str).collect();
            let why = format!(
                "there is no channel `{name}`; there are: {}",
                names.join(", ")
            );
            return Err(field("channels", why));
        }
        variants.push(before.cloned().unwrap_or_else(|| Variant::inherits(name)));
    }
    Ok(variants)
}

pub(super) fn set_options(
    mut given: BTreeMap<String, BTreeMap<String, String>>,
    content: &mut Content,
    check: Check<'_>,
    field: &impl Fn(&str, String) -> MarkdownError,
) -> Result<(), MarkdownError> {
    for variant in &mut content.variants {
        variant.options.clear();
        for (name, value) in given.remove(variant.channel.as_str()).unwrap_or_default() {
            let value = check(&variant.channel, &name, &value).map_err(|why| field(&name, why))?;
            if !value.is_empty() {
                variant.options.insert(name, value);
            }
        }
    }
    match given.pop_first() {
        Some((channel, options)) => {
            let first = options.keys().next().map_or("", String::as_str);
            let why = format!(
                "there are options for `{channel}`, which is not among the channels of the post"
            );
            Err(field(first, why))
        }
        None => Ok(()),
    }
}
