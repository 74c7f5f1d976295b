//! Budgets: how much may be spent, is spent, and is held back.

use jiff::Timestamp;
use switchboard::{
    Money,
    journal::server::BudgetUse,
    router::{Budget as Definition, Period},
};

use crate::{
    Service,
    caller::{Allowed, UsageRead},
    problem::Result,
    wire::{Budget, BudgetList},
};

/// A budget in its current period.
pub(crate) struct BudgetNow {
    pub(crate) definition: Definition,
    pub(crate) began: Timestamp,
    pub(crate) used: BudgetUse,
}

impl BudgetNow {
    /// What counts of the limit, in percent.
    pub(crate) fn percent(&self) -> u64 {
        let limit = self.definition.limit.micros().max(1);
        let percent = i128::from(self.used.counted) * 100 / i128::from(limit);
        u64::try_from(percent).unwrap_or(0)
    }
}

impl Service {
    /// The budgets of the caller's tenant; for operators, all of them. What others spend of a budget
    /// that covers every tenant is not a tenant's business.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn budgets(&self, by: Allowed<'_, UsageRead>) -> Result<BudgetList> {
        let its =
            |budget: &Definition| by.tenant().is_none() || budget.tenant.as_ref() == by.tenant();
        let data = self.budgets_now(its).await?.iter().map(wire).collect();
        Ok(BudgetList { data })
    }

    /// The name of each budget of the configuration, and what is spent and held of it in its current
    /// period: 1 is all of it.
    ///
    /// # Errors
    /// As for reads of the ledger.
    pub async fn budget_shares(&self) -> switchboard::Result<Vec<(String, f64)>> {
        let share = |now: BudgetNow| {
            let limit = now.definition.limit.micros().max(1);
            (now.definition.name, now.used.counted as f64 / limit as f64)
        };
        Ok(self.budgets_now(|_| true).await?.into_iter().map(share).collect())
    }

    pub(crate) async fn budgets_now(
        &self,
        wanted: impl Fn(&Definition) -> bool + Send,
    ) -> switchboard::Result<Vec<BudgetNow>> {
        let now = self.clock().now();
        let policy = self.switchboard().engine().policy();
        let wanted: Vec<&Definition> =
            policy.budgets.iter().filter(|budget| wanted(budget)).collect();
        // They are looked at every two seconds, and most configurations have none.
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let asked: Vec<(String, Timestamp)> =
            wanted.iter().map(|budget| (budget.name.clone(), budget.began(now))).collect();
        let used = self.store().budget_use(&asked).await?;
        let each = wanted.into_iter().zip(asked).zip(used);
        Ok(each
            .map(|((definition, (_, began)), used)| BudgetNow {
                definition: definition.clone(),
                began,
                used,
            })
            .collect())
    }
}

fn wire(now: &BudgetNow) -> Budget {
    let BudgetNow { definition, began, used } = now;
    let money = |micros| Money::from_micros(micros, definition.limit.currency()).into();
    Budget {
        name: definition.name.clone(),
        period: period(definition.per).to_owned(),
        since: (*began).into(),
        limit: definition.limit.into(),
        spent: money(used.billed()),
        held: money(used.held),
        tenant: definition.tenant.as_ref().map(|tenant| tenant.as_str().to_owned()),
        provider: definition.provider.as_ref().map(|id| id.as_str().to_owned()),
        experiment: definition.experiment.clone(),
    }
}

pub(crate) const fn period(per: Period) -> &'static str {
    match per {
        Period::Day => "day",
        Period::Month => "month",
        Period::Total => "total",
    }
}
