//! Both simulators with one ring ledger, and accounts of the real backends at them.

use std::{sync::Arc, time::Duration};

use switchboard::{
    Provider, SystemClock,
    kaicalls::{KaiCalls, KaiCallsConfig},
    kallyai::{KallyAi, KallyAiConfig},
};
use switchboard_testkit::{RingLedger, SimConfig, SimHandle, SimKaiCalls, SimKallyAi};

/// The path of the POST that places a call at KallyAI.
pub const KALLYAI_PATH: &str = "/v1/calls";
/// The path of the POST that places a call at KaiCalls.
pub const KAICALLS_PATH: &str = "/api/v1/calls";

/// One of the two providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// KallyAI, which responds when the phone call has ended.
    KallyAi,
    /// KaiCalls, which responds when the call is queued.
    KaiCalls,
}

impl Which {
    /// Both providers.
    pub const BOTH: [Self; 2] = [Self::KallyAi, Self::KaiCalls];

    /// The other provider.
    pub const fn other(self) -> Self {
        match self {
            Self::KallyAi => Self::KaiCalls,
            Self::KaiCalls => Self::KallyAi,
        }
    }

    /// The id of the provider.
    pub const fn id(self) -> &'static str {
        match self {
            Self::KallyAi => "kallyai",
            Self::KaiCalls => "kaicalls",
        }
    }

    /// The path of the POST that places a call.
    pub const fn path(self) -> &'static str {
        match self {
            Self::KallyAi => KALLYAI_PATH,
            Self::KaiCalls => KAICALLS_PATH,
        }
    }
}

/// Two simulated providers that share a ring ledger.
#[derive(Debug)]
pub struct Sims {
    /// The simulated KallyAI.
    pub kallyai: SimKallyAi,
    /// The simulated KaiCalls.
    pub kaicalls: SimKaiCalls,
    /// All phones that rang, at either provider.
    pub rings: RingLedger,
}

impl Sims {
    /// Starts both with separate configurations and a shared ledger.
    pub async fn start(kallyai: SimConfig, kaicalls: SimConfig) -> Self {
        Self::on(RingLedger::in_memory(), kallyai, kaicalls).await
    }

    /// Starts both with an existing ledger.
    pub async fn on(rings: RingLedger, kallyai: SimConfig, kaicalls: SimConfig) -> Self {
        Self {
            kallyai: SimKallyAi::start(kallyai.ledger(rings.clone())).await.unwrap(),
            kaicalls: SimKaiCalls::start(kaicalls.ledger(rings.clone())).await.unwrap(),
            rings,
        }
    }

    /// The simulator of one provider.
    pub fn sim(&self, which: Which) -> &SimHandle {
        match which {
            Which::KallyAi => &self.kallyai,
            Which::KaiCalls => &self.kaicalls,
        }
    }

    /// The number of placing requests that the provider received.
    pub fn posts(&self, which: Which) -> usize {
        self.sim(which).posts_to(which.path())
    }

    /// The configuration of the KallyAI account, for [`KallyAi::new`].
    pub fn kallyai_config(&self) -> KallyAiConfig {
        let mut config = KallyAiConfig::new(self.kallyai.credential());
        config.base_url = self.kallyai.url().parse().unwrap();
        config.place_timeout = Duration::from_secs(60);
        config
    }

    /// The configuration of the KaiCalls account, for [`KaiCalls::new`].
    pub fn kaicalls_config(&self) -> KaiCallsConfig {
        let mut config = KaiCallsConfig::new(self.kaicalls.credential());
        config.base_url = self.kaicalls.url().parse().unwrap();
        config.agent_id = Some(self.kaicalls.agent_id().into());
        config.business_id = Some(self.kaicalls.business_id().to_owned());
        config
    }

    /// The real backend, with its API at `url`, or at its simulator if `url` is `None`.
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
