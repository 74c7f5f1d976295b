//! The help of the commands that work on many calls, and on those that were placed.

pub(crate) const BATCH: &str = "\
Places the calls of a table, each of them once, however often this command is run.

Every row becomes a call in the ledger before anything is sent. A batch is its name, by default FILE's; a row is who is
called, with which task, and its idempotency_key where it has one. So the file may be saved anew, sorted, reformatted and
added to: run again after that, after a crash, a kill or an interrupt, the same command calls the rows that are new or ask for
something else, and the others answer with the calls that they were. A row whose call was refused without a phone that rang, for
lack of credit or a provider, is tried again; what was refused for the person or the words is not.

The same person with the same task is held back where another batch or call had them within 12 hours (duplicates.batch_hours),
or has yet to call them: --again calls them all the same, and so do allow_duplicate and an idempotency_key in the row.

Rows that are wrong, that come twice or are held back, and calls that nobody takes are written with their reasons to a table
of their own, which can be mended and run as a batch.

After 20 equal refusals in a row no more rows are begun, for the rest would only meet the same. Mend what they say and run the
same command again.

Interrupt once to begin no more rows and wait for what is at a provider, twice to leave. Rows that were begun and not sent stay in
the ledger: they are dialled when the batch is run again, or by a process that stays, and cancelled with
switchboard calls cancel --batch NAME.";

pub(crate) const BATCH_MORE: &str = "\
Examples:
  switchboard batch calls.csv
  switchboard batch calls.csv --dry-run
  switchboard batch customers.csv --column to=Phone --column task=Script --column ignore=Notes --rate 20
  switchboard batch kunden.csv --default-country DE --failover-on-quota
  switchboard batch reminders.csv --name reminders-2026-02 --again --no-wait --json

Columns: to and task, and any other field of a request: default_country, agent, language, callee_name, business_name, on_behalf_of,
callback_number, first_message, instructions (with ; between), lead_id, timezone, urgent, max_duration_seconds, not_before and
not_after (as 2026-02-14T20:00:00Z, or with a timezone as 2026-02-14T20:00), max_cost (as 0.50 USD), tags (with ; between),
idempotency_key, tenant, allow_duplicate, failover_on_quota, appointment.date, appointment.time, appointment.time_preference,
appointment.party_size, redial.on (with ; between), redial.times, redial.gap_seconds, redial.per_day and metadata.ANYTHING.
Case, spaces, _ and - in their names do not matter. An empty cell is a field left out, and an empty line is no row. The column
callee, which the demo's table has, is for its simulators and says nothing here.

With --json each row that is settled is one line
  {\"row\", \"call\", \"status\", \"outcome\", \"reason\"}
and the last line is
  {\"batch\", \"rows\", \"submitted\", \"tried_again\", \"replayed\", \"replayed_since\", \"with_other_details\", \"settled\": {STATUS: n},
   \"outcomes\": {OUTCOME: n}, \"rejected\", \"held_back\", \"held_back_since\", \"unsettled\", \"not_sent\", \"left\", \"paused_by\",
   \"read_as_dialled\": {COUNTRY: n}, \"credentials_refused\": [PROVIDER], \"cost\": {\"amount\", \"currency\", \"calls_without_bill\"}, ...}
With --dry-run each row is {\"row\", \"line\", \"to\", \"country\", \"as_dialled\", \"reason\", \"because\"}.

Exit codes (the first that holds, from above):
  5  a call is indeterminate or stalled, or was left before its end: look at switchboard calls list
  1  a provider refused its credential, it was interrupted with rows left, or something else failed: run it again
  4  a person has to approve a call at its provider; no phone rang for it
  3  a row was rejected or held back, a call was refused, or refusals paused it; no phone rang for these
  2  the arguments, the configuration or the table are wrong; nothing was sent
  0  every row became a call that is over, or with --no-wait one that a provider has";

pub(crate) const CALLS: &str = "\
Reads the ledger: the latest calls, one with everything that happened to it, what changes, or all of them for another
program. And it decides a call of which nobody knows whether it rang.

It may be run while another process places calls, and takes nothing over from it. Telephone numbers are masked in tables;
JSON and exports have them whole.";

pub(crate) const CALLS_MORE: &str = "\
Examples:
  switchboard calls list --status indeterminate --status stalled
  switchboard calls show 019ab3f0-5c1e-7000-8000-000000000000
  switchboard calls watch
  switchboard calls cancel --batch calls.csv
  switchboard calls resolve 019ab3f0-5c1e-7000-8000-000000000000 --verdict not-placed --note 'not in the usage log'
  switchboard calls export --since 2026-02-01T00:00:00Z --out february.csv

`cancel` takes back what was not sent, whoever has it: nothing of it rings any more. Of a call that a provider has, the provider
is asked to end it, where it can.

`resolve` is kept with the call: who decided, when, and the note. It sends nothing itself. After not-placed an indeterminate
call is refused, and one for which evidence is still looked for goes on to the next provider; after placed=ID its end is
followed by the process that has it, or the next one; ended=OUTCOME closes it.

A call that waits for its window or its next ring is shown with when it is due, in the time zone of its request or in UTC.

With --json: list gives {\"calls\": [...]}, each that waits with \"due\": {\"at\", \"local\", \"why\"}; show {\"call\", \"history\": [{\"seq\", \"at\", \"attempt\", \"kind\", \"content\"}]}, watch one
object on each line, resolve the call.

Exit codes:
  0  it worked; of watch ID: the call is over
  1  the ledger cannot be read, there is no such call, or it is decided already
  2  the arguments or the configuration are wrong, or there is no ledger yet
  3, 4, 5  of watch ID: as of `switchboard call`";

pub(crate) const LEDGER: &str = "\
Verifies the ledger, copies it while calls go on, and destroys what is known of people.

`check` replays what happened to every call and compares it with what stands there, and looks for everything that the law
forbids. `erase` destroys one person's number, task and all that was said, and leaves hashes, times and states; while one
of his calls is not settled it is refused. `sweep` destroys what is older than [ledger.retention] allows; run it once a day.";

pub(crate) const LEDGER_MORE: &str = "\
Examples:
  switchboard ledger check
  switchboard ledger backup calls-2026-02-14.db
  switchboard ledger erase --person +442079460018 --yes
  switchboard ledger sweep --json

A copy has everything that the ledger had: an erasure does not reach it.

With --json: check gives {\"calls\", \"attempts\", \"events\", \"by_status\", \"problems\": [{\"call\", \"what\"}]}, erase
{\"calls\", \"events\"}, sweep {\"transcripts\", \"recordings\", \"raw_answers\", \"people\"}.

Exit codes:
  0  it worked; of check: nothing is wrong
  1  check found a problem, or something failed
  2  the arguments or the configuration are wrong, --yes is missing, or there is no ledger yet";

pub(crate) const RELOAD: &str = "\
Checks the configuration file and asks every running process that shares its ledger to take it up. Each process reads its
own file again, checks it whole and swaps it in one step, or changes nothing and says why. SIGHUP asks one process the same.

Calls under way keep the configuration that they were planned in; calls that wait are planned anew. Providers may come and
go, and prices, routes, limits, budgets and experiments may change. What only a new start changes is refused: [ledger] other
than its retention, and [webhooks]. Which configuration held when is kept in the ledger, with the file.";

pub(crate) const RELOAD_MORE: &str = "\
Examples:
  switchboard reload
  switchboard reload --by alice --wait 10 --json

With --json: {\"version\", \"answers\": [{\"by\", \"version\", \"taken\", \"why\"}]}

Exit codes:
  0  the file is right, the wish is in the ledger, and nobody refused it
  1  a process refused it; the configuration that it had still holds there
  2  the file or a credential is missing or wrong; nobody was asked";
