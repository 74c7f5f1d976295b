//! The first words of a call: what must be said, in the language of the call, and whether it was.
//!
//! A rule may ask that the first words say that an AI calls, on whose behalf, why, and more.
//! [`Opening`] puts such words together, or completes a sentence that somebody wrote;
//! [`said_in`] tells what a sentence says; [`check_transcript`] tells whether it was said in the
//! call. English, Spanish, French, German, Italian, Portuguese and Dutch are known.

mod facts;
mod fold;
mod languages;
mod name;
mod opening;
mod patterns;
mod said_in;
mod sentences;
mod spoken;
mod tongue;
mod transcript;

pub use facts::OpeningFacts;
pub use opening::Opening;
pub use said_in::said_in;
pub use transcript::{OptOutWords, TranscriptCheck, check_transcript, sounds_like_opt_out};
