//! What is on a disk after the power went: the ledger's promise, tried on disks that keep no more
//! than they must.
//!
//! A commit is promised once the journal's future returned. Nothing in a test process takes the
//! power away, and a process that is killed proves little: the kernel keeps its writes. So a
//! process writes a ledger while everything that it asks of the disk is written down in order, its
//! promises among it; afterwards each moment of that log can be the last one, as often as one
//! likes, and the disk may have kept of the unsynced writes what chance decides.
//!
//! | to find | look at |
//! |---|---|
//! | the process that writes and promises | [`work`] |
//! | how it is watched: a C library between it and the disk | [`watch`], `power_loss/disk.c` |
//! | what it asked of the disk, in order | [`Log`], [`Deed`] |
//! | a disk that may forget what was not synced | [`Disk`], [`Kept`] |
//! | the last moments that are tried | [`moments()`] |
//! | whether a ledger holds what was promised | [`Promises`], and [`judge`], where it is asked |
//!
//! What the disk is taken to do, and what it is not:
//!
//! - Writes, lengths and names that no finished sync covers may be kept or not, each 512-byte
//!   sector of each write for itself, in any order. Where a file became longer without its data,
//!   zeros or noise stand there.
//! - A name is kept once its directory was synced; syncing the file is not enough.
//! - A sector is kept whole or not at all, and a write damages nothing beside it. SQLite relies on
//!   the second.
//! - A disk that says that it synced and did not breaks every promise: no ledger helps.

mod disk;
pub mod judge;
mod log;
mod moments;
mod promises;
pub mod watch;
pub mod work;

pub use disk::{Disk, Kept};
pub use log::{Deed, Log, Target};
pub use moments::moments;
pub use promises::Promises;
