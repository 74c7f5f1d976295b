//! What first words can be made of.

use std::fmt;

use switchboard_core::{PhoneNumber, Purpose};

use super::tongue::Tongue;

/// What first words can be made of. `Debug` omits names.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpeningFacts {
    /// On whose behalf the agent calls, as it should say it.
    pub on_behalf_of: Option<String>,
    /// The purpose, from which the words for it are derived.
    pub purpose: Option<Purpose>,
    /// Other words for why it calls, in the language of the call, as they follow “about” in it:
    /// `a table for four`.
    pub purpose_words: Option<String>,
    /// The agent's name.
    pub caller_name: Option<String>,
    /// The number to call back.
    pub callback_number: Option<PhoneNumber>,
    /// The call is recorded, and says so even if no rule asks for it.
    pub recording: bool,
    /// The agent asks whether it may record, instead of saying that it does. It always asks in
    /// German.
    pub ask_to_record: bool,
    /// The agent offers never to call again, and gives the number to call back, even if no rule
    /// asks for it.
    pub offer_opt_out: bool,
}

impl OpeningFacts {
    /// The same facts with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Why the agent calls, in words.
    pub(super) fn why(&self, tongue: Tongue) -> Option<String> {
        match self.purpose_words.as_deref().map(tidy).filter(|words| !words.is_empty()) {
            Some(words) => Some(words),
            None => self.purpose.map(|purpose| tongue.sentences().why(purpose).to_owned()),
        }
    }
}

impl fmt::Debug for OpeningFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpeningFacts")
            .field("purpose", &self.purpose)
            .field("callback_number", &self.callback_number)
            .field("recording", &self.recording)
            .field("ask_to_record", &self.ask_to_record)
            .field("offer_opt_out", &self.offer_opt_out)
            .finish_non_exhaustive()
    }
}

/// One line, without the mark that ends a sentence.
pub(super) fn tidy(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    // An abbreviation keeps its period: `Acme Inc.`
    text.trim_end_matches(['!', '?', ',', ';', ':']).to_owned()
}
