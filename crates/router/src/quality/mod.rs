//! How well providers do what they are asked for, measured on the calls that were made.
//!
//! The calls are the evidence, and there is no second copy of it that could disagree: the table is
//! made of them at the start, follows them, and can be made anew at any time. It is a pure function
//! of the latest record of each call, in whatever order and however often the records come. Time
//! comes in as an argument.
//!
//! What counts, for each attempt that was sent:
//!
//! | measure | counted | among |
//! |---|---|---|
//! | answer rate | somebody or a machine picked up: `completed`, `voicemail` | tried |
//! | success rate | somebody talked: `completed` | tried |
//! | error rate | the provider's fault: no connection, its key refused, no answer to the request, `failed`, an end that never came | sent |
//! | drift | what was billed against what was expected | attempts with both |
//!
//! *Tried* are attempts after which nobody else was asked: they ended, or nothing ever proved what
//! became of them. What was refused, or never left, went to the next provider and cost nothing;
//! what was cancelled says nothing of the provider; what our own restart left in doubt is no fault
//! of the provider's.
//!
//! Little data says little: what is measured of a provider with a profile in a country is pulled
//! toward what it does with other profiles there, and that toward what it does elsewhere, and each
//! of these counts for [`QualitySettings::minimum`] calls at most.
//!
//! | file | its one reason |
//! |---|---|
//! | `told.rs` | what one attempt says |
//! | `counts.rs` | sums of that |
//! | `series.rs` | sums over a sliding window |
//! | `table.rs` | all sums, and what they follow |
//! | `belief.rs` | how sure a rate is |
//! | `measured.rs` | what comes out |

mod belief;
mod counts;
mod measured;
mod series;
mod settings;
mod table;
mod told;

pub use belief::BetaPosterior;
pub use measured::{Drift, Expected, Level, Measured, Measurements, Row};
pub use settings::QualitySettings;
pub use table::Quality;
