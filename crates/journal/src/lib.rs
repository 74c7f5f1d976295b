//! What is recorded about calls, and the rules on what may be recorded.
//!
//! | to find | look at |
//! |---|---|
//! | what may happen to a call | [`state`] |
//! | where calls are kept | [`Journal`] |
//! | lists of numbers that were imported | [`NumberListStore`], [`ListCache`] |
//! | what is remembered about people | [`people`] |
//! | what a server keeps beside the calls | [`server`] |
//! | a journal that lasts as long as the process | [`MemoryJournal`] |
//! | the tests that every journal has to pass | `conformance`, with the feature of that name |

#[cfg(feature = "conformance")]
pub mod conformance;
mod denied;
mod duplicates;
mod identity;
mod journal;
mod lists;
mod memory;
mod pages;
pub mod people;
mod published;
pub mod server;
pub mod state;
mod write;

pub use denied::{Denied, WriteError};
pub use duplicates::{DuplicateOf, KeyReused, details};
pub use identity::{Identity, identity};
pub use journal::{
    AuditLog, AuditQuery, CallLog, EvidenceIndex, Inbox, Journal, JournalExt, Membership, NewCall,
    News, Opened, Recorded, Selection,
};
pub use lists::{
    ListCache, ListHasher, ListHead, ListNumbers, NewList, NumberListStore, refuse_list,
};
pub use memory::{MemoryJournal, Reservations};
pub use pages::Pages;
pub use people::{
    ConsentId, ConsentRecord, NewConsent, OptOut, OptOutEvent, OptOutSource, People, Person,
    PersonEvent, PersonEventKind, TakeBack, Withdrawal, rang_at,
};
pub use published::{Published, call_event, created};
pub use write::{Settlement, StoredWebhook, Write, holds_concurrency, settlement};
