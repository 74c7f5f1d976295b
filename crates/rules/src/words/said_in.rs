//! What a text says of what first words must say.

use switchboard_core::Language;

use super::{
    facts::OpeningFacts,
    fold::fold,
    name::{Sure, holds},
    patterns::Patterns,
    spoken::says_number,
    tongue::Tongue,
};
use crate::{Said, Saying};

/// What a text says, for example the first sentence that somebody wrote for a call. Reads
/// conservatively: an assistant alone is no AI, a company counts by its name, and a number by all
/// its digits. In a language without patterns, English ones are looked for.
///
/// An AI that names itself counts as the caller, unless the facts give the caller a name: then that
/// name must be said.
///
/// ```
/// use switchboard_core::Language;
/// use switchboard_rules::{OpeningFacts, Saying, said_in};
///
/// let facts = OpeningFacts::default().with(|facts| facts.on_behalf_of = Some("Nobu".into()));
/// let said = said_in("Hi, I'm Nobu's AI host, calling about your table.", Language::EN, &facts);
/// assert!(said.contains(Saying::OnBehalfOf) && said.contains(Saying::Purpose));
/// assert!(!said.contains(Saying::Recording));
/// ```
pub fn said_in(text: &str, language: Language, facts: &OpeningFacts) -> Said {
    said(&fold(text), language, facts, Sure::Written)
}

/// What folded text says.
pub(super) fn said(folded: &str, language: Language, facts: &OpeningFacts, sure: Sure) -> Said {
    let tongue = Tongue::of(language).unwrap_or(Tongue::En);
    let Some(patterns) = Patterns::of(tongue) else {
        return Said::NONE;
    };
    let named = |name: &Option<String>| name.as_deref().map(|name| holds(folded, name, sure));
    let ai = patterns.says(&patterns.ai, folded);
    let why = facts.why(tongue);
    Said::from_iter(Saying::ALL.into_iter().filter(|one| match one {
        Saying::Ai => ai,
        Saying::Caller => named(&facts.caller_name).unwrap_or(ai),
        Saying::OnBehalfOf => named(&facts.on_behalf_of).unwrap_or(false),
        Saying::Purpose => {
            why.as_deref().is_some_and(|why| holds(folded, why, sure))
                || patterns.says(&patterns.purpose, folded)
        }
        Saying::Number => {
            facts.callback_number.is_some_and(|number| says_number(folded, tongue, &number))
        }
        Saying::OptOut => patterns.says(&patterns.opt_out, folded),
        Saying::Recording => patterns.says(&patterns.recording, folded),
    }))
}
