//! What a journal remembers about people, and what that forbids.
//!
//! | file | what its rules are about |
//! |---|---|
//! | `opt_outs.rs` | who asked not to be called again |
//! | `caps.rs` | how often a phone may ring |
//! | `records.rs` | consents, and how calls went |
//! | `races.rs` | many attempts at one person at the same time |

pub(super) mod caps;
pub(super) mod opt_outs;
pub(super) mod races;
pub(super) mod records;

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_core::{
    AttemptId, CallId, CallRequest, Outcome, PhoneNumber, ProviderState, Result, RingCap,
};
use switchboard_router::{CalleeLimits, Reservation};

use super::fixtures::{admitted, at, attempt, open, record, report, request, valid};
use crate::{Journal, OptOut, OptOutSource, Write, state::Fact};

/// The person of the `n`th number.
fn person(n: u32) -> PhoneNumber {
    valid(&request(n)).to
}

/// A request of this tenant for a call to the `n`th number.
fn of(tenant: &str, n: u32) -> CallRequest {
    request(n).with(|call| {
        call.tenant = Some(tenant.to_owned());
        call.allow_duplicate = true;
    })
}

/// The phone must have rung fewer than so many times since then.
fn cap(rule: &str, since: Timestamp, fewer_than: u32) -> RingCap {
    RingCap { rule: rule.to_owned(), since, fewer_than }
}

fn limits(caps: Vec<RingCap>) -> Reservation {
    Reservation { callee: Some(CalleeLimits { caps }), ..Reservation::default() }
}

fn said_no(after: u64) -> OptOut {
    OptOut::new(OptOutSource::CalleeSaid, "engine", at(after))
}

/// A call of this request that is sent after so many seconds, in one write with what it needs.
async fn ring(
    journal: &Arc<dyn Journal>,
    request: CallRequest,
    needs: Reservation,
    after: u64,
) -> Result<(CallId, AttemptId)> {
    let call = open(journal, request, 0).await;
    record(journal, call, admitted()).await;
    let tried = send(journal, call, needs, after).await;
    if tried.is_err() {
        // So that the callee is free for the tenant's next call.
        record(journal, call, Fact::Refused(super::fault())).await;
    }
    Ok((call, tried?))
}

/// The call's next attempt, from intent to sent.
async fn send(
    journal: &Arc<dyn Journal>,
    call: CallId,
    needs: Reservation,
    after: u64,
) -> Result<AttemptId> {
    let one = attempt("alpha");
    let tried = one.id;
    let facts = vec![Fact::Intended(Box::new(one)), Fact::Claimed(tried), Fact::Sent(tried)];
    journal.write(call, Write { facts, reservation: needs }, at(after)).await?;
    Ok(tried)
}

/// The provider has the call, and it is over.
async fn end(journal: &Arc<dyn Journal>, (call, tried): (CallId, AttemptId)) {
    let theirs = tried.to_string();
    let over = report("alpha", &theirs, ProviderState::Ended(Outcome::Completed));
    record(journal, call, Fact::Answered(tried, Box::new(over))).await;
}
