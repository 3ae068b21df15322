//! Adding, showing, changing and listing posts: the fields that scripts read, and every flag.

use super::*;

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn show_has_the_fields_of_the_contract() {
    let desk = Desk::new();
    let id = desk.add(
        "Hello",
        &[
            "--title",
            "Greeting",
            "--kind",
            "evergreen",
            "--channel",
            "sky,outbox",
            "--at",
            "2030-12-01 09:00",
        ],
    );
    let shown = desk.show(&id);
    let mut found = keys(&shown);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "channels",
            "deliveries",
            "id",
            "kind",
            "plan",
            "review",
            "text",
            "title"
        ]
    );
    assert_eq!(shown["id"], 1);
    assert_eq!(shown["title"], "Greeting");
    assert_eq!(shown["kind"], "evergreen");
    assert_eq!(shown["text"], "Hello");
    assert_eq!(
        shown["plan"],
        serde_json::json!({
            "type": "at",
            "local": "2030-12-01T09:00:00",
            "zone": "Europe/Oslo",
            "due_at": "2030-12-01T08:00:00Z"
        })
    );
    // In the order of the configuration, whatever was typed.
    assert_eq!(shown["channels"], serde_json::json!(["outbox", "sky"]));
    let delivery = &shown["deliveries"][0];
    let mut found = keys(delivery);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "attempts",
            "channel",
            "due_at",
            "local",
            "next_try",
            "permalink",
            "platform",
            "reason",
            "remote_ids",
            "state",
            "zone"
        ]
    );
    assert_eq!(delivery["state"], "waiting");
    assert_eq!(delivery["platform"], "sandbox");
    let list = desk.run(&["list", "--json"], "").json();
    assert_eq!(list, serde_json::json!([shown]));
}

#[test]
fn every_flag_reaches_the_post() {
    let desk = Desk::new();
    std::fs::write(desk.path("own.txt"), "Hello, sky\n").unwrap();
    let id = desk.add(
        "Hello",
        &[
            "--channel",
            "outbox,sky",
            "--at",
            "2030-12-01 09:00",
            "--zone",
            "America/Lima",
            "--not-before",
            "2030-12-01 08:00",
            "--not-after",
            "2030-12-02 08:00",
            "--campaign",
            "Autumn",
            "--tag",
            "a,b",
            "--cw",
            "long",
            "--lang",
            "en",
            "--visibility",
            "unlisted",
            "--link",
            "https://example.org/x",
            "--link-title",
            "A title",
            "--topic",
            "news",
            "--thread",
            "--reply-to",
            "https://example.org/y",
            "--author",
            "Ana",
            "--variant",
            &format!("sky={}", desk.path("own.txt").display()),
        ],
    );
    assert_eq!(desk.show(&id)["plan"]["due_at"], "2030-12-01T14:00:00Z");
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let part = &composed[0]["parts"][0];
    assert_eq!(composed[0]["channel"], "outbox");
    assert_eq!(composed[0]["can_leave"], true);
    assert_eq!(part["warning"], "long");
    assert_eq!(part["language"], "en");
    assert_eq!(part["visibility"], "unlisted");
    assert_eq!(composed[1]["parts"][0]["text"], "CW: long\n\nHello, sky");
    let only = desk
        .run(&["compose", &id, "--channel", "sky", "--json"], "")
        .json();
    assert_eq!(only, serde_json::json!([composed[1]]));
    assert!(desk.run(&["show", &id], "").good().contains("by Ana"));
}

#[test]
fn a_post_is_edited_moved_skipped_trashed_and_brought_back() {
    let desk = Desk::new();
    let id = desk.add(
        "Hello",
        &["--channel", "outbox", "--at", "2030-03-30 09:00"],
    );
    desk.run(
        &["edit", &id, "--title", "New", "--channel", "outbox,sky"],
        "Hello again\n",
    )
    .good();
    let shown = desk.show(&id);
    assert_eq!(
        (&shown["title"], &shown["text"]),
        (&"New".into(), &"Hello again".into())
    );
    assert_eq!(shown["deliveries"].as_array().unwrap().len(), 2);
    // Over the clock change it keeps its clock time.
    desk.run(&["move", &id, "+1d"], "").good();
    assert_eq!(desk.show(&id)["plan"]["due_at"], "2030-03-31T07:00:00Z");
    desk.run(&["undo"], "").good();
    assert_eq!(desk.show(&id)["plan"]["due_at"], "2030-03-30T08:00:00Z");
    desk.run(&["move", &id, "shelf"], "").good();
    assert_eq!(desk.show(&id)["plan"]["type"], "shelf");
    desk.run(&["skip", &id, "--channel", "sky"], "").good();
    assert_eq!(desk.show(&id)["deliveries"][1]["state"], "skipped");
    desk.run(&["trash", &id], "").good();
    assert_eq!(
        desk.run(&["list", "--json"], "").json(),
        serde_json::json!([])
    );
    let all = desk.run(&["list", "--trashed", "--json"], "").json();
    assert_eq!(all.as_array().unwrap().len(), 1);
    desk.run(&["trash", &id, "--back"], "").good();
    desk.run(&["approve", &id], "").good();
    assert_eq!(desk.show(&id)["review"], "approved");
}

#[test]
fn an_edit_of_another_revision_is_refused_and_nothing_changes() {
    let desk = Desk::new();
    let id = desk.add("Hello", &[]);
    desk.run(&["edit", &id, "--revision", "1"], "second").good();
    desk.run(&["edit", &id, "--revision", "1"], "third")
        .refused();
    assert_eq!(desk.show(&id)["text"], "second");
}

#[test]
fn a_list_is_limited_to_a_range() {
    let desk = Desk::new();
    for day in ["01", "02", "03"] {
        let at = format!("2030-12-{day} 09:00");
        desk.add(day, &["--channel", "outbox", "--at", &at]);
    }
    let list = desk.run(
        &[
            "list",
            "--from",
            "2030-12-02",
            "--to",
            "2030-12-03",
            "--json",
        ],
        "",
    );
    let texts: Vec<Value> = list
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|post| post["text"].clone())
        .collect();
    assert_eq!(texts, ["02"]);
}

#[test]
fn a_time_that_the_clocks_skip_or_repeat_is_said_and_taken_as_the_rule_says() {
    let desk = Desk::new();
    let skipped = desk.run(
        &["add", "--channel", "outbox", "--at", "2030-03-31 02:30"],
        "Hello",
    );
    assert_eq!(skipped.good().trim(), "1");
    assert_eq!(
        skipped.stderr().trim(),
        "masthead: 2030-03-31 02:30 does not exist in Europe/Oslo: the clocks skip it; it is 03:00 then"
    );
    assert_eq!(desk.show("1")["plan"]["due_at"], "2030-03-31T01:00:00Z");
    let twice = desk.run(
        &["add", "--channel", "outbox", "--at", "2030-10-27 02:30"],
        "Hello",
    );
    twice.good();
    assert!(
        twice.stderr().contains("exists twice"),
        "{}",
        twice.stderr()
    );
    assert_eq!(desk.show("2")["plan"]["due_at"], "2030-10-27T00:30:00Z");
}

#[test]
fn pictures_keep_the_order_and_alt_text_of_the_command_line() {
    let desk = Desk::new();
    let picture = |name: &str, shade: u8| {
        let path = desk.path(name);
        image::GrayImage::from_pixel(4, 4, image::Luma([shade]))
            .save(&path)
            .unwrap();
        path.display().to_string()
    };
    let (one, two, three) = (
        picture("1.png", 1),
        picture("2.png", 2),
        picture("3.png", 3),
    );
    let id = desk.add(
        "Three",
        &[
            "--channel",
            "outbox",
            "--attach",
            &one,
            "--alt",
            "first",
            "--attach",
            &two,
            "--attach",
            &three,
            "--alt",
            "third",
        ],
    );
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let media = &composed[0]["parts"][0]["media"];
    let shown: Vec<(&str, &str)> = media
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["alt"].as_str().unwrap()))
        .collect();
    assert_eq!(
        shown,
        [("1.png", "first"), ("2.png", ""), ("3.png", "third")]
    );
    desk.run(&["publish", &id], "").good();
}

#[test]
fn what_becomes_of_a_picture_is_said_when_it_is_attached_and_the_post_is_kept() {
    let desk = Desk::new();
    let path = desk.path("hall.png");
    let mut state = 1_u32;
    image::RgbImage::from_fn(1200, 500, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = state.to_le_bytes();
        image::Rgb([red, green, blue])
    })
    .save(&path)
    .unwrap();
    let file = path.display().to_string();
    let added = desk.run(&["add", "--channel", "sky", "--attach", &file], "Look");
    added.good();
    let said = added.stderr();
    assert!(
        said.contains("note: hall.png will be sent to sky as JPEG 1200x500, about 216 KB"),
        "{said}"
    );
    assert!(said.contains("note: hall.png has no alt text"), "{said}");
    let composed = desk.run(&["compose", "1", "--json"], "").json();
    let media = &composed[0]["parts"][0]["media"][0];
    assert_eq!(media["mime"], "image/jpeg");
    assert_eq!(media["fit"]["width"], 1200);
    let five: Vec<&str> = (0..4).flat_map(|_| ["--attach", file.as_str()]).collect();
    let edited = desk.run(&[vec!["edit", "1"], five].concat(), "");
    edited.good();
    let said = edited.stderr();
    assert!(
        said.contains("problem: sky: 5 pictures, at most 4 on Bluesky: remove 1"),
        "{said}"
    );
}

#[test]
fn what_is_no_picture_is_refused_in_one_line_when_it_is_attached() {
    let desk = Desk::new();
    let refused = |name: &str, bytes: &[u8]| {
        let path = desk.path(name);
        std::fs::write(&path, bytes).unwrap();
        let file = path.display().to_string();
        desk.run(&["add", "--attach", &file], "Look").refused()
    };
    let text = refused("poster.png", b"These are words.\n");
    assert!(
        text.contains("poster.png is a text file: JPEG, PNG, GIF and WebP"),
        "{text}"
    );
    let empty = refused("empty.png", b"");
    assert!(
        empty.ends_with("is empty: save or copy the file again, then attach it"),
        "{empty}"
    );
    let cut = refused("cut.png", b"\x89PNG\r\n\x1a\n");
    assert!(cut.contains("cut.png is damaged"), "{cut}");
    // Thirty thousand pixels a side; the checksum of its header is right.
    let path = desk.path("small.png");
    image::GrayImage::from_pixel(4, 4, image::Luma([0]))
        .save(&path)
        .unwrap();
    let mut huge = std::fs::read(path).unwrap();
    huge[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let checksum = crc32(&huge[12..29]).to_be_bytes();
    huge[29..33].copy_from_slice(&checksum);
    let large = refused("huge.png", &huge);
    assert!(
        large.ends_with("has more than 200 million pixels: make it smaller"),
        "{large}"
    );
}

/// The checksum of PNG, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1));
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
