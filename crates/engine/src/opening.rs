//! The first words of a call, and how they reach a provider.
//!
//! Rules say what must be said ([`of`]); a provider takes it as a first sentence, or as the first of
//! the instructions ([`for_provider`]). Pure, so that what will be said is known before a phone
//! rings.

use switchboard_core::{
    CallFacts, Country, Language, PlaceRequest, ProviderInfo, Purpose, ValidCall,
};
use switchboard_rules::{Opening, OpeningFacts, Said};

/// What the first words of a call can be made of. `facts` are the call's, completed by those of its
/// route and of its agent profile.
///
/// A call that sells offers never to call again, and where a number is German, the agent asks before
/// it records in any language.
pub fn facts(call: &ValidCall, facts: &CallFacts) -> OpeningFacts {
    OpeningFacts::default().with(|words| {
        words.on_behalf_of = call.on_behalf_of.clone();
        words.purpose = facts.purpose;
        words.callback_number = call.callback_number;
        words.recording = facts.recording == Some(true);
        words.ask_to_record = call.country() == Country::DE;
        words.offer_opt_out = facts.purpose == Some(Purpose::Marketing);
    })
}

/// The language of a call: English unless it names one.
pub fn language(call: &ValidCall) -> Language {
    call.language.unwrap_or(Language::EN)
}

/// The first words of a call: its own, completed by what is required, or composed. `said` of the
/// result is what the rules can be asked with.
pub fn of(call: &ValidCall, merged: &CallFacts, required: Said) -> Opening {
    let mut facts = facts(call, merged);
    if required.is_empty() {
        // Nothing is asked for, so nothing is added to what the caller wrote.
        facts.recording = false;
        facts.offer_opt_out = false;
    }
    let own = call.first_message.as_deref().unwrap_or_default();
    Opening::around(own, language(call), &facts, required)
}

/// What a placing request gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForProvider {
    /// The first sentence. `None` if the provider takes none, or if nothing must be said.
    pub first_message: Option<String>,
    /// The call's instructions, after those that the first words need.
    pub instructions: Vec<String>,
}

/// Puts the first words into a first sentence where the provider takes one, or else in front of the
/// instructions.
pub fn for_provider(call: &ValidCall, opening: &Opening, info: &ProviderInfo) -> ForProvider {
    let words = Some(&opening.text).filter(|text| !text.is_empty());
    let (first_message, begin) = match words {
        Some(words) if info.takes_first_message => (Some(words.clone()), None),
        Some(words) => (None, Some(PlaceRequest::begin_with(words))),
        None => (None, None),
    };
    let instructions =
        begin.iter().chain(&opening.instructions).chain(&call.instructions).cloned().collect();
    ForProvider { first_message, instructions }
}
