//! How the sentences of an opening are put together, in any language.

use switchboard_core::Purpose;

/// The sentences of one language. `{caller}`, `{who}`, `{why}` and `{number}` stand for facts.
#[derive(Debug)]
pub(super) struct Sentences {
    /// The beginning, where the agent has no name.
    pub nameless: &'static str,
    /// The beginning, with `{caller}`.
    pub named: &'static str,
    /// On whose behalf, with `{who}`.
    pub on_behalf_of: &'static str,
    /// Why, with `{why}`, after [`Sentences::on_behalf_of`].
    pub about: &'static str,
    /// Why, with `{why}`, where nothing says on whose behalf.
    pub only_about: &'static str,
    /// The call is recorded, as a statement.
    pub recorded: &'static str,
    /// The call is recorded, as a question.
    pub may_record: &'static str,
    /// The question stands in for the statement in every call in this language.
    pub asks_to_record: bool,
    /// Where to call back, with `{number}`.
    pub number: &'static str,
    /// How to be left alone.
    pub opt_out: &'static str,
    /// Words that merge with the word before them: what is written, and what is said.
    pub merged: &'static [(&'static str, &'static str)],
    /// The last word before `{who}` and `{why}` that loses its vowel before another, and what
    /// remains of it.
    pub elided: Option<(&'static str, &'static str)>,
    /// Why somebody is called, for each purpose in the order of [`Purpose::ALL`].
    pub why: [&'static str; Purpose::ALL.len()],
}

impl Sentences {
    /// Why somebody is called for this purpose, as it is said after [`Sentences::about`].
    pub(super) fn why(&self, purpose: Purpose) -> &'static str {
        let at = Purpose::ALL.iter().position(|one| *one == purpose);
        at.and_then(|at| self.why.get(at)).copied().unwrap_or_default()
    }

    /// A sentence with its fact.
    pub(super) fn fill(&self, sentence: &str, slot: &str, fact: &str) -> String {
        let filled = sentence.replace(slot, fact);
        let Some(at) = sentence.find(slot) else {
            return filled;
        };
        let before = &sentence[..at];
        for (written, said) in self.merged {
            let Some((first, second)) = written.split_once(' ') else { continue };
            if before.ends_with(&format!(" {first} ")) && fact.starts_with(&format!("{second} ")) {
                let kept = &before[..before.len() - first.len() - 1];
                return format!("{kept}{said}{}", &filled[before.len() + second.len()..]);
            }
        }
        if let Some((word, left)) = self.elided
            && before.ends_with(&format!(" {word} "))
            && fact.starts_with(is_vowel)
        {
            let kept = &before[..before.len() - word.len() - 1];
            return format!("{kept}{left}{}", &filled[before.len()..]);
        }
        filled
    }
}

const fn is_vowel(c: char) -> bool {
    matches!(
        c,
        'a' | 'e'
            | 'i'
            | 'o'
            | 'u'
            | 'A'
            | 'E'
            | 'I'
            | 'O'
            | 'U'
            | 'é'
            | 'è'
            | 'ê'
            | 'É'
            | 'È'
            | 'Ê'
            | 'â'
            | 'à'
            | 'Â'
            | 'À'
            | 'î'
            | 'Î'
            | 'ô'
            | 'Ô'
            | 'œ'
            | 'Œ'
    )
}
