//! Deleting a video, and changing what people read of it.
//!
//! `videos.update` replaces whole parts (read 2026-11): the present one is read first, and what is not ours is sent back as it was.

use super::http::{Body, Call};
use super::youtube::YouTube;
use super::youtube_api::{Items, is_video_id, snippet};
use crate::domain::{Corrected, Part, RemoteRef};
use serde_json::{Value, json};

impl YouTube {
    pub(super) async fn delete_video(&self, there: &RemoteRef) -> Corrected {
        if !is_video_id(&there.id) {
            return no_video();
        }
        let url = self.url("videos");
        let call = || Call::delete(url.clone()).query("id", &there.id);
        match self.send(call).await {
            Ok(answer) if answer.is_success() => Corrected::Done,
            Ok(answer) if answer.status == 404 => Corrected::Gone,
            Ok(answer) => self.corrected(&answer),
            Err(none) => none.into(),
        }
    }

    pub(super) async fn edit_video(&self, there: &RemoteRef, part: &Part) -> Corrected {
        if !is_video_id(&there.id) {
            return no_video();
        }
        let url = self.url("videos");
        let read = || {
            Call::read(url.clone())
                .query("part", "snippet")
                .query("id", &there.id)
        };
        let present = match self.read(read).await {
            Ok(answer) => answer.json::<Items<Value>>(),
            Err(error) => return error.into(),
        };
        let Some(present) = present else {
            return self.unreadable("a video").into();
        };
        let Some(mut video) = present.items.into_iter().next() else {
            return Corrected::Gone;
        };
        let mut changed = video["snippet"].take();
        let ours = snippet(part);
        if let (Some(before), Some(ours)) = (changed.as_object_mut(), ours.as_object()) {
            // Tags that were taken away are sent as none: what is left out would stay.
            before.insert("tags".to_owned(), json!([]));
            before.extend(ours.clone());
        }
        let body = json!({ "id": there.id, "snippet": changed }).to_string();
        let call = || Call::put(url.clone(), Body::Json(body.clone())).query("part", "snippet");
        match self.send(call).await {
            Ok(answer) if answer.is_success() => Corrected::Done,
            Ok(answer) if answer.status == 404 => Corrected::Gone,
            Ok(answer) => self.corrected(&answer),
            Err(none) => none.into(),
        }
    }
}

fn no_video() -> Corrected {
    Corrected::Refused {
        reason: "It is no video of YouTube".to_owned(),
    }
}
