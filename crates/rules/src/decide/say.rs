//! What the first words of a call have to say.

use jiff::Timestamp;

use super::judge::Judge;
use crate::rule::Rule;
use crate::{Asked, Said, Tables};

impl Tables {
    /// What the first words of a call at `now` have to say by all rows that apply to it, whatever
    /// [`Asked::said`] is. Empty for a call without a purpose.
    pub fn first_words(&self, asked: &Asked<'_>, now: Timestamp) -> Said {
        let Some(purpose) = asked.facts.purpose else {
            return Said::NONE;
        };
        let judge = Judge::new(asked, self, purpose);
        let moment = judge.moment(now);
        judge.binding(&moment).fold(Said::NONE, |all, row| match row.ready.rule {
            Rule::Say(said) => all.union(said),
            _ => all,
        })
    }
}
