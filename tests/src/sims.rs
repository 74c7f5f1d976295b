//! Both simulators on one ring ledger, and the real backends' accounts at them.

use std::{sync::Arc, time::Duration};

use switchboard::{
    Provider, SystemClock,
    kaicalls::{KaiCalls, KaiCallsConfig},
    kallyai::{KallyAi, KallyAiConfig},
};
use switchboard_testkit::{RingLedger, SimConfig, SimHandle, SimKaiCalls, SimKallyAi};

/// Where a POST places a call at KallyAI.
pub const KALLYAI_PATH: &str = "/v1/calls";
/// Where a POST places a call at KaiCalls.
pub const KAICALLS_PATH: &str = "/api/v1/calls";

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// KallyAI: answers when the phone call is over.
    KallyAi,
    /// KaiCalls: answers when the call is queued.
    KaiCalls,
}

impl Which {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::KallyAi, Self::KaiCalls];

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::KallyAi => Self::KaiCalls,
            Self::KaiCalls => Self::KallyAi,
        }
    }

    /// Its name as a provider.
    pub const fn id(self) -> &'static str {
        match self {
            Self::KallyAi => "kallyai",
            Self::KaiCalls => "kaicalls",
        }
    }

    /// Where a POST places a call.
    pub const fn path(self) -> &'static str {
        match self {
            Self::KallyAi => KALLYAI_PATH,
            Self::KaiCalls => KAICALLS_PATH,
        }
    }
}

/// Two simulated providers that write their rings into one ledger.
#[derive(Debug)]
pub struct Sims {
    /// KallyAI.
    pub kallyai: SimKallyAi,
    /// KaiCalls.
    pub kaicalls: SimKaiCalls,
    /// Every phone that rang, whoever rang it.
    pub rings: RingLedger,
}

impl Sims {
    /// Starts both with a setup of their own and a ledger that they share.
    pub async fn start(kallyai: SimConfig, kaicalls: SimConfig) -> Self {
        Self::on(RingLedger::in_memory(), kallyai, kaicalls).await
    }

    /// Starts both on a ledger that is there already.
    pub async fn on(rings: RingLedger, kallyai: SimConfig, kaicalls: SimConfig) -> Self {
        Self {
            kallyai: SimKallyAi::start(kallyai.ledger(rings.clone())).await.unwrap(),
            kaicalls: SimKaiCalls::start(kaicalls.ledger(rings.clone())).await.unwrap(),
            rings,
        }
    }

    /// One of them.
    pub fn sim(&self, which: Which) -> &SimHandle {
        match which {
            Which::KallyAi => &self.kallyai,
            Which::KaiCalls => &self.kaicalls,
        }
    }

    /// How many requests that would place a call arrived there.
    pub fn posts(&self, which: Which) -> usize {
        self.sim(which).posts_to(which.path())
    }

    /// The KallyAI account; change what differs, then [`KallyAi::new`].
    pub fn kallyai_config(&self) -> KallyAiConfig {
        let mut config = KallyAiConfig::new(self.kallyai.credential());
        config.base_url = self.kallyai.url().parse().unwrap();
        config.place_timeout = Duration::from_secs(60);
        config
    }

    /// The KaiCalls account; change what differs, then [`KaiCalls::new`].
    pub fn kaicalls_config(&self) -> KaiCallsConfig {
        let mut config = KaiCallsConfig::new(self.kaicalls.credential());
        config.base_url = self.kaicalls.url().parse().unwrap();
        config.agent_id = Some(self.kaicalls.agent_id().into());
        config.business_id = Some(self.kaicalls.business_id().to_owned());
        config
    }

    /// The real backend, with its API at `url` where one is given and at its simulator otherwise.
    pub fn provider(&self, which: Which, url: Option<&str>) -> Arc<dyn Provider> {
        match which {
            Which::KallyAi => {
                let mut config = self.kallyai_config();
                if let Some(url) = url {
                    config.base_url = url.parse().unwrap();
                    // A place that never answers is no loopback simulator where it is https: the
                    // shortest that is taken there.
                    config.place_timeout = Duration::from_secs(15 * 60);
                }
                Arc::new(KallyAi::new(config, Arc::new(SystemClock)).unwrap())
            }
            Which::KaiCalls => {
                let mut config = self.kaicalls_config();
                if let Some(url) = url {
                    config.base_url = url.parse().unwrap();
                }
                Arc::new(KaiCalls::new(config, Arc::new(SystemClock)).unwrap())
            }
        }
    }
}
