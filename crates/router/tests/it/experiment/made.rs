//! Experiments, made up.

use switchboard_router::{Arm, Experiment};

use crate::support::id;

/// Two arms, half and half.
pub(crate) fn halves() -> Experiment {
    Experiment::new(
        "voices",
        vec![Arm::provider("a", id("alpha"), 1), Arm::provider("b", id("beta"), 1)],
    )
}

/// The `n`th of a sequence of draws (SplitMix64).
pub(crate) fn draw(n: u64) -> u64 {
    let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
