//! The help of `backtest` and `policy`.

pub(crate) const BACKTEST: &str = "\
Replays the calls of the ledger under another policy, without sending anything.

Examples:
  switchboard backtest --policy cheaper.toml
  switchboard backtest --policy cheaper.toml --since 2026-11-01T00:00:00Z \\
      --until 2026-11-15T00:00:00Z --json

It shows which providers would have been asked, what that would have cost, which
limits and budgets would have been reached, and which people would not have been
called. The ledger is not changed.";

pub(crate) const BACKTEST_MORE: &str = "\
Each call is planned again at the time when it was made, with the providers in
the state that was recorded then: circuit breakers, pauses, unresolved calls,
rate limits, measured quality, and the call's own random draw. If the provider
was really asked, the result is known. If not, the cost is an estimate and the
outcome a measured rate with its interval, and both are labelled as such.

The policy that was in use gives the ledger's own totals. The ledger is that of
--config, or --ledger FILE. A redial belongs to its call. Calls of older
versions have no recorded plan; they are replayed with every provider healthy,
and counted separately.

With --json:
  {\"calls\", \"rings\", \"identical_plans\", \"special_cases\",
   \"total\": {\"then\", \"now\"},
   \"providers\", \"countries\", \"moves\", \"refusals\",
   \"limits_reached\", \"rejections\",
   \"waits\", \"cost\": {\"then\", \"now\", \"difference\", \"between\", ...},
   \"outcomes\", \"caveats\"}

Exit codes:
  0  success, even if there are no calls
  1  the ledger cannot be read
  2  the arguments, the configuration or the policy are wrong";

pub(crate) const POLICY: &str = "\
Checks a configuration file the same way as when it is loaded.

Examples:
  switchboard policy check switchboard.toml
  switchboard policy check new.toml --json

It needs no credential and sends nothing.";

pub(crate) const POLICY_MORE: &str = "\
A setting that can have no effect is an error: a route that never matches,
weights that no strategy uses, a setting of another kind of provider. A setting
that works but is probably a mistake is a warning: a provider without a price, a
country whose route has no provider for it, a budget smaller than one call.

With --json:
  {\"file\", \"valid\", \"errors\": [{\"key\", \"line\", \"column\", \"message\"}],
   \"warnings\": [{\"key\", \"message\"}]}

Exit codes:
  0  the file can be loaded; there may be warnings
  2  it cannot";
