//! Numbers from a fixed seed: splitmix64.

/// The same numbers in every run.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0..below`; 0 if there is none.
    pub(super) const fn below(&mut self, below: u64) -> u64 {
        match self.next().checked_rem(below) {
            Some(drawn) => drawn,
            None => 0,
        }
    }

    /// True this often of a hundred times.
    pub(super) const fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(super) fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(all.len() as u64)).unwrap_or_default();
        all.get(at).copied()
    }

    /// An id of version 7 that was made then.
    pub(super) fn id(&mut self, at: jiff::Timestamp) -> switchboard::uuid::Uuid {
        let mut random = [0; 10];
        for (place, byte) in
            random.iter_mut().zip(self.next().to_le_bytes().into_iter().chain([1, 2]))
        {
            *place = byte;
        }
        let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or_default();
        switchboard::uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
    }
}
