//! Looking after a ledger, in SQLite and in PostgreSQL: each promise is put to both through the
//! same places.

mod batches;
mod checking;
mod copying;
mod erasing;
pub(crate) mod place;
mod sweeping;
mod versions;
