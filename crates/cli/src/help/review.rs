//! The help of `backtest` and `policy`.

pub(crate) const BACKTEST: &str = "\
Tries another policy on the calls of the ledger: who would have been asked, what it would have cost, which limits and
budgets it would have met, and whom nobody would have called.

Each call is planned again at its own moment, with the providers as they were written down then: breakers, pauses, doubts,
rate limits, measured quality, and the call's own chance. Where a provider was asked then, its answer is known. Where it was
not, the cost is an estimate and the outcome a measured rate with its interval, and both are named so.

Nothing is sent, and the ledger is not changed.";

pub(crate) const BACKTEST_MORE: &str = "\
Examples:
  switchboard backtest --policy cheaper.toml
  switchboard backtest --policy cheaper.toml --since 2026-11-01T00:00:00Z --until 2026-11-15T00:00:00Z --json
  switchboard backtest --policy switchboard.toml     the policy that ran gives the ledger's own sums

The ledger is that of --config, or --ledger FILE. A redial counts with its ring. Calls of older versions, of which no plan
was kept, are replayed with every provider well, and counted apart.

With --json:
  {\"calls\", \"rings\", \"same_plans\", \"apart\", \"total\": {\"then\", \"now\"}, \"providers\", \"countries\", \"moves\", \"refusals\", \"met\",
   \"obstacles\", \"waits\", \"cost\": {\"then\", \"now\", \"difference\", \"between\", ...}, \"outcomes\", \"cannot_know\"}

Exit codes:
  0  it worked; there may be no calls
  1  the ledger cannot be read
  2  the arguments, the configuration or the policy are wrong";

pub(crate) const POLICY: &str = "\
Checks a configuration file as it would be checked when it is loaded, without a credential and without sending anything.

What can have no effect is an error: a route that never holds, weights that nobody reads, a setting of another kind. What works and is
probably not meant is a warning: a provider without a price, a country that its route sends to nobody, a budget
smaller than one call.";

pub(crate) const POLICY_MORE: &str = "\
Examples:
  switchboard policy check switchboard.toml
  switchboard policy check new.toml --json

With --json:
  {\"file\", \"sound\", \"errors\": [{\"key\", \"line\", \"column\", \"message\"}], \"warnings\": [{\"key\", \"message\"}]}

Exit codes:
  0  it can be loaded; there may be warnings
  2  it cannot";
