//! Where the configuration, the data and the database are, by the XDG rules on every system.
//!
//! Only works out paths; creates and reads nothing.

use etcetera::base_strategy::{BaseStrategy, Xdg};
use std::path::{Path, PathBuf};

/// Where everything is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locations {
    /// The configuration file.
    pub config: PathBuf,
    /// Whether somebody named the configuration file, so that it has to be there.
    pub config_named: bool,
    /// Folder of media, secrets, sandboxes and the log.
    pub data: PathBuf,
    /// The database file.
    pub db: PathBuf,
    /// Whether somebody named the database file, so that one that is not there may be a slip of the keyboard.
    pub db_named: bool,
}

/// There is no home folder to look in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no home folder; name the files with --config, --data-dir and --db")]
pub struct NoHome;

impl Locations {
    /// Works out the paths; what was named on the command line or in the environment wins.
    ///
    /// # Errors
    /// When a path was not named and there is no home folder.
    pub fn new(
        config: Option<PathBuf>,
        data: Option<PathBuf>,
        db: Option<PathBuf>,
    ) -> Result<Self, NoHome> {
        let xdg = Xdg::new();
        let config_named = config.is_some();
        let under = |folder: fn(&Xdg) -> PathBuf| match &xdg {
            Ok(xdg) => Ok(folder(xdg).join("masthead")),
            Err(_) => Err(NoHome),
        };
        let config = match config {
            Some(path) => path,
            None => under(|xdg| xdg.config_dir())?.join("config.toml"),
        };
        let data = match data {
            Some(path) => path,
            None => under(|xdg| xdg.data_dir())?,
        };
        let db_named = db.is_some();
        let db = db.unwrap_or_else(|| data.join("plan.db"));
        Ok(Self {
            config,
            config_named,
            data,
            db,
            db_named,
        })
    }

    /// Returns the log file.
    pub fn log(&self) -> PathBuf {
        self.data.join("masthead.log")
    }

    /// Returns the folder of a sandbox that names none.
    pub fn outbox(&self, channel: &str) -> PathBuf {
        self.data.join("outbox").join(channel)
    }

    /// Returns the folder of the pictures.
    pub fn media(&self) -> PathBuf {
        self.data.join("media")
    }

    /// Returns the folder of the daily copies.
    pub fn backups(&self) -> PathBuf {
        self.data.join("backups")
    }

    /// Returns the file that `masthead login` writes for a channel.
    pub fn stored_secret(&self, channel: &str) -> PathBuf {
        self.data.join("secrets").join(format!("{channel}.json"))
    }

    /// Returns everything under one folder, for a plan of its own (the demo).
    pub fn within(folder: &Path) -> Self {
        Self {
            config: folder.join("config.toml"),
            config_named: false,
            data: folder.to_owned(),
            db: folder.join("plan.db"),
            db_named: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_lies_in_the_data_folder_unless_it_is_named() {
        let named = |db| {
            Locations::new(Some("c.toml".into()), Some("data".into()), db).expect("all are named")
        };
        assert_eq!(named(None).db, PathBuf::from("data/plan.db"));
        assert_eq!(named(Some("x.db".into())).db, PathBuf::from("x.db"));
        assert!(named(Some("x.db".into())).db_named && !named(None).db_named);
        assert!(named(None).config_named);
    }
}
