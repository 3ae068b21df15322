//! Pages as they are met: well made, old, broken, hostile.

use super::*;

fn read_text(page: &str) -> Head {
    read(page.as_bytes(), None, &base())
}

fn base() -> Url {
    Url::parse("https://example.org/deep/page.html").unwrap()
}

#[test]
fn open_graph_wins_over_the_cards_of_others_and_over_plain_html() {
    let page = r#"<!doctype html><html><head>
        <title>Plain title</title>
        <meta name="description" content="Plain words">
        <meta name="twitter:title" content="Card title"><meta name=twitter:description content='Card words'>
        <meta property="og:title" content="Review 58: sourmash &amp; friends">
        <META PROPERTY="og:description" CONTENT="Small&nbsp;sketches,
            whole   genomes">
        <meta property="og:image" content="../pictures/dots.png?a=1&amp;b=2">
        <meta property="og:image" content="https://example.org/second.png">
        </head><body>"#;
    let head = read_text(page);
    assert_eq!(head.title, "Review 58: sourmash & friends");
    assert_eq!(head.description, "Small sketches, whole genomes");
    assert_eq!(
        head.picture.unwrap().as_str(),
        "https://example.org/pictures/dots.png?a=1&b=2"
    );
}

#[test]
fn what_a_page_does_not_say_stays_empty() {
    assert_eq!(read_text(""), Head::default());
    assert_eq!(read_text("<p>no head at all"), Head::default());
    let head = read_text("<title>\n A title\t alone </title><p>text");
    assert_eq!(
        (head.title.as_str(), head.description.as_str()),
        ("A title alone", "")
    );
    let empty = r#"<meta property="og:title" content="  "><title>Taken instead</title>"#;
    assert_eq!(read_text(empty).title, "Taken instead");
}

#[test]
fn the_head_is_not_taken_from_scripts_comments_or_drawings() {
    let page = r#"<script>var a = '<title>script</title><meta property="og:title" content="script">';</script>
        <!-- <title>comment</title> --><style>title{}</style>
        <title>The real <b>one</title><svg><title>drawing</title></svg>"#;
    assert_eq!(read_text(page).title, "The real <b>one");
    let drawing_alone = "<svg><title>drawing</title></svg>";
    assert_eq!(read_text(drawing_alone).title, "");
}

#[test]
fn entities_are_read_once_and_what_they_make_is_text() {
    let head =
        read_text("<title>&amp;lt;script&amp;gt; &lt;b&gt; &#x1F600; &#8212; &hearts;</title>");
    assert_eq!(head.title, "&lt;script&gt; <b> 😀 — ♥");
    let head = read_text(r#"<meta name=description content="&amp;amp;amp; &quot;quoted&quot;">"#);
    assert_eq!(head.description, "&amp;amp; \"quoted\"");
}

#[test]
fn control_characters_and_turned_text_never_come_through() {
    let page = "<title>a\u{1b}[2J&#27;[31mb\u{202e}c\u{7}\u{9b}d&#x9b;\u{2066}e\0f</title>\
        <meta name=description content='x&#10;y&#13;z&#8238;\u{2028}w'>";
    let head = read_text(page);
    for text in [&head.title, &head.description] {
        assert!(
            !text.contains(is_unsafe) && !text.contains('\n'),
            "{text:?}"
        );
    }
    assert_eq!(head.description, "x y z w");
}

#[test]
fn endless_words_are_cut_and_endless_nesting_is_read_through() {
    let head = read_text(&format!("<title>{}</title>", "long ".repeat(2_000_000)));
    assert_eq!(head.title.chars().count(), LONGEST_TITLE);
    assert!(head.title.ends_with("long…") || head.title.ends_with('…'));
    let head = read_text(&format!("<title>{}", "🧑‍🔬".repeat(100_000)));
    assert!(head.title.chars().count() <= LONGEST_TITLE);
    let nested = format!("{}<title>deep</title>", "<div>".repeat(200_000));
    assert_eq!(read_text(&nested).title, "deep");
    let attributes = format!(
        "<meta {} property=og:title content=many>",
        "a=b ".repeat(50_000)
    );
    assert_eq!(read_text(&attributes).title, "many");
}

#[test]
fn a_page_is_read_in_its_own_encoding() {
    let latin = b"<meta charset=iso-8859-1><title>Caf\xe9</title>";
    assert_eq!(read(latin, None, &base()).title, "Café");
    let quoted = b"<meta http-equiv=Content-Type content=\"text/html; charset='koi8-r'\"><title>\xf0\xf2</title>";
    assert_eq!(read(quoted, None, &base()).title, "ПР");
    let (japanese, ..) = encoding_rs::SHIFT_JIS.encode("<title>日本語の題</title>");
    assert_eq!(
        read(&japanese, Some("Shift_JIS"), &base()).title,
        "日本語の題"
    );
    // The server's word counts before the page's, a mark before both.
    let both = b"<meta charset=utf-8><title>\xe9</title>";
    assert_eq!(read(both, Some("windows-1252"), &base()).title, "é");
    let marked = b"\xef\xbb\xbf<meta charset=koi8-r><title>\xc3\xa9</title>";
    assert_eq!(read(marked, Some("koi8-r"), &base()).title, "é");
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(
        "<title>wide é</title>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    assert_eq!(read(&utf16, None, &base()).title, "wide é");
}

#[test]
fn a_wrong_encoding_makes_wrong_letters_and_no_harm() {
    assert_eq!(read(b"<title>\xc3\xa9</title>", None, &base()).title, "é");
    assert_eq!(
        read(b"<title>\xe9t\xe9</title>", None, &base()).title,
        "été"
    );
    let unknown = b"<meta charset=no-such-thing><title>plain</title>";
    assert_eq!(read(unknown, Some("nonsense"), &base()).title, "plain");
    let lying = b"<meta charset=utf-16le><title>plain</title>";
    assert_eq!(read(lying, None, &base()).title, "plain");
    let broken = b"<meta charset=utf-8><title>a\xff\xfeb</title>";
    assert_eq!(read(broken, None, &base()).title, "a\u{fffd}\u{fffd}b");
}

#[test]
fn a_picture_is_an_address_of_the_web_or_none() {
    let of = |address: &str| {
        let page = format!("<meta property=og:image content=\"{address}\">");
        read_text(&page).picture.map(|url| url.to_string())
    };
    assert_eq!(of("/a.png").as_deref(), Some("https://example.org/a.png"));
    assert_eq!(
        of("//cdn.example.org/a").as_deref(),
        Some("https://cdn.example.org/a")
    );
    for none in [
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://",
    ] {
        assert_eq!(of(none), None, "{none}");
    }
    let with_base = "<base href='https://cdn.example.org/x/'><link rel=image_src href=a.jpg>";
    assert_eq!(
        read_text(with_base).picture.unwrap().as_str(),
        "https://cdn.example.org/x/a.jpg"
    );
}
