//! How each provider says, as documented, that something is wrong: as fault rules of its simulator.

use switchboard_testkit::{
    conformance::Trouble,
    fault::{After, Fault, Rule},
};

use crate::Which;

/// The rule for one number; `None` for the trouble that is none of HTTP.
pub fn rule(which: Which, trouble: Trouble, number: &str) -> Option<Rule> {
    let (fault, after) = match (trouble, which) {
        (Trouble::ConnectionRefused, _) => return None,
        (Trouble::ServerErrorAfterRing, Which::KallyAi) => {
            (Fault::answer(500, "internal_error"), After::Ring)
        }
        (Trouble::ServerErrorAfterRing, Which::KaiCalls) => {
            (Fault::answer(500, "call_failed"), After::Ring)
        }
        (Trouble::ResetAfterRing, _) => (Fault::Reset, After::Ring),
        (Trouble::CutBodyAfterRing, _) => (Fault::CutBody { sent: None }, After::Answer),
        (Trouble::RateLimited, _) => {
            (Fault::answer(429, "rate_limited").with_header("Retry-After", "7"), After::Nothing)
        }
        (Trouble::Unauthorized, Which::KallyAi) => {
            (Fault::answer(401, "missing_token"), After::Nothing)
        }
        (Trouble::Unauthorized, Which::KaiCalls) => {
            (Fault::answer(401, "unauthorized"), After::Nothing)
        }
        (Trouble::DoNotCall, Which::KallyAi) => {
            (Fault::answer(403, "suppression_violation"), After::Nothing)
        }
        (Trouble::DoNotCall, Which::KaiCalls) => {
            (Fault::answer(400, "number_on_dnc"), After::Nothing)
        }
    };
    Some(Rule::on("POST", which.path(), fault).after(after).to(number))
}
