//! What first words sound like, language by language: the sentences that are said, and the patterns
//! by which they are recognised in what others wrote or said.

pub(super) mod de;
pub(super) mod en;
pub(super) mod es;
pub(super) mod fr;
pub(super) mod it;
pub(super) mod nl;
pub(super) mod pt;

/// The patterns of one language: regular expressions over folded text, without their outer `\b`.
#[derive(Debug)]
pub(in crate::words) struct Tables {
    /// How somebody says who they are: `this is`.
    pub myself: &'static str,
    /// What may stand before a noun, with the space after it: `an `.
    pub article: &'static str,
    /// How they name themselves an AI: `ai assistant`. An assistant alone is none.
    pub ai: &'static str,
    /// What may follow directly, besides a pause: `calling`. Without one of them it may be
    /// something else's name.
    pub after_ai: &'static str,
    /// Between a name and its company: `from`.
    pub of: &'static str,
    /// Other ways to say that an AI speaks.
    pub also_ai: &'static [&'static str],
    /// That the call is recorded, or the question whether it may be.
    pub recording: &'static [&'static str],
    /// Why somebody calls.
    pub purpose: &'static [&'static str],
    /// The offer to be left alone.
    pub opt_out: &'static [&'static str],
    /// Words that turn a pattern into its opposite, or into something about others, if they stand
    /// right before it or in a gap of it.
    pub not: &'static [&'static str],
    /// What a person demands who does not want to be called again.
    pub leave_alone: &'static [&'static str],
    /// What such a person states.
    pub wants_no_calls: &'static [&'static str],
    /// Words right before a demand that make it none: `I` in `I don't call here again`.
    pub not_asking: &'static [&'static str],
    /// What limits such words to a time, if it follows: `don't call me` … `before nine`.
    pub only_then: &'static str,
    /// A whole answer that says stop.
    pub stop: &'static str,
    /// The digits 0 to 9, with other words for them.
    pub digits: [&'static str; 10],
    /// The words for 10 to 99.
    pub tens: fn() -> Vec<(String, u8)>,
}

/// The words for 10 to 99, where each ten is made in the same way: the words of the first numbers
/// from 10, those of the other tens up to 90, how a ten and a one are joined, and the ones.
fn regular(
    first: &[&str],
    tens: &[&str],
    join: impl Fn(&str, &str) -> String,
    ones: &[&str],
) -> Vec<(String, u8)> {
    let mut words: Vec<(String, u8)> =
        (10..).zip(first).map(|(value, word)| ((*word).to_owned(), value)).collect();
    let lowest = 100 - 10 * u8::try_from(tens.len()).unwrap_or_default();
    for (value, ten) in (lowest..).step_by(10).zip(tens) {
        words.push(((*ten).to_owned(), value));
        words.extend((1..).zip(ones).map(|(one, word)| (join(ten, word), value + one)));
    }
    words
}
