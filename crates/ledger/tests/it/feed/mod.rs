//! What both ledgers tell programs outside.

mod postgres;
mod sqlite;
