//! The first words of a call, put together from what must be said.

use std::fmt;

use switchboard_core::{Language, PhoneNumber};

use super::{
    facts::{OpeningFacts, tidy},
    said_in::said_in,
    sentences::Sentences,
    tongue::Tongue,
};
use crate::{Said, Saying};

/// The first words of a call. `Debug` omits the words.
///
/// In a language without sentences of its own the words are English, and an instruction asks the
/// agent to repeat them in the language of the call: a disclosure in the wrong language is better
/// than a sentence that nobody checked.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opening {
    /// The words. Empty if nothing has to be said.
    pub text: String,
    /// What they say.
    pub said: Said,
    /// What they should say and cannot, because a fact is missing: see [`Opening::needs`].
    pub missing: Said,
    /// What the agent must do besides saying the words, in English.
    pub instructions: Vec<String>,
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening")
            .field("said", &self.said)
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}

/// What makes the first sentence.
const IDENTITY: [Saying; 4] = [Saying::Ai, Saying::Caller, Saying::OnBehalfOf, Saying::Purpose];

impl Opening {
    /// The words that say what is required. The first sentence also says on whose behalf and why,
    /// where the facts have it.
    ///
    /// ```
    /// use switchboard_core::{Language, Purpose};
    /// use switchboard_rules::{Opening, OpeningFacts};
    ///
    /// let facts = OpeningFacts::default().with(|facts| {
    ///     facts.on_behalf_of = Some("Ana Silva".into());
    ///     facts.purpose = Some(Purpose::Reservation);
    /// });
    /// let opening = Opening::compose(Language::EN, &facts, "ai,on_behalf_of,recording".parse()?);
    /// assert_eq!(
    ///     opening.text,
    ///     "Hello, this is an AI assistant calling on behalf of Ana Silva, about a reservation. \
    ///      This call is recorded."
    /// );
    /// # Ok::<(), switchboard_core::Error>(())
    /// ```
    pub fn compose(language: Language, facts: &OpeningFacts, required: Said) -> Self {
        Self::build(language, facts, required, None)
    }

    /// A first sentence that somebody wrote, with what it leaves out before it. A question whether
    /// the call may be recorded comes last, because the agent waits for its answer.
    pub fn around(
        first_message: &str,
        language: Language,
        facts: &OpeningFacts,
        required: Said,
    ) -> Self {
        let own = Some(first_message.trim()).filter(|text| !text.is_empty());
        Self::build(language, facts, required, own)
    }

    /// The fields of a request that would have to be set, for what is missing.
    pub fn needs(&self) -> impl Iterator<Item = &'static str> {
        self.missing.iter().filter_map(|one| match one {
            Saying::OnBehalfOf => Some("on_behalf_of"),
            Saying::Purpose => Some("purpose"),
            Saying::Number => Some("callback_number"),
            // These can always be said.
            Saying::Ai | Saying::Caller | Saying::OptOut | Saying::Recording => None,
        })
    }

    fn build(language: Language, facts: &OpeningFacts, required: Said, own: Option<&str>) -> Self {
        let tongue = Tongue::of(language);
        let sentences = tongue.unwrap_or(Tongue::En).sentences();
        let why = facts.why(tongue.unwrap_or(Tongue::En));
        let held = own.map_or(Said::NONE, |own| said_in(own, language, facts));
        let wanted = [
            (Saying::Recording, facts.recording),
            (Saying::Number, facts.offer_opt_out),
            (Saying::OptOut, facts.offer_opt_out),
        ];
        let wanted = wanted.into_iter().filter(|(_, wanted)| *wanted).map(|(one, _)| one);
        let wanted = required.union(wanted.collect());
        let lacking = wanted.minus(held);
        let asks = sentences.asks_to_record || facts.ask_to_record;

        let mut said = held;
        let mut parts = Vec::new();
        if IDENTITY.into_iter().any(|one| lacking.contains(one)) {
            let said_already = |one| own.is_some() && held.contains(one);
            let who = facts.on_behalf_of.as_deref().map(tidy).filter(|who| !who.is_empty());
            let who = who.filter(|_| !said_already(Saying::OnBehalfOf));
            let why = why.filter(|_| !said_already(Saying::Purpose));
            said = said.with(Saying::Ai).with(Saying::Caller);
            if who.is_some() {
                said.insert(Saying::OnBehalfOf);
            }
            if why.is_some() {
                said.insert(Saying::Purpose);
            }
            parts.push(identity(sentences, facts, who.as_deref(), why.as_deref()));
        }
        if lacking.contains(Saying::Recording) {
            said.insert(Saying::Recording);
            if !asks {
                parts.push(sentences.recorded.to_owned());
            }
        }
        if let Some(number) = facts.callback_number.filter(|_| lacking.contains(Saying::Number)) {
            said.insert(Saying::Number);
            parts.push(sentences.number.replace("{number}", &spaced(&number)));
        }
        if lacking.contains(Saying::OptOut) {
            said.insert(Saying::OptOut);
            parts.push(sentences.opt_out.to_owned());
        }
        parts.extend(own.map(str::to_owned));
        if asks && lacking.contains(Saying::Recording) {
            parts.push(sentences.may_record.to_owned());
        }

        let mut instructions = Vec::new();
        if tongue.is_none() && !lacking.is_empty() {
            instructions.push(format!(
                "Right after your first words, say the same again in the language of the call, which is {language}."
            ));
        }
        if asks && wanted.contains(Saying::Recording) {
            instructions.push(
                "Ask whether you may record the call, and wait for the answer. If it is no, say goodbye and end the call."
                    .to_owned(),
            );
        }
        if wanted.contains(Saying::OptOut) {
            instructions.push(
                "If the person says stop or does not want to be called again, confirm that they will not be, and end the call."
                    .to_owned(),
            );
        }
        Self { text: parts.join(" "), said, missing: required.minus(said), instructions }
    }
}

fn identity(
    sentences: &Sentences,
    facts: &OpeningFacts,
    who: Option<&str>,
    why: Option<&str>,
) -> String {
    let name = facts.caller_name.as_deref().map(tidy).filter(|name| !name.is_empty());
    let mut text = match &name {
        Some(name) => sentences.fill(sentences.named, "{caller}", name),
        None => sentences.nameless.to_owned(),
    };
    if let Some(who) = who {
        text.push_str(&sentences.fill(sentences.on_behalf_of, "{who}", who));
    }
    if let Some(why) = why {
        let about = if who.is_some() { sentences.about } else { sentences.only_about };
        if about.starts_with('.') && text.ends_with('.') {
            text.pop();
        }
        text.push_str(&sentences.fill(about, "{why}", why));
    }
    let mut text = text.trim_end_matches(',').replace(",,", ",");
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// A number in groups of three, so that a voice reads its digits: `+1 415 555 0166`.
fn spaced(number: &PhoneNumber) -> String {
    let digits: Vec<char> = number.national_digits().chars().collect();
    let mut text = format!("+{}", number.country_code());
    let mut rest = digits.as_slice();
    while !rest.is_empty() {
        let take = if rest.len() <= 4 { rest.len() } else { 3 };
        text.push(' ');
        text.extend(&rest[..take]);
        rest = &rest[take..];
    }
    text
}
