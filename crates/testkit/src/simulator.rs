//! Any of the simulated providers, chosen while the program runs.

use std::io;
use std::ops::Deref;

use crate::{
    SimCallE, SimConfig, SimHandle, SimKaiCalls, SimKallyAi, SimRetell, SimTelnyx, SimVapi,
};

/// The simulated providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SimKind {
    /// KaiCalls.
    KaiCalls,
    /// KallyAI.
    KallyAi,
    /// Retell.
    Retell,
    /// CALL-E.
    CallE,
    /// Telnyx.
    Telnyx,
    /// Vapi.
    Vapi,
}

impl SimKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::KaiCalls, Self::KallyAi, Self::Retell, Self::CallE, Self::Telnyx, Self::Vapi];

    /// The name in lower case, such as `kaicalls`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::KaiCalls => "kaicalls",
            Self::KallyAi => "kallyai",
            Self::Retell => "retell",
            Self::CallE => "calle",
            Self::Telnyx => "telnyx",
            Self::Vapi => "vapi",
        }
    }

    /// The name as the provider writes it, such as `CALL-E`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::KaiCalls => "KaiCalls",
            Self::KallyAi => "KallyAI",
            Self::Retell => "Retell",
            Self::CallE => "CALL-E",
            Self::Telnyx => "Telnyx",
            Self::Vapi => "Vapi",
        }
    }

    /// The simulated provider with this [`SimKind::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// The path of the POST that places a call.
    pub const fn place_path(self) -> &'static str {
        match self {
            Self::KaiCalls => "/api/v1/calls",
            Self::KallyAi => "/v1/calls",
            Self::Retell => "/v2/create-phone-call",
            Self::CallE | Self::Telnyx => "/v2/calls",
            Self::Vapi => "/call",
        }
    }

    /// The paths of the GETs that read calls or their events, as a pattern of a fault rule.
    pub const fn reads(self) -> &'static str {
        match self {
            Self::KaiCalls => "/api/v1/calls*",
            Self::KallyAi => "/v1/calls*",
            Self::Retell => "/v2/get-call/*",
            Self::CallE => "/v2/calls/*",
            Self::Telnyx => "/v2/call*",
            Self::Vapi => "/call*",
        }
    }

    /// The documented code that refuses a number because it is on a list of people who must not be
    /// called. `None` where the provider documents none.
    pub const fn do_not_call(self) -> Option<&'static str> {
        match self {
            Self::KaiCalls => Some("number_on_dnc"),
            Self::KallyAi => Some("suppression_violation"),
            Self::CallE => Some("recipient_blocked"),
            Self::Retell | Self::Telnyx | Self::Vapi => None,
        }
    }

    /// What stands for this provider in `at` of a profile, as TOML, where the account's agent is this
    /// one.
    pub fn in_profile(self, agent_id: Option<&str>) -> String {
        match (self, agent_id) {
            // A task has a category there, and no agent.
            (Self::KallyAi, _) => "\"general\"".to_owned(),
            (Self::Retell | Self::Telnyx | Self::Vapi, Some(id)) => {
                format!("{{ id = \"{id}\", task_variable = \"task\" }}")
            }
            (_, Some(id)) => format!("\"{id}\""),
            (_, None) => "\"task\"".to_owned(),
        }
    }

    /// Starts the simulator.
    ///
    /// # Errors
    /// The address cannot be bound, the ledger file cannot be opened, or the speed is not greater
    /// than zero.
    pub async fn start(self, config: SimConfig) -> io::Result<Simulator> {
        Ok(Simulator(match self {
            Self::KaiCalls => Running::KaiCalls(SimKaiCalls::start(config).await?),
            Self::KallyAi => Running::KallyAi(SimKallyAi::start(config).await?),
            Self::Retell => Running::Retell(SimRetell::start(config).await?),
            Self::CallE => Running::CallE(SimCallE::start(config).await?),
            Self::Telnyx => Running::Telnyx(SimTelnyx::start(config).await?),
            Self::Vapi => Running::Vapi(SimVapi::start(config).await?),
        }))
    }
}

/// A running simulated provider of any kind. It dereferences to [`SimHandle`], which has what all
/// simulators can do.
#[derive(Debug)]
pub struct Simulator(Running);

#[derive(Debug)]
enum Running {
    KaiCalls(SimKaiCalls),
    KallyAi(SimKallyAi),
    Retell(SimRetell),
    CallE(SimCallE),
    Telnyx(SimTelnyx),
    Vapi(SimVapi),
}

impl Simulator {
    /// Which provider it is.
    pub const fn kind(&self) -> SimKind {
        match self.0 {
            Running::KaiCalls(_) => SimKind::KaiCalls,
            Running::KallyAi(_) => SimKind::KallyAi,
            Running::Retell(_) => SimKind::Retell,
            Running::CallE(_) => SimKind::CallE,
            Running::Telnyx(_) => SimKind::Telnyx,
            Running::Vapi(_) => SimKind::Vapi,
        }
    }

    /// The id of the account's agent. `None` where the account has none.
    pub fn agent_id(&self) -> Option<&str> {
        match &self.0 {
            Running::KaiCalls(sim) => Some(sim.agent_id()),
            Running::Retell(sim) => Some(sim.agent_id()),
            Running::Telnyx(sim) => Some(sim.assistant_id()),
            Running::Vapi(sim) => Some(sim.assistant_id()),
            Running::KallyAi(_) | Running::CallE(_) => None,
        }
    }

    /// What else belongs to the account, under the provider's own names: the number to call from,
    /// the ids of the business, the connection or the number, and the key that webhooks are checked
    /// with.
    pub fn account(&self) -> Vec<(&'static str, String)> {
        match &self.0 {
            Running::KaiCalls(sim) => vec![("business_id", sim.business_id().to_owned())],
            Running::Retell(sim) => vec![("from_number", sim.number().to_owned())],
            Running::Telnyx(sim) => vec![
                ("connection_id", sim.connection_id().to_owned()),
                ("from_number", sim.number().to_owned()),
                ("webhook_public_key", sim.public_key()),
            ],
            Running::Vapi(sim) => vec![("phone_number_id", sim.phone_number_id().to_owned())],
            Running::KallyAi(_) | Running::CallE(_) => Vec::new(),
        }
    }

    /// Stops the simulator and waits until its connections are closed.
    pub async fn shutdown(self) {
        match self.0 {
            Running::KaiCalls(sim) => sim.shutdown().await,
            Running::KallyAi(sim) => sim.shutdown().await,
            Running::Retell(sim) => sim.shutdown().await,
            Running::CallE(sim) => sim.shutdown().await,
            Running::Telnyx(sim) => sim.shutdown().await,
            Running::Vapi(sim) => sim.shutdown().await,
        }
    }
}

impl Deref for Simulator {
    type Target = SimHandle;

    fn deref(&self) -> &SimHandle {
        match &self.0 {
            Running::KaiCalls(sim) => sim,
            Running::KallyAi(sim) => sim,
            Running::Retell(sim) => sim,
            Running::CallE(sim) => sim,
            Running::Telnyx(sim) => sim,
            Running::Vapi(sim) => sim,
        }
    }
}
