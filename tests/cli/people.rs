//! The directory from the shell: taken in, exported and imported again, and named in a post on five platforms.

use super::Desk;
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

const FIVE: &str = r##"
[hashtags]
rse = ["#RSEng", "#OpenScience"]
[hashtags.news]
default = ["#News"]
linkedin = ["#OpenSource", "#科学"]
zulip = []

[channels.mastodon]
platform = "sandbox"
like = "mastodon"
[channels.bluesky]
platform = "sandbox"
like = "bluesky"
[channels.linkedin]
platform = "sandbox"
like = "linkedin"
[channels.x]
platform = "sandbox"
like = "x"
[channels.zulip]
platform = "sandbox"
like = "zulip"
"##;

/// The platforms themselves, as a community sets them up; composing asks none of them.
const FIVE_ACCOUNTS: &str = r#"
[channels.mastodon]
platform = "mastodon"
url = "https://fosstodon.example.org"
[channels.bluesky]
platform = "bluesky"
url = "https://pds.example.org"
handle = "example.org"
[channels.linkedin]
platform = "linkedin"
organization = 5515715
client_id = "86abcdefghijkl"
[channels.x]
platform = "x"
[channels.zulip]
platform = "zulip"
url = "https://example.zulipchat.com"
email = "herald-bot@example.zulipchat.com"
to = "announce"
topic = "news"
"#;

/// Three institutions: one with every handle, one with brackets in its name, one that two platforms do not know.
fn with_three(config: &str) -> Desk {
    let desk = Desk::with(config);
    let three: [&[&str]; 3] = [
        &[
            "CodeRefinery",
            "--key",
            "cr",
            "--mastodon",
            "@coderefinery@fosstodon.org",
            "--bluesky",
            "coderefinery.bsky.social",
            "--linkedin",
            "urn:li:organization:11",
            "--x",
            "coderefine",
            "--zulip",
            "CodeRefinery Bot",
        ],
        &[
            "NumPy [core] (dev|team)",
            "--key",
            "numpy",
            "--mastodon",
            "https://fosstodon.org/@numpy_team",
            "--bluesky",
            "numpy.org",
            "--linkedin",
            "urn:li:organization:22",
            "--x",
            "numpy_team",
            "--zulip",
            "NumPy [core]|42",
        ],
        &[
            "Université Côte d’Azur",
            "--mastodon",
            "uca@social.example.org",
            "--linkedin",
            "urn:li:organization:33 Université Côte d'Azur (UniCA)",
            "--zulip",
            "UCA",
        ],
    ];
    for arguments in three {
        let mut all = vec!["people", "add", "--kind", "institution"];
        all.extend(arguments);
        desk.run(&all, "").good();
    }
    desk
}

fn compose(desk: &Desk, id: &str) -> Vec<Value> {
    let composed = desk.run(&["compose", id, "--json"], "").json();
    composed.as_array().unwrap().clone()
}

#[test]
fn three_institutions_have_their_own_form_on_each_of_five_platforms() {
    for config in [FIVE, FIVE_ACCOUNTS] {
        three_institutions_in_their_own_forms(config);
    }
}

fn three_institutions_in_their_own_forms(config: &str) {
    let desk = with_three(config);
    let text = "With @@cr, (@@numpy) and @@universite-cote-d-azur.";
    let id = desk.add(text, &["--channel", "mastodon,bluesky,linkedin,x,zulip"]);
    let expected = [
        "With @coderefinery@fosstodon.org, (@numpy_team@fosstodon.org) and @uca@social.example.org.",
        "With @coderefinery.bsky.social, (@numpy.org) and Université Côte d’Azur.",
        "With @[CodeRefinery](urn:li:organization:11), \\(@[NumPy \\[core\\] \\(dev\\|team\\)](urn:li:organization:22)\\) \
         and @[Université Côte d'Azur \\(UniCA\\)](urn:li:organization:33).",
        "With @coderefine, (@numpy_team) and Université Côte d’Azur.",
        "With @**CodeRefinery Bot**, (@**NumPy [core]|42**) and @**UCA**.",
    ];
    // What each platform counts, worked out here by its own rule and not by the program.
    let clusters = |text: &str| text.graphemes(true).count();
    let counts = [
        clusters("With @coderefinery, (@numpy_team) and @uca."),
        clusters(expected[1]),
        "With CodeRefinery, (NumPy [core] (dev|team)) and Université Côte d'Azur (UniCA)."
            .encode_utf16()
            .count(),
        // One for each letter below U+1100, and for the apostrophe U+2019.
        expected[3].chars().count(),
        expected[4].chars().count(),
    ];
    let all = compose(&desk, &id);
    assert_eq!(all.len(), 5);
    for ((one, text), count) in all.iter().zip(expected).zip(counts) {
        let part = &one["parts"][0];
        assert_eq!(part["text"], text);
        assert_eq!(part["count"]["text"]["used"], count, "{}", one["channel"]);
        assert_eq!(one["can_leave"], true);
    }
    let facets = all[1]["parts"][0]["facets"].as_array().unwrap();
    let text = expected[1].as_bytes();
    let named: Vec<&str> = facets
        .iter()
        .map(|facet| {
            let at = |side: &str| usize::try_from(facet[side].as_u64().unwrap()).unwrap();
            std::str::from_utf8(&text[at("byte_start")..at("byte_end")]).unwrap()
        })
        .collect();
    assert_eq!(named, ["@coderefinery.bsky.social", "@numpy.org"]);
    for unknown_there in [1, 3] {
        let notes = all[unknown_there]["notes"].to_string();
        assert!(
            notes.contains("has no handle for Université Côte d’Azur: the name is sent"),
            "{notes}"
        );
    }
}

#[test]
fn a_hashtag_group_is_each_channels_own_set() {
    let desk = Desk::with(FIVE);
    let id = desk.add(
        "Out now ##news ##RSE",
        &["--channel", "mastodon,linkedin,zulip"],
    );
    let all = compose(&desk, &id);
    let sent: Vec<&str> = all
        .iter()
        .map(|one| one["parts"][0]["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        sent,
        [
            "Out now #News #RSEng #OpenScience",
            "Out now {hashtag|\\#|OpenSource} {hashtag|\\#|科学} {hashtag|\\#|RSEng} {hashtag|\\#|OpenScience}",
            "Out now #RSEng #OpenScience",
        ]
    );
    let wrong = desk.add("Out now ##nwes", &["--channel", "mastodon"]);
    let composed = compose(&desk, &wrong).remove(0);
    assert_eq!(composed["can_leave"], false);
    let problem = composed["problems"][0]["message"].as_str().unwrap();
    assert!(problem.ends_with("did you mean ##news?"), "{problem}");
}

#[test]
fn what_is_exported_is_imported_as_it_was() {
    let desk = with_three(FIVE);
    let before = desk.run(&["people", "--json"], "").json();
    let csv = desk.run(&["people", "export"], "").good();
    assert!(csv.starts_with("key,name,kind,mastodon,bluesky,linkedin,x,zulip,youtube\n"));
    let other = Desk::with(FIVE);
    let dry = other
        .run(&["people", "import", "--dry-run", "-"], &csv)
        .good();
    assert_eq!(
        dry,
        "would be added: @@cr, @@numpy, @@universite-cote-d-azur\n"
    );
    assert_eq!(other.run(&["people", "--json"], "").json(), json!([]));
    other.run(&["people", "import", "-"], &csv).good();
    assert_eq!(other.run(&["people", "--json"], "").json(), before);
    let again = other.run(&["people", "import", "-"], &csv).good();
    assert_eq!(again, "nothing changed\n");
    let edited = csv.replace("coderefine,", "other_name,");
    let told = other
        .run(&["people", "import", "-", "--json"], &edited)
        .json();
    assert_eq!(told["changed"], json!(["cr"]));
    let part = other
        .run(&["people", "import", "-"], "key,youtube\ncr,coderefinery\n")
        .good();
    assert_eq!(part, "changed: @@cr\n");
    let now = other.run(&["people", "--json"], "").json();
    assert_eq!(
        now[0]["handles"]["x"], "other_name",
        "a column that is not there is left alone"
    );
}

#[test]
fn a_bad_line_is_named_with_the_remedy_and_nothing_is_imported() {
    let desk = Desk::with(FIVE);
    for (csv, says) in [
        (
            "key,name,mastodon\nada,Ada,ada@example.org\nbo,Bo,bo\n",
            "line 3: `bo` is no Mastodon address: write it with its server",
        ),
        ("key,name\na[b],A\n", "line 2: `a[b]` cannot stand after @@"),
        (
            "key,name\na,A\nA,B\n",
            "line 3: @@a stands in the file twice",
        ),
        ("key,name,kind\na,A,robot\n", "line 2: `robot` is no kind"),
        (
            "name\n東京\n",
            "line 2: no letter of `東京` can stand after @@",
        ),
        (
            "key,name\na,\"A\u{1b}[2J\"\n",
            "line 2: The name `A<1b>[2J` cannot be taken",
        ),
        (
            "key,nmae\na,A\n",
            "line 1: unknown column `nmae`; did you mean `name`?",
        ),
    ] {
        let said = desk.run(&["people", "import", "-"], csv).refused();
        assert!(said.contains(says), "{said}");
    }
    let two = desk.run(&["people", "import", "-"], "key,x\na,b c\nd,e f\n");
    assert_eq!(two.status(), 1);
    assert!(two.stderr().contains("line 2") && two.stderr().contains("line 3"));
    assert_eq!(desk.run(&["people", "--json"], "").json(), json!([]));
}

#[test]
fn a_name_with_brackets_is_taken_and_a_handle_with_them_is_not() {
    let desk = with_three(FIVE);
    let refused = |arguments: &[&str]| {
        let mut all = vec!["people"];
        all.extend(arguments);
        desk.run(&all, "").refused()
    };
    for (arguments, says) in [
        (
            &["add", "Ada", "--linkedin", "urn:li:organization:1](x"] as &[&str],
            "is no LinkedIn URN",
        ),
        (&["add", "Ada", "--zulip", "**Ada**"], "is no name on Zulip"),
        (
            &["add", "CR", "--key", "cr"],
            "@@cr is CodeRefinery already",
        ),
        (&["add", "@ada"], "begins like a handle"),
        (&["edit", "numpi", "--x", "a"], "did you mean @@numpy?"),
        (
            &["remove", "nobody-there"],
            "nobody in the directory is @@nobody-there",
        ),
    ] {
        let said = refused(arguments);
        assert!(said.contains(says), "{said}");
    }
    let usage = desk.run(&["people", "add", "Ada", "--key", "a b"], "");
    assert_eq!(usage.status(), 2);
    let edited = desk.run(&["people", "edit", "cr", "--x", ""], "").good();
    assert_eq!(edited, "changed: @@cr\n");
    let removed = desk.run(&["people", "remove", "cr", "numpy"], "").good();
    assert_eq!(removed, "removed: @@cr, @@numpy\n");
    let left = desk.run(&["people"], "").good();
    assert!(
        left.starts_with("@@universite-cote-d-azur  Université Côte d’Azur, institution\n"),
        "{left}"
    );
}

#[test]
fn a_changed_handle_takes_the_approval_back_and_says_so() {
    let desk = with_three(FIVE);
    let id = desk.add(
        "With @@cr",
        &["--channel", "x", "--at", "2030-12-01 09:00", "--approve"],
    );
    let other = desk.add(
        "With @@numpy",
        &["--channel", "x", "--at", "2030-12-01 09:00", "--approve"],
    );
    assert_eq!(desk.show(&id)["review"], "approved");
    let told = desk
        .run(&["people", "edit", "cr", "--x", "coderef"], "")
        .good();
    assert_eq!(
        told,
        format!(
            "changed: @@cr\nnamed in planned posts: {id}\nto be approved anew, since something else is sent: {id}\n"
        )
    );
    assert_ne!(desk.show(&id)["review"], "approved");
    assert_eq!(desk.show(&other)["review"], "approved");
    let kind = desk
        .run(&["people", "edit", "numpy", "--kind", "package"], "")
        .good();
    assert_eq!(kind, "changed: @@numpy\n", "a kind is not sent");
    assert_eq!(desk.show(&other)["review"], "approved");
}
