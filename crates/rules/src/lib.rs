//! Decides whether a person may be called now, later or not at all, by tables of rules.
//!
//! Pure: no clock and no I/O. It never says that a call is lawful, only which rules of its tables
//! stop it, or that none does.
//!
//! ```
//! use switchboard_core::{CallFacts, CalleeHistory, PhoneNumber, Purpose, RuleVerdict};
//! use switchboard_rules::{Asked, NoLists, Said, Tables, decide};
//!
//! let to = PhoneNumber::parse("+442079460123")?;
//! let facts = CallFacts::default().with(|facts| facts.purpose = Some(Purpose::Reservation));
//! let history = CalleeHistory::default();
//! let asked = Asked::new(&to, &facts, Said::ALL, &history, &NoLists);
//!
//! // Seven in the morning in London: the call waits for eight.
//! let decision = decide(&asked, &Tables::builtin(), "2026-12-09T07:00:00Z".parse()?);
//! assert_eq!(decision.verdict, RuleVerdict::Wait);
//! assert_eq!(decision.wait_until, Some("2026-12-09T08:00:00Z".parse()?));
//! assert_eq!(decision.findings[0].rule, "P-HOURS-RESERVATION");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | purpose |
//! |---|---|
//! | `asked.rs`, `said.rs` | what is asked: a call, and what its first words say |
//! | `tables` | the tables of rules: read, checked, versioned |
//! | `rule` | what a row asks for |
//! | `places` | where a number may be, and the holidays there |
//! | `decide` | the decision |
//! | `words` | the first words of a call, and whether they were said |
//! | `cases` | tables of cases, to test rules with |

mod asked;
pub mod cases;
mod decide;
mod places;
mod rule;
mod said;
mod tables;
mod words;

pub use asked::{Asked, NoLists, NumberLists};
pub use decide::decide;
pub use rule::check_hours;
pub use said::{Said, Saying};
pub use tables::word::{Checked, Effect, Kind, Line, Unless};
pub use tables::{Jurisdiction, Row, TableError, TableErrors, Tables};
pub use words::{
    Opening, OpeningFacts, OptOutWords, TranscriptCheck, check_transcript, said_in,
    sounds_like_opt_out,
};
