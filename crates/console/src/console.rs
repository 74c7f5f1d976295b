//! What every page stands on.

use std::sync::Arc;

use switchboard_api::Service;

use crate::{Settings, cookies::Door, recent::Recent};

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
    recent: Recent,
}

impl Console {
    pub(crate) fn new(service: &Service, settings: Settings) -> Self {
        let door = Door::of(service.public_url());
        Self {
            inner: Arc::new(Inner {
                service: service.clone(),
                settings,
                door,
                recent: Recent::default(),
            }),
        }
    }

    pub(crate) fn service(&self) -> &Service {
        &self.inner.service
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    pub(crate) fn recent(&self) -> &Recent {
        &self.inner.recent
    }

    pub(crate) fn door(&self) -> &Door {
        &self.inner.door
    }
}
