//! The source of ids: random in production, seeded in simulations.

use std::fmt::Debug;

use uuid::Uuid;

/// Generates unique ids. Later ids should sort after earlier ones.
pub trait Ids: Debug + Send + Sync {
    /// The next id.
    fn next(&self) -> Uuid;
}

/// UUIDs of version 7: the time and random bits.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
