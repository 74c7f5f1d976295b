//! The calling rules: asked, listed and explained.

use switchboard::{
    core::{Region, moment},
    rules::{Kind, Row, Tables},
};

use crate::{
    Service,
    caller::{Allowed, PlanRead},
    problem::{Problem, Result},
    wire::{CheckRules, Purpose, Rule, RuleCheck},
};

/// Which rules are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct RulesQuery {
    /// Only rules that may hold here.
    pub country: Option<Region>,
    /// Only rules of this kind.
    pub kind: Option<Kind>,
    /// Only rules about calls with this purpose.
    pub purpose: Option<Purpose>,
}

/// A page of rules, and the place behind it.
#[derive(Debug, Clone)]
pub struct RulesFound {
    /// The tables.
    pub tables: Tables,
    /// How old they are, in days, if they should be renewed.
    pub tables_are_old: Option<u32>,
    /// Why the rules are turned off, if they are.
    pub off: Option<String>,
    /// The rules, in the order of the tables.
    pub rules: Vec<Rule>,
    /// The id of the last of them, if there are more.
    pub next: Option<u32>,
}

impl Service {
    /// What the calling rules say about a call at a time. Sends nothing and writes nothing.
    ///
    /// # Errors
    /// `invalid_request`, `number_not_allowed`, `missing_scope`, `tenant_missing`,
    /// `tenant_not_allowed`, `journal_unavailable`.
    pub async fn check_rules(
        &self,
        by: Allowed<'_, PlanRead>,
        new: &CheckRules,
    ) -> Result<RuleCheck> {
        by.caller().may_lift(!new.overrides.is_empty())?;
        let mut request = new.to_request()?;
        request.tenant = Some(by.acts_for(new.tenant.as_deref())?.as_str().to_owned());
        let now = self.clock().now();
        let zone = new.timezone.as_deref();
        let at = new.at.as_deref().map(|text| moment("at", text, zone)).transpose()?.unwrap_or(now);
        // A call of last week is judged by what was known then.
        let valid = self.switchboard().validate(&request, now.min(at))?;
        let checked = self.switchboard().engine().check_rules(&valid, at).await?;
        Ok(RuleCheck::from(&checked))
    }

    /// Rules behind this place of the tables.
    pub fn rules(
        &self,
        _: Allowed<'_, PlanRead>,
        query: RulesQuery,
        after: u32,
        limit: u32,
    ) -> RulesFound {
        let engine = self.switchboard().engine();
        let tables = engine.rule_tables();
        let takes = |row: &Row| {
            query.country.is_none_or(|region| row.may_hold_in(region))
                && query.kind.is_none_or(|kind| row.kind == kind)
                && query.purpose.is_none_or(|purpose| row.purposes.contains(&purpose.into()))
        };
        let mut found: Vec<(u32, Rule)> = (1_u32..)
            .zip(tables.rows())
            .filter(|(place, row)| *place > after && takes(row))
            .take(limit as usize + 1)
            .map(|(place, row)| (place, Rule::new(&tables, row)))
            .collect();
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        RulesFound {
            next: found.last().filter(|_| more).map(|(place, _)| *place),
            rules: found.into_iter().map(|(_, rule)| rule).collect(),
            tables_are_old: tables.age_if_old(self.clock().now()),
            off: engine.policy().rules.off.clone(),
            tables,
        }
    }

    /// The rule of this id.
    ///
    /// # Errors
    /// `not_found`, with the ids that are near it.
    pub fn rule(&self, _: Allowed<'_, PlanRead>, id: &str) -> Result<Rule> {
        let tables = self.switchboard().engine().rule_tables();
        tables.row(id).map(|row| Rule::new(&tables, row)).ok_or_else(|| {
            let problem = Problem::not_found("rule");
            match tables.near(id).as_slice() {
                [] => problem,
                near => problem.fix(format!("did you mean {}?", near.join(", or "))),
            }
        })
    }
}
