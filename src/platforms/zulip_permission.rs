//! What an account of Zulip may do: what it is in its organization, and whether it may post to its channel.
//!
//! Roles are those of zulip.com/api/roles-and-permissions (read 2026-11); who may post is `zulip_place.rs`, which `verify` asks
//! too, and refuses with the remedy.

use super::CallError;
use super::http::quote;
use super::zulip::Zulip;
use super::zulip_api::Me;
use crate::domain::Permission;

impl Zulip {
    /// Asks what the account is, and whether it may post to the channel.
    pub(super) async fn find_permission(&self) -> Result<Permission, CallError> {
        let me = self.me().await?;
        let place = self.place().await?;
        let channel = format!("#{} ({})", quote(&place.name), place.id);
        let may = match self.allowed(&me, &place).await? {
            Some(true) => format!("may post to {channel}"),
            Some(false) => format!("may not post to {channel}"),
            None => format!(
                "{} does not say whether it may post to {channel}",
                self.host()
            ),
        };
        Ok(Permission {
            may: format!("{}; {may}", role_words(&me)),
            lacks: Vec::new(),
            told_at: self.http().now(),
        })
    }
}

/// `a member's bot`, `a moderator`
fn role_words(me: &Me) -> String {
    let role = match me.role {
        Some(100) => "an owner",
        Some(200) => "an administrator",
        Some(300) => "a moderator",
        Some(400) => "a member",
        Some(600) => "a guest",
        _ => "an account",
    };
    match me.bot_owner_id {
        Some(_) => format!("a bot with the rights of {role}"),
        None => role.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_said_in_words_and_a_bot_is_called_one() {
        let me = |role, bot_owner_id| Me {
            user_id: 8,
            role,
            bot_owner_id,
        };
        assert_eq!(role_words(&me(Some(300), None)), "a moderator");
        assert_eq!(
            role_words(&me(Some(400), Some(7))),
            "a bot with the rights of a member"
        );
        assert_eq!(role_words(&me(None, None)), "an account");
    }
}
