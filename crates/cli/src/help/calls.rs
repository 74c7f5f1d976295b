//! The help of `call`, `batch`, `plan` and `calls`.

pub(crate) const CALL: &str = "\
Places one call through the best provider and prints the result.

Examples:
  switchboard call --to +442079460018 --purpose reservation \\
      --task 'Book a table for two at eight.'
  switchboard call --to +12125550123 --task 'Ask for the opening hours.' \\
      --purpose reservation --agent receptionist --wait --json
  switchboard call --to '020 7946 0018' --default-country GB \\
      --purpose requested --requested-at 2026-02-14T20:00:00Z \\
      --task 'Say that the table is free now.'
  switchboard call --json-request request.json --wait";

pub(crate) const CALL_MORE: &str = "\
Without --wait, the command ends once a provider has the call. A provider that
answers only when the phone call is over (KallyAI) is waited for in any case:
its answer is the only reliable record of the call.

Interrupt once to cancel a call that was not sent yet, or to see what leaving
means for one that was; interrupt again to leave. A call that was sent goes on.

The call is written to the ledger before anything is sent. If this process is
killed, the next command that places calls resumes it: a call that was provably
never sent is placed; for a call that may have rung, Switchboard looks for
evidence and sends nothing again.

With --json-request, the call is the JSON of POST /v1/calls, with every field
that the HTTP API has; options replace its fields, or add to its lists.

The same number and task within ten minutes (duplicates.call_minutes), or while
the first call is still waiting, is refused as a possible duplicate; --again
places it anyway. With --idempotency-key, the same key always returns the first
call, and another key is another call.

The calling rules say whom an artificial voice may call, and when. They need to
know why you call: --purpose, or the purpose of the route or the agent profile
in the configuration. What else they need, a refusal names: where the number is
published, when the callee asked to be called, or what they consented to.
`switchboard rules check` asks them and places no call.

Exit codes:
  0  a provider has the call, or it is over (look at its outcome); a provider
     that refused its credential on the way is named on stderr
  1  something else failed, or no provider took the call and one refused its
     credential: stderr names the setting to fix
  2  the request or the configuration is wrong, or the number must not be
     called; nothing was sent
  3  no provider can take the call, it was refused, or it is a possible
     duplicate; no phone rang
  4  the call needs a person's approval at the provider; no phone rang
  5  indeterminate or stalled: the phone may have rung, check before you call
     again
  6  a provider had the call, and it failed there for a technical reason (its
     outcome is failed); the phone may have rung";

pub(crate) const BATCH: &str = "\
Places the calls of a CSV table, each row once, however often it is run.

Examples:
  switchboard batch calls.csv
  switchboard batch calls.csv --dry-run
  switchboard batch calls.csv --yes
  switchboard batch customers.csv --column to=Phone --column task=Script \\
      --column ignore=Notes --rate 20
  switchboard batch kunden.csv --default-country DE --failover-on-quota
  switchboard batch reminders.csv --name reminders-2026-02 --again --no-wait";

pub(crate) const BATCH_MORE: &str = "\
Every row becomes a call in the ledger before anything is sent. Rows are
recognized by the batch's name (by default the file's name), the number, the
task, and the idempotency_key where there is one. So the file may be saved
again, sorted, reformatted or extended: after that, or after a crash or an
interrupt, the same command places only the rows that are new. The other rows
are answered with the calls that they already became. A row whose call was
refused for lack of credit or of a provider is tried again; a row that was
refused because of the person or the content is not.

Duplicates: a row is held back if another batch or call has called the same
person with the same task within 12 hours (duplicates.batch_hours), or is still
going to. --again places it anyway; so do allow_duplicate and an
idempotency_key in the row.

Results: what became of every row is written to a table, by default next to FILE
(calls.csv: calls.results.csv). It has the columns of FILE and, for the call,
call_row, call_line, call_id, call_status, call_outcome, call_provider,
call_duration_seconds, call_cost, call_currency, call_summary, call_reason and
call_problem. It is made of the ledger when the batch ends or is interrupted,
and it is complete or not there: after a crash, run the batch again. Only you
can read it, and no cell of it runs as a formula.

Rejected rows: rows that are wrong, repeated or held back, and calls that no
provider took, are written with their reasons to a table of their own. Fix it
and run it as a batch.

Pausing: after 20 identical refusals in a row, no more rows are started. Fix
the cause and run the same command again.

Interrupting: interrupt once to start no more rows and wait for the calls that
providers already have, twice to leave. Rows that were started but not sent
stay in the ledger. They are placed when the batch is run again or by another
running process; `switchboard calls cancel --batch NAME` cancels them.

Columns: to and task are required. The others are default_country, agent,
language, callee_name, business_name, on_behalf_of, callback_number,
first_message, instructions, lead_id, timezone, urgent, max_duration_seconds,
not_before, not_after, max_cost, tags, idempotency_key, tenant,
allow_duplicate, failover_on_quota, appointment.date, appointment.time,
appointment.time_preference, appointment.party_size, redial.on, redial.times,
redial.gap_seconds, redial.per_day and metadata.ANYTHING; and for the calling
rules purpose, callee_kind, callee_line, callee_timezone,
callee_timezone_guess, callee_region, consent (express or express_written),
consent_at, consent_words, consent_channel, consent_seller, consent_purpose,
consent_hours, consent_expires_at, requested_at, published_number,
relationship, agreed_from, agreed_to and recording.
  - Lists (instructions, tags, redial.on) are separated by ;
  - Times are 2026-02-14T20:00:00Z, or 2026-02-14T20:00 with a timezone
  - Amounts are 0.50 USD
  - Case, spaces, _ and - in column names do not matter
  - An empty cell is an omitted field; blank lines are skipped
  - The demo's column callee is ignored

With --json, each row prints one line when its call is settled:
  {\"row\", \"call\", \"status\", \"outcome\", \"reason\"}
The last line is the summary:
  {\"batch\", \"rows\", \"submitted\", \"tried_again\", \"replayed\",
   \"replayed_since\", \"with_other_details\", \"settled\": {STATUS: n},
   \"outcomes\": {OUTCOME: n}, \"rejected\", \"held_back\", \"held_back_since\",
   \"unsettled\", \"not_sent\", \"not_started\", \"paused_by\",
   \"default_country_used\": {COUNTRY: n},
   \"credentials_refused\": [PROVIDER],
   \"cost\": {\"amount\", \"currency\", \"calls_without_bill\"}, ...}
With --dry-run, each row is
  {\"row\", \"line\", \"to\", \"country\", \"default_country_used\",
   \"reason\", \"detail\", \"earlier\", \"rules\": {\"verdict\",
   \"wait_until\", \"stopped_by\"}}
and the last line is {\"summary\": {..., \"new_calls\": {\"calls\",
\"providers\", \"lowest_cost\", \"highest_cost\", \"seconds\", ...}}}.

Before it starts, a batch prints on stderr what a dry run prints last: wrong
rows by reason; rows that are calls already, or duplicates; the new calls, which
providers are asked first, the expected cost, and how long placing them takes at
the limits of the configuration; who waits, and until when; who would be refused,
and by which rules. On a terminal it asks before it places more than 20 calls;
elsewhere that needs --yes. A dry run exits with 3 if a row is wrong or would be
refused.

While it runs, the bar says how many calls are open, the rate of the last minute
and the time left, and what calls wait for: a provider's limit, pause or credit,
a limit of the caller or the agent, their hours, or a callee who is on another
call, with until when.

Exit codes (the first in this list that applies):
  5  a call is indeterminate or stalled, or was left before its end: see
     `switchboard calls list`
  1  a provider refused its credential, the batch was interrupted with rows
     left, or something else failed: run it again
  4  a call needs a person's approval at the provider; its phone did not ring
  3  a row was rejected or held back, a call was refused, or the batch paused;
     no phone rang for these
  2  the arguments, the configuration or the table are wrong; nothing was sent
  0  every row became a call that is over, or with --no-wait one that a
     provider has";

pub(crate) const PLAN: &str = "\
Shows which providers would be asked for a call, in which order, and why.

Examples:
  switchboard plan --config switchboard.example.toml --to +442079460018
  switchboard plan --to +12125550123 --language es --agent receptionist --json
  switchboard plan --to-file numbers.txt --json
  switchboard plan --to '(212) 555-0123' --to '011 44 20 7946 0018' \\
      --default-country US
  switchboard plan --json-request request.json

It also shows why the other providers would not be asked. It needs no provider
credential and sends nothing.";

pub(crate) const PLAN_MORE: &str = "\
A number needs its + and country calling code, unless --default-country or
[routing] default_country says where it is dialled; the plan shows how it was
read. Every provider counts as healthy, with its whole rate limit free. The
expected duration and the providers' success rates come from the calls of the
ledger, if there is one.

With --json:
  {\"to\", \"country\", \"number_type\",
   \"candidates\": [{\"provider\", \"rank\",
     \"estimated_cost\": {\"amount\", \"currency\"}, \"headroom\",
     \"cost_per_success\", \"measured\", \"reason\"}],
   \"rejected\": [{\"provider\", \"reason\", \"detail\"}],
   \"expected_seconds\", \"learned_from\", ...}
and for a number that cannot be called
  {\"error\": {\"kind\", \"code\", \"field\", \"message\"}}
With several numbers, each object is on a line of its own, and errors include
the number as \"to\".

Exit codes (with several numbers, the last in this list that applies to any):
  0  there are candidates
  3  there are none; the plan is printed anyway
  2  the request or the configuration is wrong, or the number must not be called";

pub(crate) const CALLS: &str = "\
Lists, shows, watches, cancels, resolves and exports the calls of the ledger.

Examples:
  switchboard calls list --since yesterday --outcome no_answer
  switchboard calls list --status indeterminate --status stalled
  switchboard calls list --batch june.csv -o csv --columns to,outcome,cost
  switchboard calls show 019ab3f0 --full
  switchboard calls transcript 019ab3f0
  switchboard calls recording 019ab3f0 --save call.mp3
  switchboard calls watch
  switchboard calls cancel --batch calls.csv
  switchboard calls resolve 019ab3f0 --verdict not-placed \\
      --note 'not in the usage log'
  switchboard calls export --since 2026-02-01 --out february.csv";

pub(crate) const CALLS_MORE: &str = "\
These commands can run while another process places calls, and take nothing over
from it. Phone numbers are masked in tables; JSON and exports contain them in
full. --reveal shows them on a terminal, and the audit log says who did.

The beginning of an id stands for it, with or without hyphens, if no other id
begins like that. `list` prints as much of each id as that takes.

`list` shows the latest 50 calls, oldest first, in a table that fits the
terminal. Times are those of this machine. -o wide is a table with whole ids and
everything else, -o csv the same for a spreadsheet; --columns takes of id,
received, updated, to, country, about (the name, otherwise the task), name,
task, tenant, agent, batch, tags, experiment, provider, status, outcome, cost,
seconds, attempts, due and reason.

`show`, and the column due of `list`, say when a waiting call is due, in the
time zone of its request or in UTC.

`show` has the task, who asked, the row of a batch that a server took, and what
a waiting call waits for and until when; --full prints long texts whole.

`transcript` and `recording` are for calls that are over. A transcript is read
from its provider once, and then kept. The address of a
recording lets whoever has it listen; --save downloads it into a new file that
only you can read.

`cancel` withdraws calls that were not sent, whichever process has them: their
phones will not ring. If a provider has the call, it is asked to end it, where
it can.

`resolve` is for calls that Switchboard cannot decide itself. It sends nothing.
The decision is kept with the call: who, when, and the note.
  not-placed     an indeterminate call becomes refused; a call for which
                 evidence is still being looked for goes on to the next provider
  placed=ID      the call is followed to its end by the process that has it, or
                 by the next one that starts
  ended=OUTCOME  the call is closed

With --json:
  list    {\"calls\": [...]}; a waiting call has \"due\": {\"at\", \"local\", \"why\"}
  show    {\"call\", \"request\", \"batch_row\": {\"row\", \"line\", \"sent_by\"},
           \"waits\": {\"why\", \"until\"}, \"plans\",
           \"history\": [{\"seq\", \"at\", \"attempt\", \"kind\", \"content\"}]}
  transcript  {\"call\", \"transcript\"}
  recording   {\"call\", \"recording\", \"saved\": {\"file\", \"bytes\"}}
  watch   one object on each line
  cancel  {\"call\", \"result\", \"detail\"} on each line
  resolve the call

Exit codes:
  0  success, also if no call was found to list; with `watch ID`, the call is
     over
  1  the ledger cannot be read, there is no such call, or it is already decided;
     with cancel, a call could not be cancelled
  2  the arguments or the configuration are wrong, an id is ambiguous, or there
     is no ledger yet; `list` then lists nothing
  3, 4, 5, 6  with `watch ID`: the same as `switchboard call`";

pub(crate) const TOP: &str = "\
Shows every provider and what waits, over all processes that share the ledger.

Examples:
  switchboard top
  switchboard top --once
  switchboard top --json";

pub(crate) const TOP_MORE: &str = "\
On a terminal it is drawn every two seconds until Ctrl-C. It reads the ledger
and asks no provider.

For each provider: what keeps it from calls and until when, as the latest calls
of any process found it (breaker, pause, credit); what is left of its limits;
the calls that it has; and the calls and bills of today, by the clock of this
machine. Below: what waiting calls wait for, and calls that may have rung.

With --json:
  {\"at\", \"providers\": [{\"provider\", \"state\", \"until\",
     \"headroom\": [{\"free\", \"of\", \"window_seconds\"}], \"open\",
     \"calls_today\", \"cost_today\": {\"amount\", \"currency\"},
     \"unbilled_today\"}],
   \"calls\": {STATUS: n}, \"in_doubt\",
   \"waiting\": [{\"calls\", \"why\", \"until\"}], \"not_asked\"}

Exit codes:
  0  success, also without a call
  1  the ledger cannot be read
  2  the arguments or the configuration are wrong";
