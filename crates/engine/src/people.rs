//! What calls show about the people who were called: that they do not want to be called, by the code
//! of a provider's refusal, and that somebody spoke with them.
//!
//! It is recorded before the fact that shows it. A process that ends in between leaves a person
//! who is not called, rather than one who is called again.

use jiff::Timestamp;
use switchboard_core::{CallId, Outcome, ProviderCall, Result};
use switchboard_journal::{
    OptOut, OptOutSource,
    people::{PersonEvent, PersonEventKind},
    state::Fact,
};

use crate::shared::Shared;

/// Who records an opt-out that nobody decided.
const ENGINE: &str = "engine";

/// What a fact shows about the person.
#[derive(Debug, Default)]
struct Shown {
    /// The provider's code for a wish not to be called.
    suppressed: Option<String>,
    /// When somebody spoke with them.
    spoke: Option<Timestamp>,
}

impl Shown {
    fn of(fact: &Fact, now: Timestamp) -> Self {
        match fact {
            Fact::Failed { error, .. } => {
                let code = error.suppression().and(error.code.clone());
                Self { suppressed: code, spoke: None }
            }
            Fact::Answered(_, report) | Fact::Reported(report) => Self::by(report, now),
            _ => Self::default(),
        }
    }

    fn by(report: &ProviderCall, now: Timestamp) -> Self {
        let said = || report.failure_code.clone().unwrap_or_else(|| report.status_word.clone());
        let suppressed = report.suppression().map(|_| said());
        let completed = report.state.outcome() == Some(Outcome::Completed);
        Self { suppressed, spoke: completed.then_some(now) }
    }
}

impl Shared {
    /// Records what these facts show about the person who was called.
    pub(crate) async fn remember_person(&self, id: CallId, facts: &[Fact]) -> Result<()> {
        for shown in facts.iter().map(|fact| Shown::of(fact, self.now())) {
            if let Some(code) = shown.suppressed {
                self.opt_out(id, code).await?;
            }
            if let Some(at) = shown.spoke {
                self.spoke(id, at).await?;
            }
        }
        Ok(())
    }

    async fn opt_out(&self, id: CallId, code: String) -> Result<()> {
        let to = self.call(id).await?.to;
        let opt_out = OptOut::new(OptOutSource::Provider(code), ENGINE, self.now());
        let is_new = self.journal.opt_out(&to, &opt_out.with(|one| one.call = Some(id))).await?;
        if is_new {
            tracing::info!(call = %id, "the provider says that the callee does not want to be called: nobody calls them again");
        }
        Ok(())
    }

    /// A conversation counts where a rule limits calls after one.
    async fn spoke(&self, id: CallId, at: Timestamp) -> Result<()> {
        let config = self.config();
        if config.policy.rules.off.is_some() {
            return Ok(());
        }
        let Some(request) = self.journal.request(id).await? else {
            return Ok(());
        };
        let purpose = config.policy.facts_for(&request).purpose;
        if purpose.is_none_or(|purpose| !config.tables.counts_conversations(purpose)) {
            return Ok(());
        }
        let event = PersonEvent { kind: PersonEventKind::Conversation, at, call: Some(id) };
        self.journal.note(&request.to, &event).await
    }
}
