//! What is known of a request while it is served: its id, its caller, its limits.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use uuid::Uuid;

use crate::{caller::Caller, limits::Left};

/// The id of a request, of version 7. On the wire it is written as `req_` and the UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "req_{}", self.0.simple())
    }
}

/// What is known of a request. The outermost layer makes it, and reads it for headers and the log.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) id: RequestId,
    pub(crate) caller: OnceLock<Arc<Caller>>,
    /// Requests of the key.
    pub(crate) left: OnceLock<Left>,
    /// Calls of the tenant, where the answer is about one.
    pub(crate) calls_left: OnceLock<Left>,
    patient: AtomicBool,
}

impl Context {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            id: RequestId(Uuid::now_v7()),
            caller: OnceLock::new(),
            left: OnceLock::new(),
            calls_left: OnceLock::new(),
            patient: AtomicBool::new(false),
        })
    }

    /// The request waits for a call, or is a stream: it may take longer than others.
    pub(crate) fn is_patient(&self) -> bool {
        self.patient.load(Ordering::Relaxed)
    }

    pub(crate) fn be_patient(&self) {
        self.patient.store(true, Ordering::Relaxed);
    }
}
