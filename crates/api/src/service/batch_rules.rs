//! What the calling rules say about the rows of a table, before it is sent.

use futures::{StreamExt, stream};
use switchboard::{ErrorKind, ValidCall};
use switchboard_batch::{Rejection, Verdicts};

use crate::{
    Service,
    problem::Result,
    wire::{BatchRowVerdict, BatchRules},
};

/// Rows that are asked about at the same time.
const AT_ONCE: usize = 8;

/// What the rules say about rows, and the rows that would be rejected.
pub(super) struct Asked {
    pub(super) rules: BatchRules,
    pub(super) rejected: Vec<(usize, Rejection)>,
}

pub(super) fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Service {
    /// Asks the rules about these rows, each with its number.
    pub(super) async fn ask_rules(&self, rows: Vec<(usize, ValidCall)>) -> Result<Asked> {
        let engine = self.switchboard().engine();
        let tables = engine.rule_tables();
        let now = self.clock().now();
        let mut rules = BatchRules {
            off: engine.policy().rules.off.clone(),
            tables: tables.version().to_owned(),
            tables_are_old: tables.age_if_old(now),
            ..BatchRules::default()
        };
        let mut rejected = Vec::new();
        if rules.off.is_some() {
            return Ok(Asked { rules, rejected });
        }
        let mut verdicts = Verdicts::default();
        let asked = rows.into_iter().map(|(row, call)| async move {
            let at = call.window.opens.map_or(now, |opens| opens.max(now));
            (row, engine.check_rules(&call, at).await)
        });
        let mut answers = stream::iter(asked).buffered(AT_ONCE);
        while let Some((row, answer)) = answers.next().await {
            match answer {
                Ok(checked) => {
                    let decision = checked.decision;
                    verdicts.add(&decision);
                    rules.rows.push(BatchRowVerdict {
                        row: number(row),
                        verdict: decision.verdict.into(),
                        wait_until: decision.wait_until.map(Into::into),
                        rules: decision.stops().map(|stop| stop.rule.clone()).collect(),
                    });
                }
                Err(error) if error.kind() == ErrorKind::InvalidRequest => {
                    rejected.push((row, Rejection::from(error)));
                }
                Err(error) => return Err(error.into()),
            }
        }
        rules.count(&verdicts);
        Ok(Asked { rules, rejected })
    }
}
