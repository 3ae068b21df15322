//! The details form: everything about a post that is not its text, one field a row.
//!
//! Holds typed values until they are read back into the content; a value that cannot be read keeps what was typed and says
//! why beside the field. Keys are `update/details.rs`.

use super::details_options::ChannelOption;
use super::input::Input;
use crate::domain::when::{self, When};
use crate::domain::{
    Channel, ChannelName, Content, Kind, LinkCard, LocalTime, Plan, ReplyTo, Threading, Variant,
    Visibility, is_language_tag,
};

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The title.
    Title,
    /// Evergreen or ad hoc.
    Kind,
    /// The plan, in time words; empty is the shelf.
    Plan,
    /// Not before, in time words.
    NotBefore,
    /// Not after, in time words.
    NotAfter,
    /// Whether it goes to a channel.
    Channel(ChannelName),
    /// An option of a channel that it goes to.
    Option(ChannelOption),
    /// The campaign.
    Campaign,
    /// Tags, separated by blanks.
    Tags,
    /// The language.
    Language,
    /// The content warning.
    Warning,
    /// Who may see it.
    Visibility,
    /// The topic.
    Topic,
    /// The link of the card.
    Link,
    /// The title of the card.
    LinkTitle,
    /// The description of the card.
    LinkDescription,
    /// What it answers.
    ReplyTo,
    /// One part or a thread.
    Threading,
    /// The alt text of a picture, by its place.
    Alt(usize),
}

impl Field {
    /// Returns the label that stands before the field.
    pub fn label(&self) -> String {
        match self {
            Self::Title => "title".to_owned(),
            Self::Kind => "kind".to_owned(),
            Self::Plan => "plan".to_owned(),
            Self::NotBefore => "not before".to_owned(),
            Self::NotAfter => "not after".to_owned(),
            Self::Channel(_) => "channel".to_owned(),
            Self::Option(option) => format!("{} {}", option.channel, option.name),
            Self::Campaign => "campaign".to_owned(),
            Self::Tags => "tags".to_owned(),
            Self::Language => "language".to_owned(),
            Self::Warning => "warning".to_owned(),
            Self::Visibility => "visible to".to_owned(),
            Self::Topic => "topic".to_owned(),
            Self::Link => "link".to_owned(),
            Self::LinkTitle => "link title".to_owned(),
            Self::LinkDescription => "link text".to_owned(),
            Self::ReplyTo => "reply to".to_owned(),
            Self::Threading => "thread".to_owned(),
            Self::Alt(index) => format!("picture {}", index + 1),
        }
    }

    /// Whether it takes typed text (else it is chosen with Space).
    pub fn is_text(&self) -> bool {
        match self {
            Self::Option(option) => option.choices().is_empty(),
            Self::Kind | Self::Visibility | Self::Threading | Self::Channel(_) => false,
            _ => true,
        }
    }
}

/// The form while it is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Details {
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// The selected one.
    pub selected: usize,
    /// The field that is being typed into.
    pub input: Option<Input>,
    /// What was typed before a completion took its place.
    pub wish: Option<String>,
    /// A value that could not be read: the field, what was typed, and why.
    pub errors: Vec<FieldError>,
    /// Whether the form lies over the editor (else it opened from a list).
    pub over_editor: bool,
}

/// A value that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// What was typed.
    pub typed: String,
    /// Why it cannot be read, with the remedy.
    pub message: String,
}

impl Details {
    /// Opens the form for a content.
    pub fn open(content: &Content, channels: &[Channel], over_editor: bool) -> Self {
        let mut form = Self {
            fields: Vec::new(),
            selected: 0,
            input: None,
            wish: None,
            errors: Vec::new(),
            over_editor,
        };
        form.refresh(content, channels);
        form
    }

    /// Brings the rows in line with the content (pictures and channels with their options come and go).
    pub fn refresh(&mut self, content: &Content, channels: &[Channel]) {
        let gone = |name: &ChannelName| channels.iter().all(|channel| channel.name != *name);
        let chosen = content.variants.iter().map(|variant| &variant.channel);
        let configured = channels.iter().map(|channel| &channel.name);
        // A channel that left the configuration stays as long as the post goes there, so that it can be taken off.
        let names = configured.chain(chosen.filter(|name| gone(name)));
        let names = names.map(|name| Field::Channel(name.clone()));
        self.fields = [
            Field::Title,
            Field::Kind,
            Field::Plan,
            Field::NotBefore,
            Field::NotAfter,
        ]
        .into_iter()
        .chain(names)
        .chain(
            ChannelOption::all(content, channels)
                .into_iter()
                .map(Field::Option),
        )
        .chain([
            Field::Campaign,
            Field::Tags,
            Field::Language,
            Field::Warning,
        ])
        .chain([
            Field::Visibility,
            Field::Topic,
            Field::Link,
            Field::LinkTitle,
        ])
        .chain([Field::LinkDescription, Field::ReplyTo, Field::Threading])
        .chain((0..content.attachments.len()).map(Field::Alt))
        .collect();
        self.selected = self.selected.min(self.fields.len() - 1);
    }

    /// Returns the selected field.
    pub fn field(&self) -> &Field {
        &self.fields[self.selected]
    }

    /// Returns what is wrong with a field.
    pub fn error(&self, field: &Field) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == *field)
    }

    /// Returns the text with which typing into a field begins.
    pub fn typed(&self, field: &Field, content: &Content) -> String {
        match self.error(field) {
            Some(error) if !error.typed.is_empty() => error.typed.clone(),
            _ => value(field, content),
        }
    }

    /// Reads a typed value into the content; one that cannot be read is kept beside the field with the reason.
    pub fn read(&mut self, field: &Field, typed: &str, content: &mut Content, now: LocalTime) {
        self.errors.retain(|error| error.field != *field);
        if let Err(message) = write(field, typed, content, now) {
            let (field, typed) = (field.clone(), typed.to_owned());
            self.errors.push(FieldError {
                field,
                typed,
                message,
            });
        }
        self.check_order(content);
    }

    fn check_order(&mut self, content: &Content) {
        // A remark about two fields at once has nothing typed of its own.
        self.errors.retain(|error| !error.typed.is_empty());
        let Some(planned) = content.plan.at().map(|at| at.instant()) else {
            return;
        };
        let mut say = |field: Field, message: &str| {
            let (typed, message) = (String::new(), message.to_owned());
            self.errors.push(FieldError {
                field,
                typed,
                message,
            });
        };
        if content
            .not_before
            .is_some_and(|limit| limit.instant() > planned)
        {
            say(
                Field::NotBefore,
                "not before is later than the plan: it will wait until then",
            );
        }
        if content
            .not_after
            .is_some_and(|limit| limit.instant() < planned)
        {
            say(
                Field::NotAfter,
                "not after is earlier than the plan: it would never leave",
            );
        }
    }
}

/// Returns a field's value as text.
pub fn value(field: &Field, content: &Content) -> String {
    let time = |time: Option<LocalTime>| {
        time.map_or_else(String::new, |time| {
            format!(
                "{} {}",
                time.local.format("%Y-%m-%d %H:%M"),
                time.zone.name()
            )
        })
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let link = content.link.clone().unwrap_or_default();
    match field {
        Field::Title => content.title.clone(),
        Field::Kind => content.kind.word().to_owned(),
        Field::Plan => match content.plan {
            Plan::Queued => "queued".to_owned(),
            plan => time(plan.at()),
        },
        Field::NotBefore => time(content.not_before),
        Field::NotAfter => time(content.not_after),
        Field::Channel(channel) => if content.variant(channel).is_some() {
            "yes"
        } else {
            "no"
        }
        .to_owned(),
        Field::Option(option) => option.value(content),
        Field::Campaign => text(&content.campaign),
        Field::Tags => content.tags.join(" "),
        Field::Language => text(&content.language),
        Field::Warning => text(&content.warning),
        Field::Visibility => content.visibility.word().to_owned(),
        Field::Topic => text(&content.topic),
        Field::Link => link.url,
        Field::LinkTitle => link.title,
        Field::LinkDescription => link.description,
        Field::ReplyTo => match &content.reply_to {
            Some(ReplyTo::Post(id)) => format!("#{id}"),
            Some(ReplyTo::Url(url)) => url.clone(),
            None => String::new(),
        },
        Field::Threading => match content.threading {
            Threading::Off => "one part",
            Threading::On => "thread",
            Threading::Numbered => "thread, numbered",
        }
        .to_owned(),
        Field::Alt(index) => content
            .attachments
            .get(*index)
            .map_or_else(String::new, |picture| picture.alt.clone()),
    }
}

fn write(field: &Field, typed: &str, content: &mut Content, now: LocalTime) -> Result<(), String> {
    let typed = typed.trim();
    let filled = || (!typed.is_empty()).then(|| typed.to_owned());
    let time = || -> Result<Option<LocalTime>, String> {
        if typed.is_empty() || typed == "-" {
            return Ok(None);
        }
        match when::parse(typed, now).map_err(|error| error.to_string())? {
            When::Shelf => Ok(None),
            When::At { time, .. } => Ok(Some(time)),
        }
    };
    match field {
        Field::Title => content.title = typed.to_owned(),
        Field::Plan if typed == "queued" => content.plan = Plan::Queued,
        Field::Plan => {
            let at = match typed {
                "" | "-" => When::Shelf,
                words => when::parse(words, now).map_err(|error| error.to_string())?,
            };
            let plan = at.plan(content.plan.at());
            let is_past = |at: LocalTime| at.instant() < now.instant();
            if content.scheduled && plan.at().is_some_and(is_past) {
                // It would leave with the saving, and nobody was asked.
                return Err(
                    "that time is past; type another, or leave with ! to publish now".into(),
                );
            }
            content.plan = plan;
        }
        Field::NotBefore => content.not_before = time()?,
        Field::NotAfter => content.not_after = time()?,
        Field::Option(option) => return option.write(typed, content),
        Field::Campaign => content.campaign = filled(),
        Field::Tags => {
            content.tags = typed
                .split([' ', ','])
                .map(|tag| tag.trim_start_matches('#'))
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned)
                .collect();
        }
        Field::Language => {
            if !typed.is_empty() && !is_language_tag(typed) {
                return Err(format!("`{typed}` is no language tag; write en, nb, pt-BR"));
            }
            content.language = filled();
        }
        Field::Warning => content.warning = filled(),
        Field::Topic => content.topic = filled(),
        Field::Link => {
            if typed.is_empty() {
                content.link = None;
            } else if typed.starts_with("https://") || typed.starts_with("http://") {
                content.link.get_or_insert_with(LinkCard::default).url = typed.to_owned();
            } else {
                return Err("a link begins with https:// or http://".to_owned());
            }
        }
        Field::LinkTitle | Field::LinkDescription => match &mut content.link {
            Some(link) if *field == Field::LinkTitle => link.title = typed.to_owned(),
            Some(link) => link.description = typed.to_owned(),
            None if typed.is_empty() => {}
            None if crate::text::card::first_link(&content.text).is_some() => {
                let url = crate::text::card::first_link(&content.text).unwrap_or_default();
                let mut link = LinkCard {
                    url: url.to_owned(),
                    ..LinkCard::default()
                };
                match field {
                    Field::LinkTitle => link.title = typed.to_owned(),
                    _ => link.description = typed.to_owned(),
                }
                content.link = Some(link);
            }
            None => return Err("type the link first; this belongs to its card".to_owned()),
        },
        Field::ReplyTo => content.reply_to = ReplyTo::parse(typed),
        Field::Alt(index) => {
            if let Some(picture) = content.attachments.get_mut(*index) {
                picture.alt = typed.to_owned();
            }
        }
        Field::Kind | Field::Visibility | Field::Threading | Field::Channel(_) => {}
    }
    Ok(())
}

/// Goes to the next (or previous) choice of a field that is not typed; channels keep the order of the configuration.
pub fn choose(field: &Field, content: &mut Content, channels: &[Channel], forward: bool) {
    fn turn<T: Copy + PartialEq>(all: &[T], now: T, forward: bool) -> T {
        let at = all.iter().position(|it| *it == now).unwrap_or(0);
        let step = if forward { 1 } else { all.len() - 1 };
        all[(at + step) % all.len()]
    }
    match field {
        Field::Kind => content.kind = turn(&[Kind::Evergreen, Kind::AdHoc], content.kind, forward),
        Field::Visibility => {
            content.visibility = turn(&Visibility::ALL, content.visibility, forward);
        }
        Field::Threading => {
            let all = [Threading::Off, Threading::On, Threading::Numbered];
            content.threading = turn(&all, content.threading, forward);
        }
        Field::Option(option) => option.turn(content, forward),
        Field::Channel(name) => {
            if content.variant(name).is_some() {
                content.variants.retain(|variant| variant.channel != *name);
            } else {
                content.variants.push(Variant::inherits(name.clone()));
                let place = |it: &Variant| channels.iter().position(|at| at.name == it.channel);
                content
                    .variants
                    .sort_by_key(|variant| place(variant).unwrap_or(usize::MAX));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> LocalTime {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 10).unwrap();
        LocalTime::new(day.and_hms_opt(8, 12, 0).unwrap(), chrono_tz::Europe::Oslo)
    }

    #[test]
    fn a_value_that_cannot_be_read_is_kept_beside_the_field_with_the_reason() {
        let mut content = Content::default();
        let mut form = Details::open(&content, &[], false);
        form.read(&Field::Link, "example.org", &mut content, now());
        assert_eq!(content.link, None);
        assert_eq!(form.typed(&Field::Link, &content), "example.org");
        form.read(&Field::Link, "https://example.org", &mut content, now());
        assert_eq!(form.error(&Field::Link), None);
        assert_eq!(value(&Field::Link, &content), "https://example.org");
    }

    #[test]
    fn a_channel_that_left_the_configuration_can_still_be_taken_off() {
        let mut content = Content {
            variants: vec![Variant::inherits(ChannelName::new("gone"))],
            ..Content::default()
        };
        let form = Details::open(&content, &[], false);
        let field = Field::Channel(ChannelName::new("gone"));
        assert!(form.fields.contains(&field));
        choose(&field, &mut content, &[], true);
        assert_eq!(content.variants, vec![]);
    }

    #[test]
    fn a_scheduled_post_takes_no_time_that_is_past_and_a_draft_does() {
        for scheduled in [true, false] {
            let mut content = Content {
                scheduled,
                ..Content::default()
            };
            let mut form = Details::open(&content, &[], false);
            form.read(&Field::Plan, "2026-11-10 08:00", &mut content, now());
            assert_eq!(form.error(&Field::Plan).is_some(), scheduled);
            assert_eq!(content.plan == Plan::Shelf, scheduled);
        }
    }

    #[test]
    fn channels_are_ticked_in_the_order_of_the_configuration() {
        use crate::domain::PlatformId;
        let channels = [
            Channel::new("a", PlatformId::Mastodon),
            Channel::new("b", PlatformId::Bluesky),
        ];
        let mut content = Content::default();
        choose(&Field::Channel("b".into()), &mut content, &channels, true);
        choose(&Field::Channel("a".into()), &mut content, &channels, true);
        let names: Vec<&str> = content
            .variants
            .iter()
            .map(|it| it.channel.as_str())
            .collect();
        assert_eq!(names, ["a", "b"]);
        choose(&Field::Channel("a".into()), &mut content, &channels, true);
        assert_eq!(content.variants.len(), 1);
    }
}
