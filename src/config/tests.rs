use super::*;
use crate::domain::PlatformId;
use std::path::PathBuf;

const EXAMPLE: &str = include_str!("../../config.example.toml");

fn folder(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/configs")
        .join(name);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder is in the repository")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

#[test]
fn the_example_parses_and_gives_one_sandbox() {
    let config = Config::parse(EXAMPLE, "config.example.toml").expect("it parses");
    assert_eq!(config.channels.len(), 1);
    assert_eq!(config.channels[0].channel.platform, PlatformId::Sandbox);
    assert_eq!(
        Config {
            channels: Vec::new(),
            ..config
        },
        Config::default()
    );
}

#[test]
fn the_example_uncommented_equals_the_built_in_defaults() {
    let mut shown = 0;
    let uncommented: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase()) => {
                shown += 1;
                format!("{key}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    let config = Config::parse(&uncommented, "example").expect("it parses");
    assert_eq!(shown, 14, "every setting with a default is shown");
    assert_eq!(
        Config {
            channels: Vec::new(),
            ..config
        },
        Config::default()
    );
}

#[test]
fn the_example_names_every_key_of_a_channel() {
    for key in [
        "platform",
        "like",
        "url",
        "handle",
        "email",
        "to",
        "client_id",
        "redirect",
        "token_env",
        "token_command",
        "token_file",
        "zuliprc",
        "organization",
        "api_version",
        "video_service",
        "client_secret_env",
        "client_secret_command",
        "client_secret_file",
        "scopes",
        "mark",
        "limit",
        "price",
        "dormant",
        "topic",
        "outbox",
        "language",
    ] {
        assert!(
            EXAMPLE.contains(&format!("\n{key} = ")) || EXAMPLE.contains(&format!("\n# {key} = ")),
            "{key} is not in the example"
        );
    }
}

#[test]
fn every_valid_file_is_read_without_complaint() {
    for path in folder("valid") {
        let config = Config::load(&path, Missing::IsWrong);
        assert!(config.is_ok(), "{}: {config:?}", path.display());
    }
}

#[test]
fn every_invalid_file_gives_exactly_its_lines() {
    for path in folder("invalid") {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = String::from_utf8(std::fs::read(&path).expect("readable")).expect("UTF-8");
        let said: String = Config::parse(&text, &name)
            .expect_err(&name)
            .iter()
            .map(|error| format!("{error}\n"))
            .collect();
        let expected = path.with_extension("txt");
        if std::env::var_os("MASTHEAD_BLESS").is_some() {
            std::fs::write(&expected, &said).expect("writable");
        }
        assert_eq!(
            said,
            std::fs::read_to_string(&expected).expect("a .txt beside it"),
            "{name}"
        );
    }
}

#[test]
fn channels_keep_the_order_of_the_file_and_get_marks() {
    let config = Config::parse(
        "[channels.zeta]\nplatform = \"sandbox\"\nlike = \"mastodon\"\n\
         [channels.alpha]\nplatform = \"sandbox\"\nlike = \"mastodon\"\n\
         [channels.mid]\nplatform = \"sandbox\"\nmark = \"Q\"\n",
        "c",
    )
    .expect("it parses");
    let shown: Vec<(String, String)> = config
        .domain_channels()
        .into_iter()
        .map(|channel| (channel.name.to_string(), channel.mark))
        .collect();
    let pair = |name: &str, mark: &str| (name.to_owned(), mark.to_owned());
    assert_eq!(
        shown,
        [pair("zeta", "Ma"), pair("alpha", "Al"), pair("mid", "Q")]
    );
}

#[test]
fn a_missing_file_is_fine_unless_it_was_named() {
    let path = Path::new("/nonexistent/masthead/config.toml");
    assert_eq!(Config::load(path, Missing::IsFine), Ok(Config::default()));
    let errors = Config::load(path, Missing::IsWrong).expect_err("it was named");
    assert_eq!(
        errors[0].to_string(),
        "/nonexistent/masthead/config.toml: there is no such file"
    );
}

#[test]
fn an_unknown_channel_names_the_nearest_and_lists_what_there_is() {
    let config = Config::parse(
        "[channels.fosstodon]\nplatform = \"sandbox\"\n[channels.outbox]\nplatform = \"sandbox\"\n",
        "c",
    )
    .expect("it parses");
    assert_eq!(
        config.no_such_channel("fostodon"),
        "there is no channel `fostodon`; did you mean `fosstodon`? (configured: fosstodon, outbox)"
    );
}

#[test]
fn only_sandboxes_and_servers_on_this_machine_are_local() {
    let config = Config::parse(
        "[channels.a]\nplatform = \"sandbox\"\n\
         [channels.b]\nplatform = \"mastodon\"\nurl = \"http://127.0.0.1:3000/\"\n\
         [channels.c]\nplatform = \"mastodon\"\nurl = \"https://example.social\"\n",
        "c",
    )
    .expect("it parses");
    let local: Vec<bool> = config
        .channels
        .iter()
        .map(ChannelConfig::is_local)
        .collect();
    assert_eq!(local, [true, true, false]);
    assert_eq!(
        config.channels[1].url.as_deref(),
        Some("http://127.0.0.1:3000")
    );
}

#[test]
fn a_channel_served_by_hand_has_a_page_and_a_counting_and_no_secret() {
    let text = "[channels.newsletter]\nplatform = \"byhand\"\nlike = \"linkedin\"\n\
                url = \"https://www.linkedin.com/company/1/admin/?share=true#top\"\n";
    let config = Config::parse(text, "x").expect("it parses");
    let channel = &config.channels[0].channel;
    assert_eq!(channel.rules(), PlatformId::LinkedIn);
    assert_eq!(channel.mark, "Li");
    assert_eq!(
        channel.page.as_deref(),
        Some("https://www.linkedin.com/company/1/admin/?share=true#top")
    );
    assert!(config.channels[0].is_local(), "nothing leaves by itself");
    for (line, why) in [
        ("url = \"http://example.org\"", "must begin with https://"),
        ("url = \"https://example.org/\\u001b\"", "control character"),
        ("token_env = \"X\"", "means nothing to a byhand channel"),
        ("outbox = \"/tmp\"", "means nothing to a byhand channel"),
        ("like = \"byhand\"", "like"),
    ] {
        let text = format!("[channels.newsletter]\nplatform = \"byhand\"\n{line}\n");
        let errors = Config::parse(&text, "x").expect_err("refused");
        let said = errors[0].to_string();
        assert!(said.contains(why), "{said}");
    }
}
