//! Where ids come from: chance in production, a seed in simulations.

use std::fmt::Debug;

use uuid::Uuid;

/// Makes ids that nobody made before. Later ones should sort behind earlier ones.
pub trait Ids: Debug + Send + Sync {
    /// The next one.
    fn next(&self) -> Uuid;
}

/// UUIDs of version 7: the time, and chance.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
