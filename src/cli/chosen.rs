//! What `list` and `agenda` show of the plan: the options of the filter, and the words of a search.

use super::house::House;
use crate::domain::filter::parse_state;
use crate::domain::text_safety::visible;
use crate::domain::{Author, Chip, Filter, Glyph, Kind};
use crate::store::Wanted;
use anyhow::{Context, bail};

/// Which posts; options of different kinds add up, several values of one are alternatives.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Chosen {
    /// Posts to one of these channels
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    channel: Vec<String>,
    /// Posts in one of these states there: unknown, failed, missed, publishing, draft, waiting, published, skipped
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = parse_state)]
    state: Vec<Glyph>,
    /// Posts of this kind: evergreen, ad-hoc
    #[arg(long, value_name = "KIND")]
    kind: Vec<Kind>,
    /// Posts of this campaign
    #[arg(long, value_name = "NAME")]
    campaign: Vec<String>,
    /// Posts with one of these tags
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    tag: Vec<String>,
    /// Posts that this person wrote first
    #[arg(long, value_name = "NAME")]
    author: Vec<String>,
    /// What a filter of yours lets through that you saved under this name
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Posts with all of these words in title, texts, tags or alt texts; accents and capitals do not matter
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
}

impl Chosen {
    /// Returns what is asked for, with neither span nor limit.
    pub(super) fn wanted(self, house: &House) -> anyhow::Result<Wanted> {
        let channels = house.channels(&self.channel).context("--channel")?;
        let tag = |tag: String| Chip::Tag(tag.trim_start_matches('#').to_owned());
        let saved = self.filter.as_deref().map(|name| saved(house, name));
        let saved = saved.transpose()?.unwrap_or_default();
        let given: Filter = channels
            .into_iter()
            .map(Chip::Channel)
            .chain(self.state.into_iter().map(Chip::State))
            .chain(self.kind.into_iter().map(Chip::Kind))
            .chain(self.campaign.into_iter().map(Chip::Campaign))
            .chain(self.tag.into_iter().map(tag))
            .chain(
                self.author
                    .into_iter()
                    .map(|name| Chip::Author(Author::new(name))),
            )
            .collect();
        Ok(Wanted {
            limit: usize::MAX,
            words: self.search,
            filter: saved.with(given),
            ..Wanted::default()
        })
    }
}

fn saved(house: &House, name: &str) -> anyhow::Result<Filter> {
    let author = house.author.clone();
    let choices = house.store.wait(move |db| db.choices(&author))?;
    let found = choices.saved.iter().find(|saved| saved.name == name);
    if let Some(saved) = found {
        return Ok(saved.filter.clone());
    }
    let name = visible(name);
    let names: Vec<String> = choices.saved.iter().map(|it| visible(&it.name)).collect();
    if names.is_empty() {
        bail!("--filter: you saved none as `{name}`; the filter of the screen saves one");
    }
    bail!(
        "--filter: you saved none as `{name}`; there are: {}",
        names.join(", ")
    )
}
