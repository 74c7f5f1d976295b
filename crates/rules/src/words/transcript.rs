//! What a transcript shows: whether the agent said what it had to, and whether the callee seems to
//! have asked not to be called again.

use std::fmt;

use switchboard_core::{Language, Speaker, Transcript, TranscriptEntry};

use super::{OpeningFacts, fold::fold, name::Sure, patterns::Patterns, said_in::said};
use crate::Said;

/// The agent's first turns that count as its first words. The callee may interrupt once, or only
/// have said hello.
const FIRST_TURNS: usize = 2;
/// How much of an utterance is quoted, in characters.
const LONGEST_QUOTE: usize = 300;

/// Words of the callee that sound like a wish not to be called again. `Debug` omits them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptOutWords {
    /// The position in [`Transcript::entries`].
    pub entry: usize,
    /// The words. At most 300 characters.
    pub words: String,
}

impl fmt::Debug for OptOutWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OptOutWords").field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// What a transcript shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TranscriptCheck {
    /// What the agent's first words said.
    pub said: Said,
    /// What they left out. Empty if the transcript has no words of the agent: it shows nothing then.
    pub missing: Said,
    /// Where the callee seems to ask not to be called again. This is for a person to read: nothing
    /// may follow from it by itself.
    pub opt_out_words: Vec<OptOutWords>,
}

/// Looks for what the agent had to say in its first words, and for words of the callee that sound
/// like a wish not to be called again, in all languages that are known.
///
/// A transcript may not say who speaks; then each utterance counts as either's.
pub fn check_transcript(
    transcript: &Transcript,
    language: Language,
    required: Said,
    facts: &OpeningFacts,
) -> TranscriptCheck {
    let opening = first_words(&transcript.entries);
    let said = match &opening {
        Some(opening) => said(&fold(opening), language, facts, Sure::Heard),
        None => Said::NONE,
    };
    let missing = if opening.is_some() { required.minus(said) } else { Said::NONE };
    let opt_out_words = transcript
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.speaker != Speaker::Agent)
        .filter(|(_, entry)| sounds_like_opt_out(&entry.text))
        .map(|(at, entry)| OptOutWords {
            entry: at,
            words: entry.text.trim().chars().take(LONGEST_QUOTE).collect(),
        })
        .collect();
    TranscriptCheck { said, missing, opt_out_words }
}

impl TranscriptCheck {
    /// True if there is nothing for a person to look at.
    pub fn is_clean(&self) -> bool {
        self.missing.is_empty() && self.opt_out_words.is_empty()
    }
}

/// True if the words sound like a wish not to be called again, in any language that is known. For a
/// person to read, and never a decision.
pub fn sounds_like_opt_out(text: &str) -> bool {
    let folded = fold(text);
    Patterns::all().any(|patterns| patterns.asks_to_be_left_alone(&folded))
}

/// The agent's first turns, or the first utterances where no speaker is named.
fn first_words(entries: &[TranscriptEntry]) -> Option<String> {
    let is_known = entries.iter().any(|entry| entry.speaker == Speaker::Agent);
    let is_agents = |entry: &TranscriptEntry| match &entry.speaker {
        Speaker::Agent => true,
        Speaker::Callee => false,
        Speaker::Other(_) => !is_known,
    };
    let mut turns = 0;
    let mut spoke = false;
    let mut words: Vec<&str> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.text.trim().is_empty()) {
        let speaks = is_agents(entry);
        if speaks {
            if !spoke || !is_known {
                turns += 1;
            }
            if turns > FIRST_TURNS && is_known || turns > 2 * FIRST_TURNS {
                break;
            }
            words.push(entry.text.trim());
        }
        spoke = speaks;
    }
    (!words.is_empty()).then(|| words.join(" "))
}
