//! What attempts reserve before they are sent: an agent without a call in doubt, slots of rate
//! limits, concurrency slots and shares of budgets.
//!
//! All of it is in the transaction that writes the attempt, which is rolled back if something is
//! not available.

use rusqlite::{Connection, OptionalExtension, params};
use switchboard_core::{Attempt, AttemptId};
use switchboard_journal::{Denied, Settlement};
use switchboard_router::{BudgetHold, ConcurrencySlot, RateSlot, Reservation};

use crate::{
    row::{counted, escape, micros, read_counted},
    sqlite::tx::{TxError, TxResult, unique},
    window::{Window, in_the_way, wait},
};

const IN_DOUBT: &str = "SELECT 1 FROM attempts WHERE provider = ?1 AND doubt > 0 AND doubt = 2 AND id <> ?2 \
                        AND (?3 IS NULL OR agent IS NULL OR agent = ?3) LIMIT 1";

const LATEST: &str = "SELECT max(at) FROM slots WHERE limiter = ?1";
const FORGET: &str = "DELETE FROM slots WHERE limiter = ?1 AND at <= ?2";
const USED: &str = "SELECT count(*) FROM slots WHERE limiter = ?1";
const FREES: &str = "SELECT at FROM slots WHERE limiter = ?1 ORDER BY at LIMIT 1 OFFSET ?2";
const TAKE: &str = "INSERT INTO slots (limiter, at, attempt_id) VALUES (?1, ?2, ?3)";
const GIVE_BACK: &str = "DELETE FROM slots WHERE attempt_id = ?1";

const CLEAR: &str = "DELETE FROM concurrency_slots WHERE scope = ?1 AND until <= ?2";
const INSIDE: &str = "SELECT count(*) FROM concurrency_slots WHERE scope = ?1 AND attempt_id <> ?2";
const CLEARS: &str = "SELECT until FROM concurrency_slots WHERE scope = ?1 AND attempt_id <> ?2 ORDER BY until LIMIT 1 OFFSET ?3";
const ENTER: &str = "INSERT INTO concurrency_slots (scope, attempt_id, until) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const LEAVE: &str = "DELETE FROM concurrency_slots WHERE attempt_id = ?1";

const SPENT: &str = "SELECT micros FROM budgets WHERE name = ?1 AND period = ?2";
const SPEND: &str = "INSERT INTO budgets (name, period, micros, held) VALUES (?1, ?2, ?3, ?4) \
                     ON CONFLICT (name, period) DO UPDATE SET micros = excluded.micros, held = held + excluded.held";
const HOLD: &str = "INSERT INTO holds (attempt_id, micros, currency, budgets, held_at) VALUES (?1, ?2, ?3, ?4, ?5)";
const HELD: &str = "SELECT iif(released_at IS NULL, micros, coalesce(billed_micros, 0)), currency, budgets, iif(released_at IS NULL, micros, 0) \
                    FROM holds WHERE attempt_id = ?1";
const SETTLE: &str = "UPDATE holds SET released_at = coalesce(released_at, ?2), billed_micros = ?3 WHERE attempt_id = ?1";

/// Reserves everything for this attempt, or is refused.
pub(crate) fn take(
    connection: &Connection,
    reservation: &Reservation,
    attempt: &Attempt,
    at: i64,
) -> TxResult<()> {
    if reservation.certain_agent {
        let agent = attempt.agent.as_ref().map(|agent| escape(agent.as_str()));
        let doubted = connection.prepare_cached(IN_DOUBT)?.exists(params![
            attempt.provider.as_str(),
            attempt.id.as_uuid().as_bytes(),
            agent
        ])?;
        if doubted {
            return Err(Denied::AgentInDoubt.into());
        }
    }
    for need in &reservation.rate_slots {
        rate_slot(connection, need, attempt.id, at)?;
    }
    for need in &reservation.concurrency_slots {
        concurrency_slot(connection, need, attempt.id, at)?;
    }
    if let Some(hold) = &reservation.hold {
        reserve(connection, hold, attempt.id, at)?;
    }
    Ok(())
}

fn rate_slot(
    connection: &Connection,
    need: &RateSlot,
    attempt: AttemptId,
    at: i64,
) -> TxResult<()> {
    let limiter = escape(&need.scope.to_string());
    let latest: Option<i64> =
        connection.prepare_cached(LATEST)?.query_row([&limiter], |row| row.get(0))?;
    // If the clock goes back, time stands still.
    let now = latest.map_or(at, |latest| latest.max(at));
    let window = Window::of(need);
    connection.prepare_cached(FORGET)?.execute((&limiter, window.begins(now)))?;
    let used: i64 = connection.prepare_cached(USED)?.query_row([&limiter], |row| row.get(0))?;
    if used >= window.limit {
        let first: Option<i64> = connection
            .prepare_cached(FREES)?
            .query_row((&limiter, in_the_way(window.limit, used)), |row| row.get(0))
            .optional()?;
        return Err(Denied::RateLimited {
            scope: need.scope.clone(),
            wait: window.wait(first, now),
        }
        .into());
    }
    connection.prepare_cached(TAKE)?.execute(params![
        limiter,
        now,
        attempt.as_uuid().as_bytes()
    ])?;
    Ok(())
}

fn concurrency_slot(
    connection: &Connection,
    need: &ConcurrencySlot,
    attempt: AttemptId,
    at: i64,
) -> TxResult<()> {
    let (scope, attempt, limit) =
        (escape(&need.scope.to_string()), attempt.as_uuid(), i64::from(need.limit));
    connection.prepare_cached(CLEAR)?.execute((&scope, at))?;
    let inside: i64 = connection
        .prepare_cached(INSIDE)?
        .query_row(params![scope, attempt.as_bytes()], |row| row.get(0))?;
    if inside >= limit {
        let first: Option<i64> = connection
            .prepare_cached(CLEARS)?
            .query_row(params![scope, attempt.as_bytes(), in_the_way(limit, inside)], |row| {
                row.get(0)
            })
            .optional()?;
        return Err(Denied::ConcurrencyFull {
            scope: need.scope.clone(),
            limit: need.limit,
            wait: wait(first, at),
        }
        .into());
    }
    connection.prepare_cached(ENTER)?.execute(params![
        scope,
        attempt.as_bytes(),
        micros(need.until)
    ])?;
    Ok(())
}

/// Releases the concurrency slots of an attempt that has ended or reached no phone.
pub(crate) fn leave(connection: &Connection, attempt: AttemptId) -> TxResult<()> {
    connection.prepare_cached(LEAVE)?.execute([attempt.as_uuid().as_bytes()])?;
    Ok(())
}

fn reserve(
    connection: &Connection,
    hold: &BudgetHold,
    attempt: AttemptId,
    at: i64,
) -> TxResult<()> {
    let amount = hold.amount.micros();
    for budget in &hold.budgets {
        let (name, period) = (escape(&budget.name), micros(budget.period));
        let spent = spent(connection, &name, period)?.saturating_add(amount);
        if spent > budget.limit.micros() {
            return Err(Denied::OverBudget {
                budget: budget.name.clone(),
                limit: budget.limit,
                amount: hold.amount,
            }
            .into());
        }
        connection.prepare_cached(SPEND)?.execute((name, period, spent, amount))?;
    }
    let held = connection.prepare_cached(HOLD)?.execute(params![
        attempt.as_uuid().as_bytes(),
        amount,
        hold.amount.currency().code(),
        counted(hold)?,
        at,
    ]);
    match held {
        Ok(_) => Ok(()),
        Err(error) => Err(match unique(&error) {
            Some("holds.attempt_id") => Denied::HoldExists.into(),
            Some(_) | None => TxError::Failed(error),
        }),
    }
}

fn spent(connection: &Connection, name: &str, period: i64) -> rusqlite::Result<i64> {
    let spent =
        connection.prepare_cached(SPENT)?.query_row((name, period), |row| row.get(0)).optional()?;
    Ok(spent.unwrap_or(0))
}

/// Releases what is proven unused, and corrects a hold to the billed amount.
pub(crate) fn settle(connection: &Connection, settlement: Settlement, at: i64) -> TxResult<()> {
    match settlement {
        Settlement::Nothing { attempt, unsent } => {
            correct(connection, attempt, None, at)?;
            if unsent {
                connection.prepare_cached(GIVE_BACK)?.execute([attempt.as_uuid().as_bytes()])?;
            }
        }
        Settlement::Bill { attempt, amount } => correct(connection, attempt, Some(amount), at)?,
    }
    Ok(())
}

/// Corrects the amount that the attempt counts for in its budgets. A bill in another currency is
/// ignored.
fn correct(
    connection: &Connection,
    attempt: AttemptId,
    billed: Option<switchboard_core::Money>,
    at: i64,
) -> TxResult<()> {
    let held: Option<(i64, String, String, i64)> = connection
        .prepare_cached(HELD)?
        .query_row([attempt.as_uuid().as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((counts, currency, budgets, held)) = held else {
        return Ok(());
    };
    if billed.is_some_and(|billed| billed.currency().code() != currency) {
        return Ok(());
    }
    let billed = billed.map(switchboard_core::Money::micros);
    let change = billed.unwrap_or(0).saturating_sub(counts);
    for budget in read_counted(&budgets, attempt)? {
        let spent = spent(connection, &budget.name, budget.period)?.saturating_add(change);
        connection.prepare_cached(SPEND)?.execute((budget.name, budget.period, spent, -held))?;
    }
    connection.prepare_cached(SETTLE)?.execute(params![
        attempt.as_uuid().as_bytes(),
        at,
        billed
    ])?;
    Ok(())
}
