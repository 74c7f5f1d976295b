//! The quality of providers, measured from calls.
//!
//! The calls are the only evidence, and there is no second copy that could disagree: the table is
//! computed from them at the start, updated with every change, and can be rebuilt at any time. It
//! is a pure function of the latest record of each call, in whatever order and however often
//! records arrive. Time is an argument.
//!
//! What counts, for each attempt that was sent:
//!
//! | measure | counted | among |
//! |---|---|---|
//! | answer rate | somebody or a machine picked up: `completed`, `voicemail` | tried |
//! | success rate | somebody talked: `completed` | tried |
//! | error rate | failures of the provider: no connection, a rejected key, no answer to the request, `failed`, an end that never came | sent |
//! | drift | billed compared with estimated cost | attempts with both |
//!
//! *Tried* attempts are those after which no other provider was asked: they ended, or their end was
//! never learned. Refused and unsent attempts do not count, because the call went on to the next
//! provider at no cost. Cancelled calls say nothing about the provider, and neither do those whose
//! result was lost when our own process restarted.
//!
//! Small samples are shrunk: the success rate of a provider with a profile in a country is shrunk
//! towards its rate with other profiles there, and that towards its rate elsewhere. Each of these
//! wider levels counts for at most [`QualitySettings::minimum`] calls.
//!
//! | file | purpose |
//! |---|---|
//! | `sample.rs` | what one attempt contributes |
//! | `counts.rs` | sums of samples |
//! | `window.rs` | sums over a sliding time window |
//! | `table.rs` | all sums, by provider, country and profile |
//! | `posterior.rs` | how certain a rate is |
//! | `wilson.rs` | how low a rate may really be |
//! | `measured.rs` | the results |

mod counts;
mod measured;
mod posterior;
mod sample;
mod settings;
mod table;
mod wilson;
mod window;

pub use measured::{Drift, Expected, Level, Measured, Measurements, Row};
pub use posterior::BetaPosterior;
pub use settings::QualitySettings;
pub use table::Quality;
pub use wilson::wilson_lower_bound;
