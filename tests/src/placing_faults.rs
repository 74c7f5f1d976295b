//! The documented errors of each provider, as fault rules for its simulator.

use switchboard_testkit::{
    conformance::PlacingFault,
    fault::{After, Fault, Rule},
};

use crate::Which;

/// The rule for one number; `None` for a refused connection, which is not an HTTP response.
pub fn rule(which: Which, fault: PlacingFault, number: &str) -> Option<Rule> {
    let (fault, after) = match (fault, which) {
        (PlacingFault::ConnectionRefused, _) => return None,
        (PlacingFault::ServerErrorAfterRing, Which::KallyAi) => {
            (Fault::answer(500, "internal_error"), After::Ring)
        }
        (PlacingFault::ServerErrorAfterRing, Which::KaiCalls) => {
            (Fault::answer(500, "call_failed"), After::Ring)
        }
        (PlacingFault::ResetAfterRing, _) => (Fault::Reset, After::Ring),
        (PlacingFault::CutBodyAfterRing, _) => (Fault::CutBody { sent: None }, After::Answer),
        (PlacingFault::RateLimited, _) => {
            (Fault::answer(429, "rate_limited").with_header("Retry-After", "7"), After::Nothing)
        }
        (PlacingFault::Unauthorized, Which::KallyAi) => {
            (Fault::answer(401, "missing_token"), After::Nothing)
        }
        (PlacingFault::Unauthorized, Which::KaiCalls) => {
            (Fault::answer(401, "unauthorized"), After::Nothing)
        }
        (PlacingFault::DoNotCall, Which::KallyAi) => {
            (Fault::answer(403, "suppression_violation"), After::Nothing)
        }
        (PlacingFault::DoNotCall, Which::KaiCalls) => {
            (Fault::answer(400, "number_on_dnc"), After::Nothing)
        }
    };
    Some(Rule::on("POST", which.path(), fault).after(after).to(number))
}
