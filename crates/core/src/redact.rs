//! `Debug` implementations that are safe to log: they omit what people said, who they are and how
//! they can be reached.

/// Implements `Debug` with the named fields only, and prints `..` for the others.
macro_rules! redacted_debug {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))$(.field(stringify!($field), &self.$field))+.finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use redacted_debug;
