//! The help of `experiments`.

pub(crate) const EXPERIMENTS: &str = "\
Starts, grows, stops and reads experiments: people who are split between providers or agent profiles.

The configuration says what an experiment is. What became of it since is kept in the ledger, where every running process looks every few
seconds. A person keeps the arm that he was given, over calls, restarts and a growing ramp. What a guardrail stops is decided in the same place.

`report` counts every person once, with his first call, for the arm that he was assigned, whoever took the call in the end. Its intervals hold
however often one looks: over all looks, the chance of claiming a difference that is not there is at most 5 %. No call is made twice to
compare.";

pub(crate) const EXPERIMENTS_MORE: &str = "\
Examples:
  switchboard experiments list
  switchboard experiments show reminders-2026 --calls 2000
  switchboard experiments start reminders-2026 --ramp 5 --why 'first look'
  switchboard experiments ramp reminders-2026 50
  switchboard experiments stop reminders-2026 --arm b --why 'callers complain'
  switchboard experiments report reminders-2026 --svg reminders.svg

An experiment with start = \"manual\" assigns nobody before it is started. A stopped one may be started again, a stopped arm may not: give
the experiment another version, which is another split. docs/experiments.md has a worked example.

With --json, list gives {\"experiments\": [...]}; show {\"experiment\", \"detectable\"}; start, ramp and stop the decision as it was written down, or
{\"decided\": null}; report one object with \"arms\", \"comparisons\" (each with its points over time), \"sample_ratio_mismatch\" and \"summary\".

Exit codes:
  0  it worked
  1  the ledger cannot be read or written
  2  the arguments or the configuration are wrong, or there is no such experiment or ledger";
