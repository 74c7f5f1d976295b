//! One row: which call it is, or why it is none.

use std::time::Duration;

use switchboard::{
    Call, CallRequest, Error, ErrorKind, ValidCall,
    core::CallKey,
    engine::Submitted,
    journal::{
        DuplicateOf,
        server::{CallsFilter, RowProblem, StoredBatch},
    },
};
use switchboard_batch::{Keys, Rejection, is_worth_retrying, validate};

use crate::{Service, service::problem_of};

/// Calls that are read at a time.
const PAGE: u32 = 100;

/// What became of a row that was to be submitted.
pub(super) enum Tried {
    /// It is this call.
    Call(Box<Call>),
    /// It is no call.
    Rejected(RowProblem),
    /// It cannot be submitted now, and is tried again after this time.
    NotNow(Duration),
    /// The journal fails, or the process stops: nothing is submitted any more.
    Stop,
}

/// Submits a row. Whoever submits it again gets the same call.
///
/// A row without a key of its own goes on from calls of earlier batches of this name that were
/// refused for a reason that may pass: no phone rang for those. A call of this batch is never placed
/// a second time.
pub(super) async fn submit(service: &Service, batch: &StoredBatch, request: &CallRequest) -> Tried {
    let now = service.clock().now();
    let (mut call, keys) = match (validate(request, now), Keys::new(&batch.name)) {
        (Ok(call), Ok(keys)) => (call, keys),
        (Err(rejection), _) => return Tried::Rejected(problem_of(&rejection)),
        (_, Err(_)) => return Tried::Rejected(internal("the batch has no name")),
    };
    let derived = call.key.is_none();
    let in_time = call.window.closes.is_none_or(|closes| closes > now);
    let mut after = 0;
    loop {
        if derived {
            call.key = Some(CallKey::Derived(keys.key(&call, after)));
        }
        let may_go_on = |refused: &Call| {
            derived
                && in_time
                && refused.created_at < batch.created_at
                && is_worth_retrying(refused)
        };
        match service.switchboard().engine().accept(call.clone()).await {
            Ok(Submitted::Before(refused) | Submitted::Changed(refused)) if may_go_on(&refused) => {
                after += 1;
            }
            Ok(submitted) => return Tried::Call(Box::new(submitted.into_call())),
            Err(error) => return not_submitted(error),
        }
    }
}

fn not_submitted(error: Error) -> Tried {
    /// How long to wait where an error does not say it.
    const WAIT: Duration = Duration::from_secs(2);
    match (error.kind(), error.code()) {
        (ErrorKind::Journal, _) | (ErrorKind::Conflict, Some("stopping")) => Tried::Stop,
        (_, Some("too_many_waiting")) | (ErrorKind::RateLimited, _) => {
            Tried::NotNow(error.retry_after().unwrap_or(WAIT))
        }
        _ => Tried::Rejected(match DuplicateOf::in_error(&error) {
            Some(of) => RowProblem {
                reason: ErrorKind::PossibleDuplicate.as_str().to_owned(),
                field: None,
                problem: of.to_string(),
                fix: Some(
                    "to call again, send the batch with again=true, or set allow_duplicate in the row"
                        .to_owned(),
                ),
            },
            None => problem_of(&Rejection::from(error)),
        }),
    }
}

/// A fault of ours.
pub(super) fn internal(problem: &str) -> RowProblem {
    RowProblem {
        reason: "internal".to_owned(),
        field: None,
        problem: problem.to_owned(),
        fix: None,
    }
}

/// The call that a row became in a process that is gone, if it became one: by its key, among the
/// calls to this person since the batch was accepted.
pub(super) async fn find(
    service: &Service,
    batch: &StoredBatch,
    request: &CallRequest,
) -> switchboard::Result<Option<Call>> {
    let (Ok(call), Ok(keys)) = (validate(request, batch.created_at), Keys::new(&batch.name)) else {
        return Ok(None);
    };
    let mut filter = CallsFilter {
        tenant: Some(call.tenant.clone()),
        to: Some(call.to),
        created_after: Some(batch.created_at),
        limit: PAGE,
        ..CallsFilter::default()
    };
    loop {
        let page = service.store().find(&filter).await?;
        let found = page
            .calls
            .into_iter()
            .find(|(_, asked)| asked.as_ref().is_some_and(|asked| is_row(&call, asked, &keys)));
        if let Some((found, _)) = found {
            return Ok(Some(found));
        }
        match page.next {
            Some(next) => filter.before = Some(next),
            None => return Ok(None),
        }
    }
}

/// True if a call was made from this row.
fn is_row(row: &ValidCall, asked: &ValidCall, keys: &Keys) -> bool {
    /// More often than this no row was refused before.
    const MOST_REFUSALS: u32 = 1_000;
    match (&row.key, &asked.key) {
        (Some(own), Some(theirs)) => own == theirs,
        (None, Some(CallKey::Derived(theirs))) => {
            (0..MOST_REFUSALS).any(|after| keys.key(row, after) == *theirs)
        }
        _ => false,
    }
}
