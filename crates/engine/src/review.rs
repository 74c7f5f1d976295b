//! What a person should look at after a call: what its transcript shows, and nothing that acts by
//! itself.

use std::fmt;

use switchboard_core::{CallFacts, Transcript, ValidCall};
use switchboard_rules::{OptOutWords, Said, check_transcript};

use crate::opening;

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallFlag {
    /// The first words did not say everything that a rule asks for.
    FirstWordsMissing(Said),
    /// The callee seems to have asked not to be called again. A person has to read it; an opt-out is
    /// recorded only if they say so.
    MayHaveOptedOut(Vec<OptOutWords>),
}

impl CallFlag {
    /// The word in JSON and tables.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::FirstWordsMissing(_) => "first_words_missing",
            Self::MayHaveOptedOut(_) => "may_have_opted_out",
        }
    }
}

/// One sentence, without anything that was said.
impl fmt::Display for CallFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FirstWordsMissing(missing) => {
                let missing: Vec<_> = missing.iter().map(|one| one.meaning()).collect();
                write!(f, "The first words did not say {}.", missing.join(", "))
            }
            Self::MayHaveOptedOut(words) => {
                let places: Vec<_> = words.iter().map(|one| (one.entry + 1).to_string()).collect();
                let entry = if places.len() == 1 { "entry" } else { "entries" };
                write!(
                    f,
                    "The person seems to have asked not to be called again: read {entry} {} of the transcript, and record an opt-out if they did.",
                    places.join(", ")
                )
            }
        }
    }
}

/// What a transcript shows, where these first words were required. `facts` are the call's, completed
/// by those of its route and of its agent profile.
pub fn flags(
    call: &ValidCall,
    facts: &CallFacts,
    required: Said,
    transcript: &Transcript,
) -> Vec<CallFlag> {
    let words = opening::facts(call, facts);
    let check = check_transcript(transcript, opening::language(call), required, &words);
    let missing = Some(check.missing).filter(|missing| !missing.is_empty());
    let opted_out = Some(check.opt_out_words).filter(|words| !words.is_empty());
    let missing = missing.map(CallFlag::FirstWordsMissing);
    missing.into_iter().chain(opted_out.map(CallFlag::MayHaveOptedOut)).collect()
}
