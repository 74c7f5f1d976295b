//! A journal that can fail or dawdle at any fact.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use switchboard_core::{Error, Result};
use switchboard_journal::{
    MemoryJournal,
    conformance::{HookedJournal, Hooks, Written},
    state::Fact,
};

/// What happens to a fact before it is written down, or after.
pub(crate) enum Meddle {
    No,
    /// It is not written down.
    Fail(Error),
    /// It takes this long.
    Delay(Duration),
    /// It takes for ever, as where the process is gone.
    Hang,
}

impl Meddle {
    async fn happen(self) -> Result<()> {
        match self {
            Meddle::No => Ok(()),
            Meddle::Fail(error) => Err(error),
            Meddle::Delay(by) => {
                tokio::time::sleep(by).await;
                Ok(())
            }
            Meddle::Hang => std::future::pending().await,
        }
    }
}

/// What a test may meddle with, besides facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Open,
    TakeIn,
    Handled,
    /// All facts of a transaction are written down.
    Written,
}

type Before = Box<dyn Fn(&Fact) -> Meddle + Send + Sync>;
type Other = Box<dyn Fn(Moment) -> Meddle + Send + Sync>;

/// A test's word in a journal in memory.
pub(crate) struct Meddling {
    before: Before,
    other: Other,
}

impl Meddling {
    pub(crate) fn new(
        before: impl Fn(&Fact) -> Meddle + Send + Sync + 'static,
    ) -> Arc<HookedJournal<Self>> {
        Self::over(Arc::default(), before, |_| Meddle::No)
    }

    /// The same over a journal that others may have too, with a word on more than facts.
    pub(crate) fn over(
        inner: Arc<MemoryJournal>,
        before: impl Fn(&Fact) -> Meddle + Send + Sync + 'static,
        other: impl Fn(Moment) -> Meddle + Send + Sync + 'static,
    ) -> Arc<HookedJournal<Self>> {
        let hooks = Self { before: Box::new(before), other: Box::new(other) };
        Arc::new(HookedJournal { inner, hooks })
    }
}

#[async_trait]
impl Hooks for Meddling {
    async fn opens(&self) -> Result<()> {
        (self.other)(Moment::Open).happen().await
    }

    async fn writes(&self, facts: &[Fact]) -> Result<()> {
        for fact in facts {
            (self.before)(fact).happen().await?;
        }
        Ok(())
    }

    async fn wrote(&self, _written: Written<'_>) -> Result<()> {
        (self.other)(Moment::Written).happen().await
    }

    async fn stores_webhook(&self) -> Result<()> {
        (self.other)(Moment::TakeIn).happen().await
    }

    async fn marks_handled(&self) -> Result<()> {
        (self.other)(Moment::Handled).happen().await
    }
}
