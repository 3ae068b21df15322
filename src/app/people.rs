//! The sheet of people, packages and institutions: a list, and a form for one of them.
//!
//! Pure. Keys are `update/people.rs`, drawing is `ui/sheets/people.rs`. What a handle looks like is each platform's rule.

use super::Input;
use crate::domain::directory::{EntryKind, Key, checked_name};
use crate::domain::{Directory, Entry, PlatformId};
use crate::text::naming;

/// The open sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeopleSheet {
    /// The chosen row of the list.
    pub chosen: usize,
    /// The form, while somebody is added or changed.
    pub form: Option<Form>,
    /// What takes the changes back that were made here, the last one last.
    pub back: Vec<Change>,
    /// The change that is on its way, with what takes it back.
    pub sent: Option<Change>,
}

/// Entries to be put in, and keys to be taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Who is put in, or otherwise from now on.
    pub put: Vec<Entry>,
    /// Who is taken out.
    pub remove: Vec<Key>,
}

impl Change {
    /// Returns what takes this change back, as the directory is now.
    pub fn back(&self, directory: &Directory) -> Self {
        let keys = self.put.iter().map(|entry| &entry.key).chain(&self.remove);
        let mut back = Self::default();
        for key in keys {
            match directory.entry(key.as_str()) {
                Some(entry) => back.put.push(entry.clone()),
                None => back.remove.push(key.clone()),
            }
        }
        back
    }
}

/// What can be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The name that people read.
    Name,
    /// What stands after `@@`; only for somebody new.
    Key,
    /// What it is.
    Kind,
    /// The handle on a platform.
    Handle(PlatformId),
}

impl Field {
    /// Returns its name in the form.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Key => "key",
            Self::Kind => "kind",
            Self::Handle(platform) => platform.label(),
        }
    }
}

/// The form for one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Who is changed; `None` for somebody new.
    pub key: Option<Key>,
    /// The fields with what is typed into them.
    pub fields: Vec<(Field, Input)>,
    /// The chosen field, by its place.
    pub selected: usize,
    /// Why it is not taken.
    pub wrong: Option<String>,
}

impl Form {
    /// Opens the form for somebody who is there, or for somebody new.
    pub fn open(entry: Option<&Entry>) -> Self {
        let name = entry.map_or("", |entry| entry.name.as_str());
        let kind = entry.map_or(EntryKind::default(), |entry| entry.kind);
        let mut fields = vec![(Field::Name, Input::new(name))];
        if entry.is_none() {
            fields.push((Field::Key, Input::default()));
        }
        fields.push((Field::Kind, Input::new(kind.word())));
        for platform in naming::platforms() {
            let handle = entry.and_then(|entry| entry.handles.get(&platform));
            let typed = Input::new(handle.map_or("", String::as_str));
            fields.push((Field::Handle(platform), typed));
        }
        Self {
            key: entry.map(|entry| entry.key.clone()),
            fields,
            selected: 0,
            wrong: None,
        }
    }

    /// Whether the same is filled in, wherever the cursor stands.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let typed = |form: &Self| -> Vec<(Field, String)> {
            let fields = form.fields.iter();
            fields
                .map(|(field, it)| (*field, it.text().to_owned()))
                .collect()
        };
        typed(self) == typed(other)
    }

    /// Returns the chosen field.
    pub fn field(&self) -> Option<Field> {
        self.fields.get(self.selected).map(|(field, _)| *field)
    }

    /// Goes some fields on or back.
    pub fn step(&mut self, by: isize) {
        let last = self.fields.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// Chooses the next kind, or the one before.
    pub fn turn_kind(&mut self, by: isize) {
        let Some((_, input)) = self.fields.iter_mut().find(|it| it.0 == Field::Kind) else {
            return;
        };
        let at = EntryKind::ALL
            .iter()
            .position(|kind| kind.word() == input.text());
        let all = EntryKind::ALL.len();
        let next = at.unwrap_or(0).saturating_add_signed(by + all as isize) % all;
        *input = Input::new(EntryKind::ALL[next].word());
    }

    /// Returns the entry that is filled in.
    ///
    /// # Errors
    /// The place of the field that is not taken, and why.
    pub fn entry(&self, directory: &Directory) -> Result<Entry, (usize, String)> {
        let typed = |wanted: Field| {
            let found = self.fields.iter().find(|(field, _)| *field == wanted);
            found.map_or("", |(_, input)| input.text().trim())
        };
        let place = |wanted: Field| {
            let found = self.fields.iter().position(|(field, _)| *field == wanted);
            found.unwrap_or(0)
        };
        let name = checked_name(typed(Field::Name))
            .map_err(|why| (place(Field::Name), why.to_string()))?;
        let key = match (&self.key, typed(Field::Key)) {
            (Some(key), _) => key.clone(),
            (None, "") => Key::of_name(&name).ok_or_else(|| {
                let why = "No letter of the name can stand after @@: write a key";
                (place(Field::Key), why.to_owned())
            })?,
            (None, typed) => {
                typed
                    .parse()
                    .map_err(|why: crate::domain::directory::DirectoryError| {
                        (place(Field::Key), why.to_string())
                    })?
            }
        };
        if self.key.is_none()
            && let Some(there) = directory.entry(key.as_str())
        {
            let why = format!("@@{key} is {} already: write another key", there.name);
            return Err((place(Field::Key), why));
        }
        let kind = typed(Field::Kind).parse();
        let kind = kind.map_err(|why: crate::domain::directory::DirectoryError| {
            (place(Field::Kind), why.to_string())
        })?;
        let mut entry =
            Entry::new(key, &name, kind).map_err(|why| (place(Field::Name), why.to_string()))?;
        for (at, (field, input)) in self.fields.iter().enumerate() {
            if let Field::Handle(platform) = field
                && !input.text().trim().is_empty()
            {
                let kept = naming::handle(*platform, input.text()).map_err(|why| (at, why))?;
                entry.handles.insert(*platform, kept);
            }
        }
        Ok(entry)
    }
}
