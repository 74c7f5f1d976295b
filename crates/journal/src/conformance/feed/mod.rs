//! What every store tells programs outside: the rules about the feed, about webhook endpoints and
//! about deliveries.
//!
//! | file | rules about |
//! |---|---|
//! | `events.rs` | which events there are |
//! | `order.rs` | positions: in order, without gaps, forgotten and never given twice |
//! | `endpoints.rs` | webhook endpoints |
//! | `deliveries.rs` | which events go to which endpoint, and what becomes of them |
//! | `claims.rs` | who delivers what when |

mod claims;
mod deliveries;
mod endpoints;
mod events;
mod fixtures;
mod order;
mod suite;

pub use fixtures::FeedStore;
pub use order::many_writers_and_followers;
pub use suite::{hold_feed, hold_shared_feed};
