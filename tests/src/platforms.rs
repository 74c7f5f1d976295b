//! The platforms of voice agents: each with its simulator and an account of the real backend at it.

use std::sync::Arc;

use switchboard::{
    PhoneNumber, Provider,
    calle::{CallE, CallEConfig},
    retell::{Retell, RetellConfig},
    telnyx::{Telnyx, TelnyxConfig},
    vapi::{Vapi, VapiConfig},
};
use switchboard_testkit::{
    RingLedger, SimCallE, SimConfig, SimHandle, SimRetell, SimTelnyx, SimVapi,
};

/// One of the platforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Retell: one repeat of a key answers nothing of use, the list finds our own reference.
    Retell,
    /// CALL-E: no list; one repeat of the key answers with the first call.
    CallE,
    /// Telnyx: events and what is up now carry our own reference.
    Telnyx,
    /// Vapi: no key; the list finds a call by its name.
    Vapi,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Retell, Self::CallE, Self::Telnyx, Self::Vapi];

    /// The id of the provider.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Retell => "retell",
            Self::CallE => "calle",
            Self::Telnyx => "telnyx",
            Self::Vapi => "vapi",
        }
    }

    /// The path of the POST that places a call.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Retell => "/v2/create-phone-call",
            Self::CallE | Self::Telnyx => "/v2/calls",
            Self::Vapi => "/call",
        }
    }

    /// True if the provider documents what a repeat under the same key does.
    pub const fn repeats(self) -> bool {
        match self {
            Self::Retell | Self::CallE | Self::Telnyx => true,
            Self::Vapi => false,
        }
    }

    /// True if the provider has a list of calls, in which one can be found again.
    pub const fn lists(self) -> bool {
        match self {
            Self::Retell | Self::Telnyx | Self::Vapi => true,
            Self::CallE => false,
        }
    }

    /// Starts the simulator with a ring ledger.
    pub async fn start(self, rings: &RingLedger, config: SimConfig) -> PlatformSim {
        let config = config.ledger(rings.clone());
        match self {
            Self::Retell => PlatformSim::Retell(SimRetell::start(config).await.unwrap()),
            Self::CallE => PlatformSim::CallE(SimCallE::start(config).await.unwrap()),
            Self::Telnyx => PlatformSim::Telnyx(SimTelnyx::start(config).await.unwrap()),
            Self::Vapi => PlatformSim::Vapi(SimVapi::start(config).await.unwrap()),
        }
    }
}

/// The simulator of one platform.
#[derive(Debug)]
pub enum PlatformSim {
    /// Of Retell.
    Retell(SimRetell),
    /// Of CALL-E.
    CallE(SimCallE),
    /// Of Telnyx.
    Telnyx(SimTelnyx),
    /// Of Vapi.
    Vapi(SimVapi),
}

impl PlatformSim {
    /// What all simulators can do.
    pub fn handle(&self) -> &SimHandle {
        match self {
            Self::Retell(sim) => sim,
            Self::CallE(sim) => sim,
            Self::Telnyx(sim) => sim,
            Self::Vapi(sim) => sim,
        }
    }

    /// The real backend, with its API at `url`, or at the simulator if `url` is `None`.
    pub fn provider(&self, url: Option<&str>) -> Arc<dyn Provider> {
        let handle = self.handle();
        let url = url.unwrap_or(handle.url()).parse().unwrap();
        let number = |text: &str| Some(PhoneNumber::parse(text).unwrap());
        match self {
            Self::Retell(sim) => {
                let mut config = RetellConfig::new(handle.credential());
                config.base_url = url;
                config.agent_id = Some(sim.agent_id().into());
                config.from_number = number(sim.number());
                Arc::new(Retell::new(config).unwrap())
            }
            Self::CallE(_) => {
                let mut config = CallEConfig::new(handle.credential());
                config.base_url = url;
                Arc::new(CallE::new(config).unwrap())
            }
            Self::Telnyx(sim) => {
                let mut config = TelnyxConfig::new(handle.credential());
                config.base_url = url;
                config.connection_id = Some(sim.connection_id().to_owned());
                config.agent_id = Some(sim.assistant_id().into());
                config.from_number = number(sim.number());
                config.webhook_public_key = Some(sim.public_key());
                Arc::new(Telnyx::new(config).unwrap())
            }
            Self::Vapi(sim) => {
                let mut config = VapiConfig::new(handle.credential());
                config.base_url = url;
                config.agent_id = Some(sim.assistant_id().into());
                config.phone_number_id = Some(sim.phone_number_id().into());
                Arc::new(Vapi::new(config).unwrap())
            }
        }
    }
}
