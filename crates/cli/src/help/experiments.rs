//! The help of `experiments`.

pub(crate) const EXPERIMENTS: &str = "\
Starts, ramps, stops and reports experiments: A/B tests of providers or agents.

Examples:
  switchboard experiments list
  switchboard experiments show reminders-2026 --calls 2000
  switchboard experiments start reminders-2026 --ramp 5 --why 'first look'
  switchboard experiments ramp reminders-2026 50
  switchboard experiments stop reminders-2026 --arm b --why 'complaints'
  switchboard experiments report reminders-2026 --svg reminders.svg";

pub(crate) const EXPERIMENTS_MORE: &str = "\
The configuration defines an experiment. Its state is kept in the ledger, which
every running process reads every few seconds; guardrails that stop an arm are
recorded there too. People keep their arm across calls, restarts and a growing
ramp.

An experiment with start = \"manual\" enrols people only once it is started. A
stopped experiment can be started again, a stopped arm cannot: give the
experiment another version, which assigns people anew. docs/experiments.md has a
worked example.

`report` counts each person once, with their first call, for the arm that they
were assigned to, whichever provider took the call in the end. The intervals
stay valid however often you look: over all looks, the chance of reporting a
difference that does not exist is at most 5 %.

With --json:
  list    {\"experiments\": [...]}
  show    {\"experiment\", \"detectable\"}
  start, ramp, stop
          {\"decided\": ...}, the entry as it was recorded, or null
  report  one object with \"arms\", \"comparisons\" (each with its points over
          time), \"sample_ratio_mismatch\", \"summary\" and others

Exit codes:
  0  success
  1  the ledger cannot be read or written
  2  the arguments or the configuration are wrong, or there is no such
     experiment or ledger";
