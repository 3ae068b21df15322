//! Asking pages for their cards, beside everything else that is performed.

use super::cards::Ask;
use super::perform::{Hands, reply};
use crate::app::msg::PageAge;
use crate::app::{Msg, Reply, Request};

impl Hands {
    pub(super) async fn ask_page(
        &self,
        request: Request,
        url: String,
        age: PageAge,
    ) -> Option<Msg> {
        let ask = match age {
            PageAge::OfToday => Ask::Cached,
            PageAge::Anew => Ask::Anew,
        };
        let said = self.cards.as_ref()?.page(&url, ask).await;
        reply(request, Reply::Page(url, said))
    }
}
