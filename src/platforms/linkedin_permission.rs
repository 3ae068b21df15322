//! What a login of LinkedIn may do: the role of the person on the page, and the scopes that were granted.
//!
//! learn.microsoft.com, "Organization Access Control by Role" and "Posts API" (li-lms-2026-05, read 2026-11). Scopes are known
//! where a login kept them; a token that the configuration names comes without.

use super::CallError;
use super::http::quote;
use super::linkedin::{Author, LinkedIn};
use super::linkedin_api::{PAGE_ROLES, POST_AS_MEMBER, POST_AS_PAGE, READ_PAGE};
use super::linkedin_author::Role;
use super::linkedin_comment::{COMMENT_AS_PAGE, READ_COMMENTS};
use super::permission::{Need, of_scopes};
use crate::domain::{Costs, Permission};

const FOR_A_PAGE: [Need; 5] = [
    Need {
        any_of: &[POST_AS_PAGE],
        without: "posts are refused",
        costs: Costs::Publishing,
    },
    Need {
        any_of: &[READ_PAGE],
        without: "a post whose answer was lost cannot be looked up",
        costs: Costs::Something,
    },
    Need {
        any_of: &[PAGE_ROLES, "r_organization_admin"],
        without: "nobody is told when the role on the page is taken away",
        costs: Costs::Something,
    },
    Need {
        any_of: &[COMMENT_AS_PAGE],
        without: "comments, which follow a post, may be refused",
        costs: Costs::Something,
    },
    Need {
        any_of: &[READ_COMMENTS],
        without: "a comment whose answer was lost cannot be looked up",
        costs: Costs::Something,
    },
];

const FOR_A_PERSON: [Need; 1] = [Need {
    any_of: &[POST_AS_MEMBER],
    without: "posts are refused",
    costs: Costs::Publishing,
}];

impl LinkedIn {
    /// Asks for the role on the page, and reads which scopes the login kept.
    pub(super) async fn find_permission(&self) -> Result<Permission, CallError> {
        let (role, needs) = match self.by() {
            Author::Page(urn) => {
                let role = match self.roles().await {
                    Ok(roles) => role_words(urn, &roles),
                    // Who may not list roles may post all the same; `verify` says it where that is not so.
                    Err(CallError::Rejected(_)) => role_words(urn, &[]),
                    Err(other) => return Err(other),
                };
                (Some(role), &FOR_A_PAGE[..])
            }
            Author::Member(_) => (None, &FOR_A_PERSON[..]),
        };
        let scopes = self.scopes().await;
        let now = self.http().now();
        let mut permission = match &scopes {
            Some(granted) => of_scopes(granted, needs, self.remedy(), now),
            None => Permission {
                may: "scopes not told with a token that was made elsewhere".to_owned(),
                lacks: Vec::new(),
                told_at: now,
            },
        };
        if let Some(role) = role {
            permission.may = format!("{role}; {}", permission.may);
        }
        Ok(permission)
    }
}

/// `administrator of the page`, `no role on the page that LinkedIn tells`
pub(super) fn role_words(urn: &str, roles: &[Role]) -> String {
    let ours: Vec<String> = (roles.iter())
        .filter(|role| role.organization.as_deref() == Some(urn))
        .map(|role| quote(&role.role.replace('_', " ").to_lowercase()))
        .take(5)
        .collect();
    match ours.as_slice() {
        [] => "no role on the page that LinkedIn tells".to_owned(),
        ours => format!("{} of the page", ours.join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roles_on_our_own_page_are_named_in_words() {
        let role = |page: &str, role: &str| Role {
            organization: Some(format!("urn:li:organization:{page}")),
            role: role.to_owned(),
        };
        let roles = [role("8", "ADMINISTRATOR"), role("7", "CONTENT_ADMIN")];
        assert_eq!(
            role_words("urn:li:organization:7", &roles),
            "content admin of the page"
        );
        assert_eq!(
            role_words("urn:li:organization:9", &roles),
            "no role on the page that LinkedIn tells"
        );
    }
}
