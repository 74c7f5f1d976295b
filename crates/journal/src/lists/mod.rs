//! Lists of numbers that were imported, such as registries of people who must not be called.
//!
//! A list is global: it holds for every tenant. It is replaced as a whole, so that a reader sees the
//! old list or the new one and never a mix. Numbers are stored as keyed hashes of eight bytes.
//!
//! | file | purpose |
//! |---|---|
//! | `store.rs` | where lists are kept |
//! | `hash.rs` | the keyed hash of a number |
//! | `numbers.rs` | the hashes of a list, sorted |
//! | `cache.rs` | lists in memory, to look a number up |

mod cache;
mod hash;
mod numbers;
mod store;

pub use cache::ListCache;
pub use hash::ListHasher;
pub use numbers::ListNumbers;
pub use store::{ListHead, NewList, NumberListStore, refuse_list};
