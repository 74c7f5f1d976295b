//! `Debug` that shows what a reader of a log needs and leaves out what people said, who they are
//! and where they can be reached.

/// Implements `Debug` with the named fields only; `..` stands for the others.
macro_rules! quiet_debug {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))$(.field(stringify!($field), &self.$field))+.finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use quiet_debug;
