//! Texts that break careless rows, put wherever a screen shows what people or servers wrote.

use masthead::app::editor::Kept;
use masthead::app::trim::TrimSheet;
use masthead::app::{App, Input, Publishing, Sheet};
use masthead::domain::connection::Login;
use masthead::domain::{Chip, DeliveryState};

/// Texts that break careless rows: wide, right to left, joined emoji, escape bytes, overrides, marks without a base.
pub fn hostile(app: &mut App) {
    let texts = [
        "国".repeat(200),
        "مرحبا بالعالم هذا عنوان طويل جدا لا ينتهي أبدا".to_owned(),
        "👨‍👩‍👧".repeat(40),
        "ﾞﾞｶﾞ\u{3099}".repeat(30),
        "a\u{1b}[31mred\u{7}\u{202e}evil\u{0}\u{9b}2J".repeat(4),
        "\u{301}\u{301}e\u{301} \u{200d} ｶﾞｷﾞ \u{fe0f}❤\u{fe0f} नमस्ते 각".repeat(8),
        "x".repeat(500),
    ]
    .to_vec();
    for (index, post) in app.posts.iter_mut().enumerate() {
        let text = &texts[index % texts.len()];
        post.title.clone_from(text);
        for channel in &mut post.channels {
            channel.reason.clone_from(text);
        }
    }
    let titles: Vec<_> = app.posts.iter().map(|it| (it.id, it.clone())).collect();
    let lists = [&mut app.queue.needs_you, &mut app.queue.next];
    for post in lists.into_iter().flatten() {
        if let Some((_, hostile)) = titles.iter().find(|(id, _)| *id == post.id) {
            post.clone_from(hostile);
        }
    }
    let everything = texts.join("\n");
    if let Some(detail) = &mut app.detail {
        detail.view.post.content.title.clone_from(&everything);
        detail.view.post.content.text.clone_from(&everything);
        for delivery in &mut detail.view.deliveries {
            delivery.reason.clone_from(&everything);
            delivery.permalink = Some(everything.clone());
            delivery.state = DeliveryState::Failed;
        }
    }
    if let Some(editor) = &mut app.editor {
        let mut content = editor.content.clone();
        content.title.clone_from(&everything);
        content.text.clone_from(&everything);
        content.warning = Some(everything.clone());
        for picture in &mut content.attachments {
            picture.name.clone_from(&everything);
            picture.alt.clone_from(&everything);
        }
        editor.set_content(content);
        let channels = app.channels.clone();
        editor.compose(&channels, &app.facts);
        editor.kept = Kept::Drafted;
    }
    if matches!(app.sheet, Some(Sheet::Trim(_))) {
        let editor = app.editor.as_ref().expect("a text is trimmed");
        let sheet = TrimSheet::open(editor, &app.channels, &app.facts);
        app.sheet = Some(Sheet::Trim(Box::new(sheet.expect("it is too long"))));
    }
    if let Some(form) = &mut app.details {
        form.input = Some(Input::new(everything.replace('\n', " ")));
    }
    match &mut app.sheet {
        Some(Sheet::GoTo(input) | Sheet::Attach(input) | Sheet::Search(input)) => {
            *input = Input::new(everything.replace('\n', " "));
        }
        Some(Sheet::PublishNow(sheet)) => {
            for account in &mut sheet.accounts {
                account.account.clone_from(&texts[0]);
                account.detail.clone_from(&texts[3]);
            }
        }
        Some(Sheet::Filter(_)) => {
            app.finding.choices.tags.clone_from(&texts);
            let tags = texts.iter().cloned().map(Chip::Tag);
            app.finding.filter = tags.collect();
        }
        _ => {}
    }
    if let Some(deliveries) = app.outbox_mut().and_then(|page| page.outbox.as_mut()) {
        for (index, row) in deliveries.rows.iter_mut().enumerate() {
            row.title.clone_from(&texts[index % texts.len()]);
            row.delivery.reason.clone_from(&everything);
            row.delivery.permalink = Some(everything.clone());
        }
    }
    match &mut app.sheet {
        Some(Sheet::Unknown(sheet)) => {
            sheet.title.clone_from(&everything);
            sheet.address = Input::new(everything.replace('\n', " "));
            if let Some(tries) = &mut sheet.tries {
                tries.page = Some(everything.clone());
                tries.attempts[0].request.body.clone_from(&everything);
            }
        }
        Some(Sheet::Tries(sheet)) => {
            sheet.row.title.clone_from(&everything);
            sheet.row.delivery.reason.clone_from(&everything);
        }
        Some(Sheet::Connections(sheet)) => {
            for one in sheet.all.iter_mut().flatten() {
                one.account = Some(everything.clone());
                one.login = Login::From(everything.clone());
                if let Some(permission) = &mut one.permission {
                    permission.may.clone_from(&everything);
                }
            }
        }
        Some(Sheet::DryRun(sheet)) => {
            for call in sheet.calls.iter_mut().flat_map(|all| &mut all.calls) {
                call.title.clone_from(&everything);
                call.problems.push(everything.clone());
            }
        }
        _ => {}
    }
    if let Some(note) = &mut app.note {
        note.note.text.clone_from(&everything);
    }
    app.publishing = Publishing::Session(everything);
}
