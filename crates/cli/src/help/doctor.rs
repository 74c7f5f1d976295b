//! The help of `doctor`.

pub(crate) const DOCTOR: &str = "\
Checks the whole setup: accounts, clock, ledger, rules, webhooks.

Examples:
  switchboard doctor
  switchboard doctor retell
  switchboard doctor --shapes
  switchboard doctor --json | jq '.findings[] | select(.severity != \"ok\")'

It only reads: no phone rings, and nothing is changed or bought.";

pub(crate) const DOCTOR_MORE: &str = "\
Of each account: whether its credential is accepted and what it may do, when a
login expires, how far this machine's clock is from the provider's, its agents
and numbers, whether the carriers of its numbers are in failure_domains, what
rings or draws lots there on its own, and whether its answers are as this
version knows them.

`--shapes` prints how answers differ, by kind of provider: paths and types of
fields and the provider's own words for states, and no other value. It can be
sent to the maintainers.

Of this machine: likely mistakes in the configuration, whether the calling rules
are on and how old their tables are, the time zone database, the ledger (its
schema, damage, who has it open), the number lists, and whether the address of
[webhooks] is reached. Of the accounts together: which are no backup for each
other.

  ok       as it should be
  note     good to know, or what cannot be found out
  warning  calls are placed, and something may go wrong
  problem  calls fail, or go another way than the configuration says

One account that fails hides no other. An account is given up after a minute. A
login that has expired is renewed, as by every command. docs/doctor.md explains
the checks.

With --json:
  {\"findings\": [{\"about\", \"provider\", \"kind\", \"severity\", \"check\",
     \"message\", \"fix\"}],
   \"counts\": {\"ok\", \"note\", \"warning\", \"problem\"},
   \"shapes\": [{\"kind\", \"answer\", \"path\", \"difference\", \"holds\", \"word\"}]}

Exit codes:
  0  no problem was found; there may be warnings
  1  a problem was found
  2  the arguments or the configuration are wrong";
