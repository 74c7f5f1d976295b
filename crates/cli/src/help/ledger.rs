//! The help of `ledger`, `quality` and `reload`.

pub(crate) const LEDGER: &str = "\
Checks and backs up the ledger, and deletes personal data from it.

Examples:
  switchboard ledger check
  switchboard ledger backup calls-2026-02-14.db
  switchboard ledger erase --person +442079460018 --yes
  switchboard ledger sweep --json";

pub(crate) const LEDGER_MORE: &str = "\
`check` replays the history of every call, compares the result with what is
stored, and looks for states that must never occur.

`backup` writes a consistent copy while calls go on (SQLite only). A copy keeps
everything: a later erase does not reach it.

`erase` deletes one person's number, their tasks and everything that was said,
and keeps hashes, times and states. Opt-outs stay, with what proves them: the
person is still never called. Their consents are withdrawn and lose their words.
It is refused while one of their calls is not settled.

`sweep` deletes what is older than [ledger.retention] allows, and published
events that are older than [server.events] says (a week), and consents five
years after their last use. Opt-outs are kept for good. Run it daily.

With --json:
  check  {\"calls\", \"attempts\", \"events\", \"by_status\",
          \"problems\": [{\"call\", \"what\"}]}
  erase  {\"calls\", \"events\", \"batch_rows\", \"consents\"}
  sweep  {\"transcripts\", \"recordings\", \"raw_answers\", \"people\",
          \"batch_rows\", \"events\", \"consents\"}

Exit codes:
  0  success; with check, no problem was found
  1  check found a problem, or something failed
  2  the arguments or the configuration are wrong, --yes is missing, or there is
     no ledger yet";

pub(crate) const QUALITY: &str = "\
Shows how well each provider did, by country and agent profile.

Examples:
  switchboard quality
  switchboard quality --provider kaicalls --country US
  switchboard demo --ledger demo.db && switchboard quality --ledger demo.db";

pub(crate) const QUALITY_MORE: &str = "\
The numbers come from the calls of the ledger: how often people answered and
talked, how often the provider failed through its own fault, how long calls
lasted, what each success cost, and how far bills are from estimates.

Only calls of the last [routing.quality] window_days count, 7 by default. The
column `certain` is the lower bound of the success rate at 95 % confidence; the
strategy best_value divides the expected cost by it. docs/strategies explains
every measure.

With --json, stdout is one object. Rates are in millionths; a row without a
country is the whole provider:
  {\"window_days\", \"minimum_calls\",
   \"rows\": [{\"provider\", \"country\", \"profile\",
     \"measured\": {\"sent\", \"accepted\", \"tried\", \"answered\", \"succeeded\",
       \"failed\", ...},
     \"success_rate\", \"certain_success_rate\", \"cost_per_success\",
     \"drift\": {\"calls\", \"estimated\", \"billed\"}, \"drift_ratio\", ...}],
   \"durations\": [{\"country\", \"profile\", \"expected_seconds\",
     \"learned_from\", ...}]}

Exit codes:
  0  success
  1  the ledger cannot be read
  2  the arguments or the configuration are wrong, or there is no ledger yet";

pub(crate) const RELOAD: &str = "\
Asks every running process that shares the ledger to reload its configuration.

Examples:
  switchboard reload
  switchboard reload --by alice --wait 10 --json

The file is checked here first, together with its credentials.";

pub(crate) const RELOAD_MORE: &str = "\
Each process reads its own configuration file, checks it completely, and either
switches to it in one step or changes nothing and reports why. SIGHUP asks a
single process to do the same.

Calls in progress keep the configuration that they were planned with; waiting
calls are planned again. Providers, prices, routes, limits, budgets and
experiments may change. [webhooks] and [ledger], except for its retention, need
a restart; a reload that changes them is refused. The ledger records which
configuration was in use when, with the file.

With --json:
  {\"version\", \"answers\": [{\"by\", \"version\", \"applied\", \"why\"}]}

Exit codes:
  0  the file is valid, the request is in the ledger, and no process refused it
  1  a process refused it and keeps its present configuration
  2  the file or a credential is missing or wrong; no process was asked";
