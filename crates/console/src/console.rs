//! What every page stands on.

use std::{sync::Arc, time::Duration};

use switchboard_api::{
    Service,
    recent::Recent,
    service::ConfigurationFile,
    wire::{ExperimentReport, Usage},
};

use crate::{Settings, cookies::Door, figures::Figures};

/// How long figures are shown that were read: those of the last hour, and those of many days.
const OF_AN_HOUR: Duration = Duration::from_secs(15);
const OF_DAYS: Duration = Duration::from_secs(60);
/// How long the configuration file is not read again: it may name large decks.
const OF_THE_FILE: Duration = Duration::from_secs(3);

/// Where people sign in.
pub(crate) const SIGN_IN: &str = "/console/sign-in";

/// The console of a server.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    service: Service,
    settings: Settings,
    door: Door,
    now: Arc<Recent<Figures>>,
    usage: Arc<Recent<Usage>>,
    reports: Arc<Recent<Result<ExperimentReport, String>>>,
    file: Arc<Recent<ConfigurationFile>>,
}

impl Console {
    pub(crate) fn new(service: &Service, settings: Settings) -> Self {
        let door = Door::of(service.public_url());
        let wait = settings.wait_for_figures;
        Self {
            inner: Arc::new(Inner {
                service: service.clone(),
                settings,
                door,
                now: Recent::new(OF_AN_HOUR, wait),
                usage: Recent::new(OF_DAYS, wait),
                reports: Recent::new(OF_DAYS, wait),
                file: Recent::new(OF_THE_FILE, wait),
            }),
        }
    }

    pub(crate) fn service(&self) -> &Service {
        &self.inner.service
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Figures of the last hour and of today.
    pub(crate) fn figures(&self) -> &Arc<Recent<Figures>> {
        &self.inner.now
    }

    /// Usage of many days.
    pub(crate) fn usage(&self) -> &Arc<Recent<Usage>> {
        &self.inner.usage
    }

    /// Reports on experiments, or why one could not be made.
    pub(crate) fn reports(&self) -> &Arc<Recent<Result<ExperimentReport, String>>> {
        &self.inner.reports
    }

    /// The configuration file beside what runs.
    pub(crate) fn file(&self) -> &Arc<Recent<ConfigurationFile>> {
        &self.inner.file
    }

    pub(crate) fn door(&self) -> &Door {
        &self.inner.door
    }
}
