//! How a channel is connected: whose account it is, what its login may do, what ends by itself, what came out last, what is
//! left of its quota, what the month came to.
//!
//! Plain data with the words in which a person is told; `runtime::connections` puts it together and asks the platforms.

use super::text_safety::visible;
use super::{ChannelName, Limits, Permission, PlatformId, PostId, Spent};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// How one channel is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionStatus {
    /// The channel.
    pub channel: ChannelName,
    /// Its mark.
    pub mark: String,
    /// The service it publishes to.
    pub platform: PlatformId,
    /// The platform whose rules it follows, where that is another one.
    pub like: Option<PlatformId>,
    /// Whose account it is; `None` until it was connected.
    pub account: Option<String>,
    /// Where its secret comes from.
    pub login: Login,
    /// Whether it works.
    pub check: Check,
    /// What its login may do, as its platform told it last.
    pub permission: Option<Permission>,
    /// What its server said of its limits.
    pub limits: Option<Limits>,
    /// What ends by itself: the login, the version of the API.
    pub ends: Vec<Ends>,
    /// What was published last.
    pub last_success: Option<LastSuccess>,
    /// What its platform still lets it do, as it was told last.
    pub quota: Vec<Quota>,
    /// What its posts of this month came to, where its platform takes money.
    pub month: Option<Month>,
}

/// Where the secret of a channel comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// A secret that is there, or should be: where it comes from; never the secret.
    From(String),
    /// No secret, and none is needed: why, in one sentence.
    NoneNeeded(String),
}

impl Login {
    /// Returns where the secret comes from; `None` where none is needed.
    pub fn source(&self) -> Option<&str> {
        match self {
            Self::From(source) => Some(source),
            Self::NoneNeeded(_) => None,
        }
    }

    /// Says it in one phrase.
    pub fn words(&self) -> String {
        match self {
            Self::From(source) => format!("secret: {source}"),
            Self::NoneNeeded(why) => why.clone(),
        }
    }
}

/// What the posts of a month came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// What was done, and what it came to.
    pub spent: Spent,
    /// The day of the prices.
    pub as_of: NaiveDate,
}

impl Month {
    /// Says it in one line.
    pub fn words(&self) -> String {
        let several = |count: u32, one: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {one}s"),
        };
        let Spent {
            posts,
            with_link,
            looks,
            money,
        } = self.spent;
        let mut words = format!("about {money} this month: {}", several(posts, "post"));
        if with_link > 0 {
            words.push_str(&format!(", {with_link} with a link"));
        }
        if looks > 0 {
            words.push_str(&format!(", {}", several(looks, "look-up")));
        }
        format!("{words} (prices of {})", self.as_of)
    }
}

/// Whether a channel works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// Nobody asked its platform yet.
    NotAsked,
    /// The account is the right one and may do what it is for.
    Works,
    /// It does not, with the reason and the remedy.
    Fails(String),
    /// It is dormant: its platform is not asked, and nobody is told to mend it.
    Sleeps,
}

/// Something that ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// What it is: `login` or `api`.
    pub what: &'static str,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it is time to do something about it.
    pub is_near: bool,
    /// What ends when, and what to do, in one line.
    pub words: String,
    /// The version, where it is one of an API.
    pub version: Option<String>,
}

/// What a channel published last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LastSuccess {
    /// When it was published.
    pub at: DateTime<Utc>,
    /// The post.
    pub post: PostId,
    /// Where it is read.
    pub permalink: Option<String>,
}

/// What calls a quota is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QuotaOf {
    /// Calls that read.
    Reading,
    /// Calls that make or change something.
    Writing,
}

/// How much a platform lets an account do, as an answer told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// What it is of.
    pub of: QuotaOf,
    /// How many calls are left.
    pub left: u32,
    /// How many there are in a window.
    pub limit: Option<u32>,
    /// When the window ends and all of them are there again.
    pub resets_at: Option<DateTime<Utc>>,
    /// When it was told.
    pub told_at: DateTime<Utc>,
}

impl Quota {
    /// Whether so little is left that posts may have to wait.
    pub fn is_short(&self, now: DateTime<Utc>) -> bool {
        let lasts = self.resets_at.is_none_or(|at| at > now);
        let tenth = self.limit.map_or(5, |limit| limit / 10);
        lasts && self.left <= tenth
    }

    fn words(&self, now: DateTime<Utc>, zone: Tz) -> String {
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).format("%H:%M").to_string();
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).format("%-d %b %H:%M").to_string();
        let what = match self.of {
            QuotaOf::Reading => "reading",
            QuotaOf::Writing => "publishing",
        };
        let of = self
            .limit
            .map_or_else(String::new, |limit| format!(" of {limit}"));
        let told = day(self.told_at);
        match self.resets_at {
            Some(at) if at <= now => {
                format!("quota of {what}: full again since {}", day(at))
            }
            Some(at) => {
                let left = format!(
                    "quota of {what}: {}{of} calls left until {}",
                    self.left,
                    local(at)
                );
                match self.is_short(now) {
                    true => format!("{left}; what is refused then is sent again by itself"),
                    false => format!("{left} (told {told})"),
                }
            }
            None => format!(
                "quota of {what}: {}{of} calls left (told {told})",
                self.left
            ),
        }
    }
}

/// How good a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// As it should be.
    Fine,
    /// Soon somebody has to do something.
    Soon,
    /// Somebody has to do something now.
    Bad,
}

impl ConnectionStatus {
    /// Returns what is known of it, one line for each thing, without its name.
    pub fn lines(&self, now: DateTime<Utc>, zone: Tz) -> Vec<(Worth, String)> {
        let mut lines = vec![self.standing(), (Worth::Fine, self.login.words())];
        lines.extend(self.permissions(zone));
        for end in &self.ends {
            let worth = match end.is_near {
                true if end.at <= now => Worth::Bad,
                true => Worth::Soon,
                false => Worth::Fine,
            };
            lines.push((worth, end.words.clone()));
        }
        lines.extend(self.activity(now, zone));
        if let Some(month) = (self.month).filter(|_| self.check != Check::Sleeps) {
            lines.push((Worth::Fine, month.words()));
        }
        lines
            .into_iter()
            .map(|(worth, line)| (worth, visible(&line)))
            .collect()
    }

    /// Returns whose account it is and whether it works, as far as that was asked.
    fn standing(&self) -> (Worth, String) {
        // Who needs no login is asked nothing.
        let is_asked = self.login.source().is_some();
        let whose = match (&self.account, is_asked) {
            (Some(account), _) => account.as_str(),
            (None, true) => "not connected yet",
            (None, false) => "no account",
        };
        match &self.check {
            Check::Sleeps => (Worth::Fine, format!("{whose}, dormant")),
            Check::NotAsked if is_asked => (Worth::Fine, format!("{whose}, not asked yet")),
            Check::NotAsked => (Worth::Fine, whose.to_owned()),
            Check::Works => (Worth::Fine, format!("{whose}, works")),
            Check::Fails(reason) => (Worth::Bad, format!("{whose}: {reason}")),
        }
    }

    /// Returns what its login may do and what it lacks, one line for each; nothing for a channel that sleeps or needs none.
    pub fn permissions(&self, zone: Tz) -> Vec<(Worth, String)> {
        if self.check == Check::Sleeps || self.login.source().is_none() {
            return Vec::new();
        }
        match &self.permission {
            Some(permission) => permission.lines(zone),
            None => vec![(Worth::Fine, "permission: not known yet".to_owned())],
        }
    }

    /// Returns what it published last and what is left of its quota, one line for each.
    pub fn activity(&self, now: DateTime<Utc>, zone: Tz) -> Vec<(Worth, String)> {
        let last = match &self.last_success {
            None => "nothing published yet".to_owned(),
            Some(last) => {
                let at = last.at.with_timezone(&zone).format("%a %-d %b %Y %H:%M");
                let place = last.permalink.as_deref();
                let place = place.map_or_else(String::new, |place| format!("  {place}"));
                format!("last published {at}, post {}{place}", last.post)
            }
        };
        let mut lines = vec![(Worth::Fine, last)];
        for quota in &self.quota {
            let worth = if quota.is_short(now) {
                Worth::Soon
            } else {
                Worth::Fine
            };
            lines.push((worth, quota.words(now, zone)));
        }
        lines
    }

    /// Whether somebody has to do something, now or soon.
    pub fn needs_you(&self) -> bool {
        let lacks = self.permission.iter().any(|it| !it.lacks.is_empty());
        matches!(self.check, Check::Fails(_))
            || self.ends.iter().any(|end| end.is_near)
            || (lacks && self.check != Check::Sleeps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn now() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn quota(left: u32) -> Quota {
        Quota {
            of: QuotaOf::Writing,
            left,
            limit: Some(300),
            resets_at: Some(now() + TimeDelta::minutes(5)),
            told_at: now() - TimeDelta::minutes(1),
        }
    }

    #[test]
    fn a_quota_is_told_with_its_window_and_what_happens_when_it_runs_out() {
        let words = |quota: &Quota| quota.words(now(), chrono_tz::Europe::Oslo);
        assert_eq!(
            words(&quota(287)),
            "quota of publishing: 287 of 300 calls left until 13:05 (told 22 Nov 12:59)"
        );
        assert!(quota(30).is_short(now()) && !quota(31).is_short(now()));
        assert!(words(&quota(2)).ends_with("is sent again by itself"));
        let over = Quota {
            resets_at: Some(now() - TimeDelta::minutes(5)),
            ..quota(0)
        };
        assert!(!over.is_short(now()));
        assert_eq!(
            words(&over),
            "quota of publishing: full again since 22 Nov 12:55"
        );
    }

    #[test]
    fn what_is_known_is_one_line_each_and_what_ends_soon_comes_with_its_remedy() {
        let mut status = ConnectionStatus {
            channel: "li".into(),
            mark: "Li".to_owned(),
            platform: PlatformId::Sandbox,
            like: None,
            account: Some("Exam\u{1b}ple".to_owned()),
            login: Login::From("token_env `LI`".to_owned()),
            check: Check::Works,
            permission: None,
            limits: None,
            ends: vec![Ends {
                what: "login",
                at: now() + TimeDelta::days(3),
                is_near: true,
                words: "the login of li ends in 3 days: run `masthead login li`".to_owned(),
                version: None,
            }],
            last_success: None,
            quota: vec![quota(287)],
            month: None,
        };
        let lines = status.lines(now(), chrono_tz::UTC);
        let worths: Vec<Worth> = lines.iter().map(|it| it.0).collect();
        use Worth::{Bad, Fine, Soon};
        assert_eq!(worths, [Fine, Fine, Fine, Soon, Fine, Fine]);
        assert_eq!(lines[0].1, "Exam<1b>ple, works");
        assert_eq!(lines[2].1, "permission: not known yet");
        assert_eq!(lines[4].1, "nothing published yet");
        assert!(status.needs_you());
        status.ends.clear();
        assert!(!status.needs_you());
        status.check = Check::Fails("run `masthead login li`".to_owned());
        assert!(status.needs_you() && status.lines(now(), chrono_tz::UTC)[0].0 == Bad);
    }
}
