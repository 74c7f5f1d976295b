//! The source of ids: random in production, seeded in simulations.

use std::{
    fmt::Debug,
    sync::{LazyLock, Mutex},
};

use uuid::{ContextV7, Timestamp, Uuid};

/// Generates unique ids. Later ids should sort after earlier ones.
pub trait Ids: Debug + Send + Sync {
    /// The next id.
    fn next(&self) -> Uuid;
}

/// UUIDs of version 7: the time, to less than a microsecond, and random bits. So the first 16 digits
/// mostly tell calls apart that are received in the same millisecond, and people can type them.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn next(&self) -> Uuid {
        static CONTEXT: LazyLock<Mutex<ContextV7>> =
            LazyLock::new(|| Mutex::new(ContextV7::new().with_additional_precision()));
        Uuid::new_v7(Timestamp::now(&*CONTEXT))
    }
}
