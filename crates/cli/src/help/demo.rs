//! The help of `demo` and `sim`.

pub(crate) const DEMO: &str = "\
Shows routing, failover and experiments at work, with simulated providers.

Examples:
  switchboard demo
  switchboard demo --verbose
  switchboard demo --open
  switchboard demo --providers retell,telnyx
  switchboard demo --json
  switchboard demo --calls my-calls.csv
  switchboard demo --ledger demo.db && switchboard calls --ledger demo.db list

The demo starts two simulated providers on this machine, KaiCalls and KallyAI
unless you choose others, and sends about a hundred calls through them: by
country, cost and rate limit, with an A/B experiment, an outage in the middle,
and people who must not be called. No phone rings and no account is needed.";

pub(crate) const DEMO_MORE: &str = "\
It prints a few decisions with their reasons, then a summary. --verbose prints
every decision and the result of each call. At the end the ledger is checked,
and compared with the simulators' own record of every phone that rang.

With --open, the calls can be looked at in a browser afterwards: it prints the
address of the console and a key, and serves them until Ctrl-C.

The table for --calls has the columns to, task, agent, language, tags (separated
by ;), idempotency_key and callee; only to and task are required. The column
callee tells the simulators what happens: completed, no_answer, busy, voicemail,
do_not_call, or answer_lost for a provider response that never arrives. The tags
first and second ask for one of the providers alone. The first provider is down
while the middle third of the table is sent.

The providers: kaicalls, kallyai, retell, calle, telnyx, vapi.

With --json, stdout is one object:
  {\"calls\", \"completed\", \"refused\", \"failed_over\", \"phones_rung_twice\",
   \"by_provider\", \"by_arm\", \"cost\",
   \"ledger\": {\"calls\", \"attempts\", \"events\", \"problems\"}, ...}

Exit codes:
  0  the ledger is consistent and agrees with the phones that rang
  1  it does not, the ledger has a problem, or a call was never decided
  2  the CSV file is wrong, or the ledger file already exists";

pub(crate) const SIM: &str = "\
Runs a simulated provider: its documented HTTP API, with no phones behind it.

Examples:
  switchboard sim kallyai --listen 127.0.0.1:8081 --speed 60
  switchboard sim kaicalls --listen 127.0.0.1:8082 --ring-ledger rings.jsonl \\
      --faults faults.toml --seed 7
  switchboard sim retell --lines 20 --calls-per-minute 300";

pub(crate) const SIM_MORE: &str = "\
When it is ready it prints one line of JSON and serves until it is interrupted
or terminated:
  {\"provider\", \"url\", \"credential\", \"seed\"}
and \"agent_id\", \"business_id\", \"from_number\", \"connection_id\",
\"phone_number_id\" or \"webhook_public_key\", as far as an account of that provider
has one. Every response carries the header X-Simulated: true.

The ring ledger has one line for each phone that rang:
  {\"at\", \"to\", \"call_id\", ...}

A fault script, in short:
  [[rule]]
  method = \"POST\"
  path = \"/v1/calls\"
  nth = [2]
  after = \"ring\"
  fault = { kind = \"answer\", status = 500, code = \"internal_error\" }

Exit codes:
  0  it was interrupted or terminated
  1  the address or the ring ledger cannot be opened
  2  the arguments or the fault script are wrong";
