//! What is known about the modules of one crate.

use std::collections::{BTreeMap, BTreeSet};

/// A path as it was written, and where.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

/// One name that a `use` brings into a module.
#[derive(Debug)]
pub(super) struct Import {
    /// `None` for `_` and for `*`.
    pub(super) name: Option<String>,
    pub(super) is_glob: bool,
    /// A `use` with a visibility. It is a use only if the module's own code names what it brings.
    pub(super) is_reexport: bool,
    pub(super) path: Mention,
}

#[derive(Debug, Default)]
pub(super) struct Module {
    /// From the root of the crate, such as `state::fact`. The root is `crate`.
    pub(super) name: String,
    /// The file below the crate's folder.
    pub(super) file: String,
    pub(super) parent: Option<usize>,
    pub(super) children: BTreeMap<String, usize>,
    /// The items that the module defines itself.
    pub(super) items: BTreeSet<String>,
    /// A macro is called where an item could stand, so the module may define more than its text
    /// shows.
    pub(super) has_generated_items: bool,
    pub(super) imports: Vec<Import>,
    /// Every path in the code, also those of one segment.
    pub(super) mentions: Vec<Mention>,
}
