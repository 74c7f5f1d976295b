//! Which rows an operator may lift for a call: policies of the product, and not all of them.

use jiff::Timestamp;
use switchboard_core::{Error, RuleOverride};

use super::{Ready, Tables, sense::FIRM};

impl Ready {
    /// True if an operator may lift it.
    pub(crate) fn may_be_lifted(&self) -> bool {
        self.row.is_policy() && !FIRM.contains(&self.row.id.as_str())
    }
}

impl Tables {
    /// Checks that a rule may be lifted, and that this lifts it at `now`.
    ///
    /// # Errors
    /// There is no such rule, it is not a policy of the product, or it is one of those that nobody
    /// may lift; the name or the reason is missing; or the time is over. The error names the field
    /// `overrides`.
    pub fn check_override(&self, lifted: &RuleOverride, now: Timestamp) -> Result<(), Error> {
        let wrong = |message: String| Err(Error::invalid("overrides", message));
        let id = &lifted.rule;
        let Some(ready) = self.0.rows.iter().find(|ready| ready.row.id == *id) else {
            return wrong(format!("there is no rule {id:?}: `switchboard rules list` shows all"));
        };
        if !ready.row.is_policy() {
            return wrong(format!(
                "{id} is no policy of this product ({}): it is lifted by a fact, such as consent or a request, or changed in a table of your own",
                ready.row.cited()
            ));
        }
        if !ready.may_be_lifted() {
            return wrong(format!("{id} may not be lifted by anybody: leave it out"));
        }
        if lifted.by.trim().is_empty() {
            return wrong(format!("nobody is named who lifts {id}: give a name in `by`"));
        }
        if lifted.reason.trim().is_empty() {
            return wrong(format!("no reason is given for lifting {id}: give one in `reason`"));
        }
        if lifted.until <= now {
            return wrong(format!(
                "the time for which {id} is lifted is over since {}: give a later `until`, or leave it out",
                lifted.until
            ));
        }
        Ok(())
    }
}
