//! Tests the durability of the ledger on simulated disks that keep only what they must in a power
//! loss.
//!
//! A commit is acknowledged when the future of the journal returns. A test cannot cut the power,
//! and killing a process proves little, because the kernel keeps its writes. So a process writes to
//! a ledger while all its disk operations and acknowledgements are logged. Afterwards the power can
//! be lost at any position of that log, any number of times, with a random part of the unsynced
//! writes surviving.
//!
//! | to find | look at |
//! |---|---|
//! | the process that writes and acknowledges | [`work`] |
//! | how it is watched: a C library that intercepts system calls | [`watch`], `power_loss/disk.c` |
//! | the log of disk operations | [`Log`], [`Deed`] |
//! | a disk that may lose unsynced changes | [`Disk`], [`Kept`] |
//! | the positions at which the power is lost | [`moments()`] |
//! | whether a ledger has all acknowledged writes | [`Promises`], and [`judge`], where it is asked |
//!
//! Assumptions about the disk:
//!
//! - Writes, lengths and names that are not covered by a finished sync may survive or not,
//!   independently for each 512-byte sector of each write, in any order. If a file became longer
//!   without its data, the rest contains zeros or garbage.
//! - A name is durable once its directory was synced; syncing the file is not enough.
//! - Sectors are written atomically, and a write does not damage anything else. SQLite relies on
//!   the latter.
//! - The disk does not report a sync that did not happen: no ledger could cope with that.

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
