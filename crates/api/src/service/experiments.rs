//! Experiments.

use std::future::Future;

use switchboard::{
    experiments::Report,
    journal::Selection,
    router::Experiment,
    study::{self, ChangeRequest},
};

use crate::{
    Service,
    caller::{Allowed, ExperimentsRead, ExperimentsWrite},
    problem::{Code, Problem, Result},
    wire::{ExperimentDetails, ExperimentList, ExperimentReport},
};

impl Service {
    /// Every experiment of the configuration, as it stands.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn experiments(&self, _: Allowed<'_, ExperimentsRead>) -> Result<ExperimentList> {
        let states = study::states(self.store()).await?;
        let policy = self.switchboard().engine().policy();
        let each = policy.experiments.iter();
        let data =
            each.map(|one| ExperimentDetails::new(one, study::state(&states, one))).collect();
        Ok(ExperimentList { data })
    }

    /// One experiment.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn experiment(
        &self,
        _: Allowed<'_, ExperimentsRead>,
        name: &str,
    ) -> Result<ExperimentDetails> {
        self.details(&self.definition(name)?).await
    }

    /// What an experiment shows. Every call of the experiment is read once, beside the request: one
    /// that waited long enough is answered `busy`, and a later one gets what was read meanwhile.
    ///
    /// # Errors
    /// `not_found`; `journal_unavailable`; `busy` if the report is not made yet.
    pub async fn experiment_report(
        &self,
        _: Allowed<'_, ExperimentsRead>,
        name: &str,
    ) -> Result<ExperimentReport> {
        let definition = self.definition(name)?;
        // What reads is not heard by the request; this says at once that the journal cannot be read.
        study::states(self.store()).await?;
        let key = (None, format!("{} {}", definition.version, definition.name));
        let service = self.clone();
        let read = || async move {
            let made = service.make_report(&definition).await;
            made.inspect_err(|problem| tracing::warn!(%problem, "a report was not made")).ok()
        };
        let reports = &self.inner.experiment_reports;
        let Some(made) = reports.newest(key, self.clock(), read).await else {
            let detail = "the report is being made";
            return Err(Problem::new(Code::Busy, detail).retry_after(super::REPORT_WITHIN));
        };
        Ok(ExperimentReport::clone(&made))
    }

    async fn make_report(&self, definition: &Experiment) -> Result<ExperimentReport> {
        let _turn = self.inner.reports.acquire().await;
        let engine = self.switchboard().engine().clone();
        let currency = engine.policy().currency;
        let read = move |selection: Selection| {
            let engine = engine.clone();
            async move { engine.select(&selection).await }
        };
        let (cohort, _) = study::cohort(definition, currency, read).await?;
        let states = study::states(self.store()).await?;
        let (state, now) = (study::state(&states, definition), self.clock().now());
        Ok(Report::new(definition, state, &cohort, now).into())
    }

    /// Starts, ramps or stops an experiment for every process.
    ///
    /// # Errors
    /// `not_found`, `invalid_request`, `wrong_phase`.
    pub async fn change_experiment(
        &self,
        by: Allowed<'_, ExperimentsWrite>,
        name: &str,
        request: &ChangeRequest,
        note: Option<&str>,
    ) -> Result<ExperimentDetails> {
        let definition = self.definition(name)?;
        check(&definition, request)?;
        let note = note.map(switchboard::core::text::readable).filter(|note| !note.is_empty());
        let states = study::states(self.store()).await?;
        let change = request
            .change(&definition, study::state(&states, &definition), note)
            .ok_or_else(|| Problem::new(Code::WrongPhase, "there is nothing to change"))?;
        let decision =
            change.decision(&definition.name, &Self::who(by.caller()), self.clock().now());
        self.store().append_audit(&decision).await?;
        self.details(&definition).await
    }

    fn definition(&self, name: &str) -> Result<Experiment> {
        let policy = self.switchboard().engine().policy();
        let known = policy.experiments.iter().find(|one| one.name == name);
        known.cloned().ok_or_else(|| Problem::new(Code::NotFound, "there is no such experiment"))
    }

    async fn details(&self, definition: &Experiment) -> Result<ExperimentDetails> {
        let states = study::states(self.store()).await?;
        Ok(ExperimentDetails::new(definition, study::state(&states, definition)))
    }

    /// Makes a report: a few at the same time, each for a limited time.
    pub(super) async fn report<T>(
        &self,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let busy = |detail: &'static str| {
            Problem::new(Code::Busy, detail).retry_after(super::REPORT_WITHIN)
        };
        let Ok(_turn) = self.inner.reports.try_acquire() else {
            return Err(busy("other reports are being made"));
        };
        tokio::select! {
            biased;
            made = work => made,
            () = self.clock().sleep(super::REPORT_WITHIN) => {
                Err(busy("the report takes too long: ask for less"))
            }
        }
    }
}

fn check(definition: &Experiment, request: &ChangeRequest) -> Result<()> {
    match request {
        ChangeRequest::Start(Some(percent)) | ChangeRequest::Ramp(percent) if *percent > 100 => {
            Err(Problem::invalid("percent", "is more than 100", "write a number from 0 to 100"))
        }
        ChangeRequest::Stop(Some(arm)) if !definition.arms.iter().any(|one| one.name == *arm) => {
            let names: Vec<&str> = definition.arms.iter().map(|arm| arm.name.as_str()).collect();
            let fix = format!("write one of {}", names.join(", "));
            Err(Problem::invalid("arm", "is not an arm of this experiment", fix))
        }
        _ => Ok(()),
    }
}
