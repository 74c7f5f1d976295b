//! What a run found.

use serde::Serialize;

/// The totals of all loops.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Totals {
    /// Completed loops.
    pub loops: u32,
    /// Calls that were asked for.
    pub calls: usize,
    /// Requests that asked for them, and that had no answer or one of 500 and above.
    pub requests: u32,
    /// Requests without an answer, or with one of 500 and above.
    pub failures: u32,
    /// Answers that were repetitions.
    pub replays: u32,
    /// Phones that rang.
    pub rings: usize,
    /// Calls that no provider took, or that waited for too long.
    pub refused: usize,
    /// Calls of which nobody knows what became of them.
    pub indeterminate: usize,
    /// Calls that an operator decided.
    pub resolved: u32,
    /// Servers killed.
    pub kills: u32,
    /// Servers paused and continued.
    pub pauses: u32,
    /// Servers that ended in order, on SIGTERM.
    pub ends: u32,
    /// Events in the feed.
    pub events: usize,
    /// How often a stream was resumed.
    pub resumed: u64,
    /// Webhooks that the endpoint did not take at first.
    pub failed_deliveries: usize,
    /// Events that came to the endpoint more than once, which is allowed.
    pub repeated_deliveries: usize,
    /// Rings that nobody asked for.
    pub duplicate_rings: usize,
    /// Accepted calls that are missing, never settle, or contradict what clients were told.
    pub lost_calls: usize,
    /// Clients that got no answer for so long that they gave up. Their calls are not lost: nobody
    /// told them that they were accepted.
    pub given_up: usize,
    /// Events that are missing in the feed or at a follower, or out of place.
    pub lost_events: usize,
    /// Events that nothing happened for.
    pub invented_events: usize,
    /// Events that the endpoint never took.
    pub undelivered_events: usize,
    /// Limits that were exceeded.
    pub broken_limits: usize,
    /// Rings that the calling rules did not allow.
    pub against_rules: usize,
    /// People whose phone rang as often as it may.
    pub at_limit: usize,
    /// The busiest use of each limit, with what it allows: of the last loop.
    pub limits: Vec<(String, usize, usize)>,
    /// How long the last loop took to place its calls, in seconds: while servers were killed.
    pub placing_seconds: u64,
    /// How long its calls then took to settle.
    pub settling_seconds: u64,
    /// How long events and webhooks then took to arrive.
    pub arriving_seconds: u64,
    /// Loops in which something is wrong.
    pub bad_loops: u32,
    /// PostgreSQL is not installed, so nothing was run.
    #[serde(skip)]
    pub skipped: bool,
}

impl Totals {
    /// True if nothing went wrong.
    pub fn is_good(&self) -> bool {
        let Self { duplicate_rings, lost_calls, lost_events, invented_events, .. } = self;
        let Self { undelivered_events, broken_limits, against_rules, .. } = self;
        let wrong = duplicate_rings + lost_calls + lost_events + invented_events;
        let more = undelivered_events + broken_limits + against_rules;
        self.bad_loops == 0 && wrong + more + self.given_up == 0
    }

    /// Adds another loop.
    pub fn add(&mut self, other: Self) {
        self.loops += other.loops;
        self.calls += other.calls;
        self.requests += other.requests;
        self.failures += other.failures;
        self.replays += other.replays;
        self.rings += other.rings;
        self.refused += other.refused;
        self.indeterminate += other.indeterminate;
        self.resolved += other.resolved;
        self.kills += other.kills;
        self.pauses += other.pauses;
        self.ends += other.ends;
        self.events += other.events;
        self.resumed += other.resumed;
        self.failed_deliveries += other.failed_deliveries;
        self.repeated_deliveries += other.repeated_deliveries;
        self.duplicate_rings += other.duplicate_rings;
        self.lost_calls += other.lost_calls;
        self.given_up += other.given_up;
        self.lost_events += other.lost_events;
        self.invented_events += other.invented_events;
        self.undelivered_events += other.undelivered_events;
        self.broken_limits += other.broken_limits;
        self.against_rules += other.against_rules;
        self.at_limit += other.at_limit;
        self.limits = other.limits;
        self.placing_seconds = other.placing_seconds;
        self.settling_seconds = other.settling_seconds;
        self.arriving_seconds = other.arriving_seconds;
        self.bad_loops += other.bad_loops;
    }
}
