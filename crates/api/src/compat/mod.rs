//! Surfaces for the clients of others: each below a path of its own, over the same service.
//!
//! | folder | purpose |
//! |---|---|
//! | `kaicalls` | KaiCalls' API, for its own SDKs |

pub(crate) mod kaicalls;
