//! Experiments that run: their states and participants, and what changes them.

use std::future::Future;

use switchboard_core::{Call, Currency, Result};
use switchboard_experiments::Cohort;
use switchboard_journal::{AuditLog, Selection};
use switchboard_router::{
    AuditTopic, Experiment, ExperimentStates,
    experiment::{Change, ExperimentState, Stage},
};

/// How many calls are read at a time.
const PAGE: u32 = 1_000;

/// A requested change of an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeRequest {
    /// Start it, with this ramp in percent if one is given.
    Start(Option<u32>),
    /// Change its ramp, in percent.
    Ramp(u32),
    /// Stop it, or one of its arms.
    Stop(Option<String>),
}

impl ChangeRequest {
    /// The change to record, or `None` if the experiment is already in the requested state.
    pub fn change(
        &self,
        experiment: &Experiment,
        state: Option<&ExperimentState>,
        why: Option<String>,
    ) -> Option<Change> {
        let (stage, ramp) = (experiment.stage(state), experiment.ramp(state));
        let unchanged = Change { why, ..Change::of(experiment.version) };
        match self {
            ChangeRequest::Start(to) => (stage != Stage::Running
                || to.is_some_and(|to| to != ramp))
            .then_some(Change { to: Some(Stage::Running), ramp_percent: *to, ..unchanged }),
            ChangeRequest::Ramp(to) => {
                (*to != ramp).then_some(Change { ramp_percent: Some(*to), ..unchanged })
            }
            ChangeRequest::Stop(None) => (stage != Stage::Stopped)
                .then_some(Change { to: Some(Stage::Stopped), ..unchanged }),
            ChangeRequest::Stop(Some(arm)) => state
                .is_none_or(|state| !state.has_stopped(arm))
                .then(|| Change { to: Some(Stage::Stopped), arm: Some(arm.clone()), ..unchanged }),
        }
    }
}

/// The states of all experiments.
///
/// # Errors
/// `Journal` if they cannot be read.
pub async fn states(log: &(impl AuditLog + ?Sized)) -> Result<ExperimentStates> {
    Ok(ExperimentStates::of(&log.audit_entries(AuditTopic::Experiment, 0).await?))
}

/// The state of one experiment in its configured version.
pub fn state<'a>(
    states: &'a ExperimentStates,
    experiment: &Experiment,
) -> Option<&'a ExperimentState> {
    states.state(&experiment.name, experiment.version)
}

/// The participants of an experiment, and the number of its calls. `read` reads a selection of
/// calls; every call is read once, in pages.
///
/// # Errors
/// What `read` fails with.
pub async fn cohort<F>(
    experiment: &Experiment,
    currency: Currency,
    read: impl Fn(Selection) -> F + Send,
) -> Result<(Cohort, u64)>
where
    F: Future<Output = Result<Vec<Call>>> + Send,
{
    let (mut cohort, mut calls) = (Cohort::new(experiment, currency), 0);
    let mut selection = Selection { limit: Some(PAGE), ..Selection::default() };
    loop {
        let page = read(selection.clone()).await?;
        for call in &page {
            calls += u64::from(cohort.observe(call));
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => selection.after = Some(last.id),
            Some(_) | None => return Ok((cohort, calls)),
        }
    }
}
