//! The help of `people`.

pub(crate) const PEOPLE: &str = "\
Records who must not be called and who consented, and shows what is known.

Examples:
  switchboard people opt-out +442079460018 --how callee-said \\
      --note 'Asked the agent not to call again.'
  switchboard people consent +12125550142 --kind express_written \\
      --at 2026-02-14T20:00:00Z --words 'I agree to be called by an AI.' \\
      --channel https://example.com/form
  switchboard people show +442079460018
  switchboard people take-back +442079460018 --words 'Please call me again.'";

pub(crate) const PEOPLE_MORE: &str = "\
An opt-out binds every tenant, purpose and provider at once, also where the
calling rules are off. It withdraws all consents, survives the erasure of the
person, and may be recorded before the first call. Only a later request of the
person takes it back; their words are kept. Consents stay withdrawn then.

A consent counts for the calls of one tenant: the one of this command line's
calls, or the one that --tenant names.

`show` prints since when the person does not want to be called, how often the
phone rang over all tenants (limits count the same rings), consents with their
evidence, how calls went last, and the latest calls. The number is hidden in
what it prints, and the evidence is of use to an operator only.

Each change is in the audit log, with the name of --by and a pseudonym of the
person.

With --json:
  opt-out, take-back  {\"opted_out_at\", \"changed\"}
  consent             {\"id\", \"tenant\", \"kind\", \"at\", \"words\", \"channel\",
                       \"seller\", \"purpose\", \"hours\", \"expires_at\", \"by\",
                       \"source\", \"recorded_at\", \"withdrawn_at\",
                       \"evidence_erased\"}
  show                {\"number\", \"opted_out_at\", \"opt_outs\",
                       \"rings\": {\"last_24_hours\", \"last_7_days\",
                       \"last_30_days\", \"last_at\"}, \"events\", \"consents\",
                       \"calls\"}

Exit codes:
  0  success
  1  the ledger cannot be read or written
  2  the arguments are wrong, there is no ledger, or the person to take back is
     not opted out";
