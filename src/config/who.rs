//! Who is at the keyboard: `MASTHEAD_AUTHOR`, else `[authors]` by login name, else the login name.

use super::Config;
use crate::domain::Author;

/// Returns the person at the keyboard.
pub fn author(config: &Config) -> Author {
    choose(
        config,
        std::env::var("MASTHEAD_AUTHOR").ok().as_deref(),
        std::env::var("USER").ok().as_deref(),
    )
}

/// `MASTHEAD_AUTHOR` may be a key of `[authors]` (an `authorized_keys` line sets it for each person's key)
/// or a name as it stands.
fn choose(config: &Config, named: Option<&str>, login: Option<&str>) -> Author {
    let given = [named, login]
        .into_iter()
        .flatten()
        .map(str::trim)
        .find(|name| !name.is_empty());
    let Some(given) = given else {
        return Author::from("someone");
    };
    Author::new(
        config
            .authors
            .get(given)
            .cloned()
            .unwrap_or_else(|| crate::domain::text_safety::visible(given)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_author_wins_then_the_login_name_is_looked_up() {
        let mut config = Config::default();
        config.authors.insert("pv".to_owned(), "Pat V".to_owned());
        assert_eq!(choose(&config, Some("Kim"), Some("pv")).as_str(), "Kim");
        assert_eq!(choose(&config, Some("pv"), Some("x")).as_str(), "Pat V");
        assert_eq!(choose(&config, Some(" "), Some("pv")).as_str(), "Pat V");
        assert_eq!(choose(&config, None, Some("root")).as_str(), "root");
        assert_eq!(choose(&config, None, None).as_str(), "someone");
    }
}
