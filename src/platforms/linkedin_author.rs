//! Who posts on LinkedIn: the person whose token it is, or a page, and whether the person may post as it.
//!
//! Asked when the account is verified, so that a missing role or scope is said before anything is due.
//! learn.microsoft.com, "Organization Access Control by Role" and "Posts API" (li-lms-2026-05, read 2026-11).

use super::CallError;
use super::http::{self, Call};
use super::linkedin::LinkedIn;
use super::linkedin_api::{self as api, MAY_POST, PAGE_ROLES, READ_PAGE};
use crate::domain::Account;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// How many roles are asked for at once, and how often.
const ROLES: usize = 100;
const MOST_ROLES: usize = 1000;

/// `GET /v2/userinfo`.
#[derive(Deserialize)]
pub(super) struct UserInfo {
    sub: String,
    #[serde(default)]
    name: String,
}

/// `GET /rest/organizationAcls`.
#[derive(Deserialize)]
pub(super) struct Roles {
    #[serde(default)]
    pub elements: Vec<Role>,
}

/// One role of the person who logged in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Role {
    #[serde(alias = "organizationTarget", alias = "organizationalTarget")]
    pub organization: Option<String>,
    #[serde(default)]
    pub role: String,
}

/// `GET /rest/organizations/{id}`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Organization {
    #[serde(default)]
    localized_name: String,
    #[serde(default)]
    vanity_name: String,
}

impl LinkedIn {
    /// Asks whose token it is.
    pub(super) async fn member(&self, known: &OnceLock<String>) -> Result<Account, CallError> {
        let url = self.url("v2/userinfo");
        let answer = self.send(|| Call::read(url.clone())).await?;
        if !answer.is_success() {
            return Err(self.refused(&answer, "openid and profile").await);
        }
        let info: UserInfo = answer.json().ok_or_else(|| self.unreadable("a person"))?;
        let account = self.member_account(&info)?;
        // Who was there first stays: the pinned account is compared by the publisher.
        let _ = known.set(account.id.clone());
        Ok(account)
    }

    pub(super) fn member_account(&self, info: &UserInfo) -> Result<Account, CallError> {
        let id = api::member_urn(&info.sub).ok_or_else(|| self.unreadable("a person's id"))?;
        let name = http::quote(&info.name);
        Ok(Account {
            handle: if name.is_empty() { id.clone() } else { name },
            id,
        })
    }

    /// Asks which roles the person who logged in has, and whether one of them may post as the page.
    pub(super) async fn page(&self, urn: &str) -> Result<Account, CallError> {
        match self.roles().await {
            Ok(roles) => self.may_post(urn, &roles)?,
            // Who may not list roles, but may read the page's posts, has one.
            Err(CallError::Rejected(reason)) => {
                let url = self.url("rest/posts");
                let posts = || {
                    let call = Call::read(url.clone()).header("x-restli-method", "FINDER");
                    call.query("q", "author")
                        .query("author", urn)
                        .query("count", "1")
                };
                self.read(posts, READ_PAGE)
                    .await
                    .map_err(|_| CallError::Rejected(reason))?;
            }
            Err(other) => return Err(other),
        }
        let number = urn.rsplit(':').next().unwrap_or_default();
        let url = self.url(&format!("rest/organizations/{number}"));
        let known = match self.read(|| Call::read(url.clone()), PAGE_ROLES).await {
            Ok(answer) => answer.json::<Organization>().unwrap_or_default(),
            // Its name is only for people to read.
            Err(_) => Organization::default(),
        };
        Ok(page_account(urn, &known))
    }

    pub(super) async fn roles(&self) -> Result<Vec<Role>, CallError> {
        let url = self.url("rest/organizationAcls");
        let count = ROLES.to_string();
        let mut all: Vec<Role> = Vec::new();
        loop {
            let start = all.len().to_string();
            let page = || {
                let call = Call::read(url.clone()).header("x-restli-method", "FINDER");
                call.query("q", "roleAssignee")
                    .query("state", "APPROVED")
                    .query("count", &count)
                    .query("start", &start)
            };
            let answer = self.read(page, PAGE_ROLES).await?;
            let roles: Roles = answer.json().ok_or_else(|| self.unreadable("roles"))?;
            let last = roles.elements.len() < ROLES;
            all.extend(roles.elements);
            if last || all.len() >= MOST_ROLES {
                return Ok(all);
            }
        }
    }

    /// Refuses where the roles certainly do not let it post.
    pub(super) fn may_post(&self, urn: &str, roles: &[Role]) -> Result<(), CallError> {
        let ours: Vec<&Role> = (roles.iter())
            .filter(|role| role.organization.as_deref() == Some(urn))
            .collect();
        if ours
            .iter()
            .any(|role| MAY_POST.contains(&role.role.as_str()))
        {
            return Ok(());
        }
        let has = match ours.first() {
            Some(role) => format!("is only {} of", http::quote(&role.role)),
            None => "has no role on".to_owned(),
        };
        let elsewhere: BTreeSet<String> = (roles.iter())
            .filter(|role| MAY_POST.contains(&role.role.as_str()))
            .filter_map(|role| role.organization.as_deref())
            .filter_map(|urn| urn.strip_prefix("urn:li:organization:"))
            .map(http::quote)
            .take(5)
            .collect();
        let mut may = String::new();
        if !elsewhere.is_empty() {
            let list: Vec<String> = elsewhere.into_iter().collect();
            may = format!(" (it may post as {})", list.join(", "));
        }
        Err(CallError::Rejected(format!(
            "The person who logged in {has} {}{may}: ask one of its administrators for “Content admin”, or set `organization` of channel `{}` to another page",
            self.page_words(),
            self.channel()
        )))
    }
}

/// Returns how a page is shown: its name, with the address that everybody sees.
pub(super) fn page_account(urn: &str, known: &Organization) -> Account {
    let number = urn.rsplit(':').next().unwrap_or_default();
    let name = match http::quote(&known.localized_name) {
        none if none.is_empty() => format!("page {number}"),
        name => name,
    };
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let vanity = Some(known.vanity_name.as_str())
        .filter(|vanity| (1..=100).contains(&vanity.len()) && vanity.chars().all(plain));
    Account {
        id: urn.to_owned(),
        handle: format!("{name} (linkedin.com/company/{})", vanity.unwrap_or(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_shown_with_its_name_and_its_public_address() {
        let known = |name: &str, vanity: &str| Organization {
            localized_name: name.to_owned(),
            vanity_name: vanity.to_owned(),
        };
        let shown = |known: &Organization| page_account("urn:li:organization:7", known).handle;
        assert_eq!(
            shown(&known("Research Software", "rso")),
            "Research Software (linkedin.com/company/rso)"
        );
        assert_eq!(shown(&known("", "a/b")), "page 7 (linkedin.com/company/7)");
    }
}
