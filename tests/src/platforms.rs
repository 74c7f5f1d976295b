//! The platforms of voice agents: each with its simulator and an account of the real backend at it.

use std::{collections::HashMap, sync::Arc};

use switchboard::{
    PhoneNumber, Provider,
    calle::{CallE, CallEConfig},
    retell::{Retell, RetellConfig},
    telnyx::{Telnyx, TelnyxConfig},
    vapi::{Vapi, VapiConfig},
};
use switchboard_testkit::{RingLedger, SimConfig, SimKind, Simulator};

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

    /// The simulated provider.
    pub const fn kind(self) -> SimKind {
        match self {
            Self::Retell => SimKind::Retell,
            Self::CallE => SimKind::CallE,
            Self::Telnyx => SimKind::Telnyx,
            Self::Vapi => SimKind::Vapi,
        }
    }

    /// The id of the provider.
    pub const fn id(self) -> &'static str {
        self.kind().id()
    }

    /// The path of the POST that places a call.
    pub const fn path(self) -> &'static str {
        self.kind().place_path()
    }

    /// True if a request in doubt is repeated: the provider knows its key for long enough.
    pub const fn repeats(self) -> bool {
        match self {
            Self::Retell | Self::CallE => true,
            Self::Telnyx | Self::Vapi => false,
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
    pub async fn start(self, rings: &RingLedger, config: SimConfig) -> Simulator {
        self.kind().start(config.ledger(rings.clone())).await.unwrap()
    }

    /// The real backend, with its API at `url`, or at the simulator if `url` is `None`.
    pub fn provider(self, sim: &Simulator, url: Option<&str>) -> Arc<dyn Provider> {
        let url = url.unwrap_or(sim.url()).parse().unwrap();
        let account: HashMap<_, _> = sim.account().into_iter().collect();
        let agent = sim.agent_id().map(Into::into);
        let number = || Some(PhoneNumber::parse(&account["from_number"]).unwrap());
        match self {
            Self::Retell => {
                let mut config = RetellConfig::new(sim.credential());
                config.base_url = url;
                config.agent_id = agent;
                config.from_number = number();
                Arc::new(Retell::new(config).unwrap())
            }
            Self::CallE => {
                let mut config = CallEConfig::new(sim.credential());
                config.base_url = url;
                Arc::new(CallE::new(config).unwrap())
            }
            Self::Telnyx => {
                let mut config = TelnyxConfig::new(sim.credential());
                config.base_url = url;
                config.connection_id = Some(account["connection_id"].clone());
                config.agent_id = agent;
                config.from_number = number();
                config.webhook_public_key = Some(account["webhook_public_key"].clone());
                Arc::new(Telnyx::new(config).unwrap())
            }
            Self::Vapi => {
                let mut config = VapiConfig::new(sim.credential());
                config.base_url = url;
                config.agent_id = agent;
                config.phone_number_id = Some(account["phone_number_id"].as_str().into());
                Arc::new(Vapi::new(config).unwrap())
            }
        }
    }
}
