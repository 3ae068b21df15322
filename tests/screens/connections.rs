//! The sheet of connections: a channel that works, one whose login ends soon, and one that does not work.

use super::story::oslo;
use masthead::app::Sheet;
use masthead::app::connections::ConnectionsSheet;
use masthead::domain::connection::{
    Check, ConnectionStatus, Ends, LastSuccess, Login, Month, Quota, QuotaOf,
};
use masthead::domain::{Costs, Lack, Permission, PlatformId, PostId, Spent};

fn status(channel: &str, platform: PlatformId, account: &str) -> ConnectionStatus {
    ConnectionStatus {
        channel: channel.into(),
        mark: platform.mark().to_owned(),
        platform,
        like: None,
        account: Some(account.to_owned()),
        login: Login::From("the stored login ~/.local/share/masthead/secrets".to_owned()),
        check: Check::Works,
        permission: None,
        limits: None,
        ends: Vec::new(),
        last_success: Some(LastSuccess {
            at: oslo("2026-11-09 09:00").instant(),
            post: PostId(7),
            permalink: None,
        }),
        quota: Vec::new(),
        month: None,
    }
}

/// The sheet after every platform was asked.
pub fn connections() -> Sheet {
    let mut fosstodon = status("fosstodon", PlatformId::Mastodon, "@example@fosstodon.org");
    fosstodon.quota = vec![Quota {
        of: QuotaOf::Writing,
        left: 287,
        limit: Some(300),
        resets_at: Some(oslo("2026-11-10 11:00").instant()),
        told_at: oslo("2026-11-10 08:10").instant(),
    }];
    fosstodon.permission = Some(Permission {
        may: "scopes read:accounts read:statuses write:statuses".to_owned(),
        lacks: vec![Lack {
            words: "it lacks `write:media`, without which pictures are refused: run `masthead login fosstodon`".to_owned(),
            costs: Costs::Something,
        }],
        told_at: oslo("2026-11-10 08:10").instant(),
    });
    let mut linkedin = status("linkedin", PlatformId::LinkedIn, "Example");
    linkedin.ends = vec![Ends {
        what: "login",
        at: oslo("2026-11-21 09:00").instant(),
        is_near: true,
        words: "the login of linkedin ends in 11 days (2026-11-21): run `masthead login linkedin`"
            .to_owned(),
        version: None,
    }];
    let mut announce = status(
        "announce",
        PlatformId::Zulip,
        "bot@example.org in #announce",
    );
    announce.check = Check::Fails(
        "bot@example.org may not post to #announce on example.zulipchat.com: ask an administrator for the permission, or set `to` to another channel"
            .to_owned(),
    );
    announce.last_success = None;
    let mut newsletter = status(
        "newsletter",
        PlatformId::ByHand,
        "linkedin.com/newsletters/7",
    );
    newsletter.like = Some(PlatformId::LinkedIn);
    newsletter.login = Login::NoneNeeded(
        "posted by hand: whoever posts logs in there, with a role of their own".to_owned(),
    );
    newsletter.check = Check::NotAsked;
    let mut x = status("x", PlatformId::X, "@example");
    x.month = PlatformId::X.listed_price().map(|price| Month {
        spent: Spent {
            posts: 3,
            with_link: 1,
            looks: 0,
            money: price.post * 2 + price.with_link,
        },
        as_of: price.as_of,
    });
    Sheet::Connections(ConnectionsSheet {
        all: Some(vec![linkedin, fosstodon, announce, newsletter, x]),
        asking: false,
        scroll: 0,
    })
}
