//! What the calling rules say about calls that nobody places: nothing is recorded and nothing sent.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_core::{Result, RuleDecision, ValidCall};
use switchboard_journal::{Journal, ListCache};
use switchboard_router::Policy;
use switchboard_rules::Tables;

use crate::{
    decide::{Lists, Question},
    shared::Shared,
};

/// What the calling rules say about a call at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RulesChecked {
    /// What they decide, also where they are turned off.
    pub decision: RuleDecision,
    /// Why they are turned off, if they are. Calls are not held to the decision then, unless the
    /// callee asked not to be called again.
    pub off: Option<String>,
}

/// Asks the calling rules of a policy about calls, with what a journal knows about the callees.
/// It needs no provider and no engine.
#[derive(Debug)]
pub struct RulesCheck {
    policy: Arc<Policy>,
    tables: Tables,
    journal: Arc<dyn Journal>,
    lists: ListCache,
}

impl RulesCheck {
    /// Reads the lists of numbers of the journal, once.
    ///
    /// # Errors
    /// `Journal` if they cannot be read.
    pub async fn new(
        policy: Arc<Policy>,
        tables: Tables,
        journal: Arc<dyn Journal>,
    ) -> Result<Self> {
        let lists = ListCache::new(&*journal);
        lists.refresh(&*journal).await?;
        Ok(Self { policy, tables, journal, lists })
    }

    /// What the rules say about a ring of this call at this time. Rings of the callee's phone count
    /// until `now`.
    ///
    /// # Errors
    /// `InvalidRequest` for a call without a purpose while the rules are on, and for an override
    /// that lifts nothing; `Journal`.
    pub async fn check(
        &self,
        call: &Arc<ValidCall>,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<RulesChecked> {
        check(&self.policy, &self.tables, &*self.journal, &self.lists, call, at, now).await
    }

    /// The tables that are asked.
    pub const fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Why the rules are turned off, if they are.
    pub fn off(&self) -> Option<&str> {
        self.policy.rules.off.as_deref()
    }
}

/// What the rules of a running engine say.
pub(crate) async fn of_engine(
    inner: &Shared,
    call: &Arc<ValidCall>,
    at: Timestamp,
) -> Result<RulesChecked> {
    let config = inner.config();
    if config.policy.rules.off.is_none() {
        inner.lists(&config, at).await?;
    } else {
        // Nothing else keeps them up to date then.
        inner.lists.refresh(&*inner.journal).await?;
    }
    let (journal, lists) = (&*inner.journal, &inner.lists);
    check(&config.policy, &config.tables, journal, lists, call, at, inner.now()).await
}

/// Checks that each policy rule that a call lifts may be lifted. What is over lifts nothing, and is
/// no mistake of a call that was accepted in time.
pub(crate) fn overrides(tables: &Tables, call: &ValidCall, now: Timestamp) -> Result<()> {
    let mut lifted = call.facts.overrides.iter().filter(|one| one.until > now);
    lifted.try_for_each(|one| tables.check_override(one, now))
}

async fn check(
    policy: &Policy,
    tables: &Tables,
    journal: &dyn Journal,
    lists: &ListCache,
    call: &Arc<ValidCall>,
    at: Timestamp,
    now: Timestamp,
) -> Result<RulesChecked> {
    overrides(tables, call, now)?;
    let question = Question::new(policy, call, None)?;
    let since = at.min(now).checked_sub(tables.looks_back()).unwrap_or(Timestamp::MIN);
    let history = journal.history(&call.tenant, &call.to, since).await?;
    let lists = Lists { cache: lists, at };
    let decided = question.ask(policy, tables, &call.to, &history, &lists, at);
    Ok(RulesChecked { decision: decided.decision, off: policy.rules.off.clone() })
}
