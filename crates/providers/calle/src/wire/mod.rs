//! Answers: objects in which every field is optional and unknown fields are kept.
//!
//! Each type serializes to the object as received and lists the names that it looks for (`FIELDS`).
//! A field of another type than the documented one is `None` in its field and kept in `raw`.

mod call;

pub use call::{Call, Failure, Utterance};
