//! The words of Masthead as types, and the rules that need nothing but them.
//!
//! Pure: no clock, file, network or environment; time is always an argument. Everything else imports
//! this folder and it imports nothing of ours. Start with `post.rs`, then `delivery.rs`.

pub mod address;
pub mod attempt;
pub mod by_hand;
pub mod calendar;
pub mod card;
pub mod channel;
pub mod clock;
pub mod composed;
pub mod connection;
pub mod correction;
pub mod delivery;
pub mod directory;
#[cfg(test)]
mod directory_tests;
pub mod dry_run;
pub mod facts;
pub mod fault_words;
pub mod filter;
pub mod fit;
pub mod freeze;
pub mod glance;
pub mod hashtags;
pub mod history;
pub mod ids;
pub mod language;
pub mod look;
pub mod medium;
pub mod nearest;
pub mod outbox;
pub mod outcome;
pub mod part_kind;
pub mod permission;
pub mod pixels;
pub mod place;
pub mod platform;
pub mod post;
pub mod price;
pub mod queue;
pub mod retention;
pub mod review;
pub mod schedule;
pub mod search;
pub mod sentence;
pub mod several;
pub mod summary;
pub mod text_filter;
pub mod text_safety;
pub mod thumb;
pub mod tid;
pub mod upload;
pub mod view;
pub mod watch;
pub mod when;
#[cfg(test)]
mod when_tests;
mod when_words;

pub use attempt::{Attempt, AttemptRequest};
pub use by_hand::{Permalink, Piece, Task};
pub use card::{CardPicture, CardUse, PageCard};
pub use channel::{Account, Channel};
pub use clock::Clock;
pub use composed::{
    Card, Composed, Cost, CostKind, Count, Facet, Feature, Measure, Part, PartMedia, Problem, Unit,
};
pub use connection::ConnectionStatus;
pub use correction::{Corrected, Correction, CorrectionKind};
pub use delivery::{Delivery, DeliveryState, Waits};
pub use directory::{Directory, DirectoryChange, Entry, EntryKind, Key};
pub use dry_run::Call;
pub use facts::{Facts, Limits, RemoteRef};
pub use filter::{Chip, Dimension, Filter, Offered, SavedFilter};
pub use fit::{Fit, FitType, Seen};
pub use freeze::{Fate, Foreseen, Freeze, HeldPost};
pub use glance::Glance;
pub use hashtags::{HashtagGroup, HashtagGroups};
pub use history::{Deed, History, Message, Rank, Standing};
pub use ids::{
    AttemptId, Author, ChannelName, CorrectionId, DeliveryId, DraftKey, PostId, ScreenName,
};
pub use language::is_language_tag;
pub use look::{Look, Saw};
pub use medium::Medium;
pub use outbox::{Outbox, OutboxRow, Section, Sending, Tally, Tries};
pub use outcome::{Outcome, Published, Witness};
pub use part_kind::PartKind;
pub use permission::{Costs, Lack, Permission};
pub use place::{Place, Places, Target};
pub use platform::PlatformId;
pub use post::{
    Attachment, Content, Kind, LinkCard, Post, ReplyTo, Threading, Variant, Visibility,
};
pub use price::{Money, Price, Spent};
pub use review::{Approval, Review, ReviewNote, ReviewRule, Reviewed};
pub use schedule::{ClockChange, LocalTime, Plan, ResolvedTime};
pub use search::Hit;
pub use sentence::sentence;
pub use several::{Several, Step};
pub use summary::{ChannelState, Glyph, Summary};
pub use text_filter::TextFilter;
pub use tid::Tid;
pub use upload::{Upload, Uploading};
pub use view::{EditorDraft, OpenBy, PostView, SeenMaster};
pub use watch::{Watch, next_try, next_watch};
