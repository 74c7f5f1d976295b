//! The help of `rules`.

pub(crate) const RULES: &str = "\
Asks the calling rules about a call, and shows the rules. Sends nothing.

Examples:
  switchboard rules check --to +12125550142 --purpose reservation \\
      --published-number 'its web page' --on-behalf-of 'Ada Lovelace'
  switchboard rules check --to +442079460018 --purpose marketing \\
      --at 2026-12-01T09:00:00Z --consent express_written --json
  switchboard rules list --country US-FL --purpose marketing
  switchboard rules show US-FL-HOURS
  switchboard rules test cases.tsv";

pub(crate) const RULES_MORE: &str = "\
`check` decides what a call would be told at that time. It uses the
configuration (your own files, declared emergencies, what routes and agent
profiles say about calls) and what the ledger knows about the callee: how often
the phone rang, opt-outs, consents, lists. Without a configuration, the built-in
tables are asked. It never says that a call is lawful: it names the rules that
stop it, each with its source and date, or says that no rule of the tables, as
of their date, stops it.

`list` shows the rules. With --country: those of the country with its states and
provinces, those of the European Union where it is part of it, and those that
hold everywhere.

`test` decides the cases of a table and names those that differ; docs/rules.md
explains its columns. Tables of your own can be tested with it.

With --json:
  check  {\"to\", \"country\", \"at\", \"verdict\": allow, wait or refuse,
          \"wait_until\", \"wait_until_local\": [{\"zone\", \"time\"}],
          \"findings\": [{\"rule\", \"effect\": stops or warns, \"message\",
          \"needs\", \"until\", \"as_of\", \"source\", \"checked\",
          \"lifted_by\"}], \"zones\": [{\"zone\", \"time\"}], \"facts\",
          \"tables\", \"time_zones\", \"tables_are_old\", \"off\",
          \"ledger_asked\", \"configuration_read\"}
  list   {\"tables\", \"as_of\", \"rules\"}
  show   {\"id\", \"jurisdiction\", \"kind\", \"purposes\", \"callee\", \"lines\",
          \"rule\", \"in_words\", \"unless\", \"effect\", \"from\", \"until\",
          \"source\", \"checked\", \"as_of\", \"note\", \"is_own\",
          \"may_be_lifted\"}
  test   {\"file\", \"tables\", \"cases\", \"agree\",
          \"failures\": [{\"id\", \"line\", \"reason\", \"differences\"}]}

Exit codes:
  0  success; for check, the call is allowed or waits
  1  the ledger cannot be read; for test, a case differs
  2  the arguments, the configuration or the table of cases are wrong, or there
     is no such rule
  3  for check, the call would be refused";
