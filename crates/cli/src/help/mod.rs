//! The long help of each command: what it is for, an example, and its exit codes.

mod books;
mod deck;
mod experiments;
mod review;

pub(crate) use self::books::{
    BATCH, BATCH_MORE, CALLS, CALLS_MORE, LEDGER, LEDGER_MORE, RELOAD, RELOAD_MORE,
};
pub(crate) use self::deck::{DECK, DECK_MORE};
pub(crate) use self::experiments::{EXPERIMENTS, EXPERIMENTS_MORE};
pub(crate) use self::review::{BACKTEST, BACKTEST_MORE, POLICY, POLICY_MORE};

pub(crate) const ABOUT: &str = "\
Places telephone calls by voice agents through the best provider.

One configuration file names the providers, their prices and who is asked for which call. A call goes to the
next provider only with proof that the first never reached a phone: nobody is rung twice because of a fault.

Begin with `switchboard demo`, which needs no account. Then write a switchboard.toml after
switchboard.example.toml, look at `switchboard plan`, and place a call with `switchboard call`.";

pub(crate) const EXIT_CODES: &str = "\
Exit codes of every command:
  0  it worked
  1  something failed that no other code names, or a provider refused its credential and nobody else did it
  2  the command line, the configuration or the request is wrong; nothing was sent
  3  no provider takes the call, or it was refused; no phone rang
  4  a person has to approve the call at the provider; no phone rang
  5  the phone may have rung and nobody knows, or the end of the call was never seen: look before calling again

Calls are written down in the ledger that the configuration names, else in switchboard/ledger.db in your data directory
($XDG_DATA_HOME, else ~/.local/share), before anything is sent. `switchboard calls` shows them.

Results go to stdout, errors and logs to stderr. Colour and moving lines appear on a terminal only; NO_COLOR turns colour off.";

pub(crate) const DEMO: &str = "\
Starts a simulated KallyAI and a simulated KaiCalls on this machine and sends some hundred calls through them,
by country, cost and rate limit, with an experiment that splits callers in two, an outage in the middle and
callers who must not be called.

A few decisions are printed with their reasons, then a summary; --verbose prints every decision, and what became of every
call. The calls are kept in a ledger on disk. At the end the ledger is verified, and compared with the simulators' own
record of every phone that rang.

Both providers are simulated: no telephone rings and no account is needed.";

pub(crate) const DEMO_MORE: &str = "\
Examples:
  switchboard demo
  switchboard demo --verbose
  switchboard demo --json
  switchboard demo --calls my-calls.csv
  switchboard demo --ledger demo.db && switchboard calls --ledger demo.db list

The table has the columns to, task, agent, language, tags (with ; between), idempotency_key and callee. The last is for
the simulators: completed, no_answer, busy, voicemail, do_not_call, or answer_lost, where the provider's answer is lost.
Only to and task are required. The middle third is sent while KaiCalls is down.

With --json, stdout is one object:
  {\"calls\", \"completed\", \"refused\", \"failed_over\", \"phones_rung_twice\", \"by_provider\", \"by_arm\", \"cost\",
   \"ledger\": {\"calls\", \"attempts\", \"events\", \"problems\"}, ...}

Exit codes:
  0  every phone rang as often as the ledger says, and the ledger is sound
  1  one did not, a call was never decided, or the ledger has a problem
  2  the CSV file is wrong, or the file for the ledger is there already";

pub(crate) const CALL: &str = "\
Places one call through the best provider and prints it.

Without --wait it ends when a provider has the call. A provider that answers only when the phone call is over
(KallyAI) is waited for all the same: its answer is the only sure record of the call, and leaving would lose it.

Interrupt once while a call is open to hear what leaving means, twice to leave. A call that was sent goes on.

The call is written down before anything is sent. If this process is killed, the next command that places calls takes
it up: what provably never left goes on, and of what may have rung evidence is looked for, with nothing sent again.

The same number and task within ten minutes (duplicates.call_minutes), or while the first is still to be called, is taken
for a mistake and refused: --again says that it is meant. With an --idempotency-key the same key answers with the first
call, as long as the ledger lives, and another one is another call.";

pub(crate) const CALL_MORE: &str = "\
Examples:
  switchboard call --to +442079460018 --task 'Book a table for two on Friday at eight, in the name of Ada.'
  switchboard call --to +12125550123 --task 'Ask for the opening hours.' --agent receptionist --wait --json
  switchboard call --to '020 7946 0018' --default-country GB --task 'Ask for the opening hours.'

Exit codes:
  0  a provider has the call, or it is over; look at its outcome. A provider that refused its credential on the way is named on stderr
  1  something else failed, or nobody took the call and a provider refused its credential: stderr names the setting to mend
  2  the request or the configuration is wrong, or the number must not be called; nothing was sent
  3  no provider takes the call, or it was refused, or it came a moment ago; no phone rang
  4  a person has to approve the call at the provider; no phone rang
  5  indeterminate or stalled: the phone may have rung and nobody knows";

pub(crate) const PLAN: &str = "\
Shows which providers would be asked for a call, in which order and why, and why the others would not.

It needs no provider's credential and sends nothing. A number needs its + and calling code, unless --default-country or [routing]
default_country says where it is dialled: the plan shows what was read. Every provider counts as healthy, and its rate limit as free. How long the call
lasts and how well providers do is learnt from the calls of the ledger, where there is one.";

pub(crate) const PLAN_MORE: &str = "\
Examples:
  switchboard plan --config switchboard.example.toml --to +442079460018
  switchboard plan --to +12125550123 --language es --agent receptionist --json
  switchboard plan --to-file numbers.txt --json
  switchboard plan --to '(212) 555-0123' --to '011 44 20 7946 0018' --default-country US

With --json:
  {\"to\", \"country\", \"number_type\", \"candidates\": [{\"provider\", \"rank\", \"estimated_cost\": {\"amount\", \"currency\"},
   \"headroom\", \"cost_per_success\", \"measured\", \"reason\"}], \"rejected\": [{\"provider\", \"reason\", \"detail\"}],
   \"expected_seconds\", \"learnt_from\", ...}
and for what cannot be called
  {\"error\": {\"kind\", \"code\", \"field\", \"message\"}}
Several numbers give one object on each line; an error then names its number, too.

Exit codes (of several numbers, the first that holds for any, from below):
  0  there are candidates
  3  there are none; the plan is printed all the same
  2  the request or the configuration is wrong, or the number must not be called";

pub(crate) const QUALITY: &str = "\
Shows what the calls of the ledger say of each provider, by country and agent profile: how often somebody answered and talked, how often
it failed by its own fault, how long calls lasted, what was billed for each success, and how far bills are from estimates.

Calls of the last [routing.quality] window_days count, 7 unless the configuration says otherwise. `certain` is the success rate
that is certain to 95 %: the strategy best_value divides the expected cost by it. docs/strategies explains every measure.";

pub(crate) const QUALITY_MORE: &str = "\
Examples:
  switchboard quality
  switchboard quality --provider kaicalls --country US
  switchboard demo --ledger demo.db && switchboard quality --ledger demo.db --json

With --json, stdout is one object; rates are in millionths, and a row without a country is the whole provider:
  {\"window_days\", \"minimum_calls\", \"rows\": [{\"provider\", \"country\", \"profile\", \"measured\": {\"sent\", \"accepted\", \"tried\",
   \"answered\", \"succeeded\", \"erred\", ...}, \"success_rate\", \"certain_success_rate\", \"cost_per_success\", \"drift\": {\"calls\",
   \"estimated\", \"billed\"}, \"drift_ratio\", ...}], \"durations\": [{\"country\", \"profile\", \"expected_seconds\", \"learnt_from\", ...}]}

Exit codes:
  0  it worked
  1  the ledger cannot be read
  2  the arguments or the configuration are wrong, or there is no ledger yet";

pub(crate) const PROVIDERS: &str = "\
Lists the providers of the configuration with their limits and coverage, and asks each for one entry of its call
list, to see whether it answers and takes the credential. Nothing is changed.";

pub(crate) const PROVIDERS_MORE: &str = "\
Example:
  switchboard providers --json

Exit codes:
  0  every provider that is switched on answers
  1  one does not
  2  the configuration is wrong or a credential is missing";

pub(crate) const NUMBERS: &str = "\
Lists the telephone numbers of the accounts, searches for others, rents and releases them.

Renting costs money and releasing cannot be undone: both want --yes.";

pub(crate) const NUMBERS_MORE: &str = "\
Examples:
  switchboard numbers list
  switchboard numbers available --country US --area-code 415
  switchboard numbers --provider kaicalls rent --number +14155550123 --yes
  switchboard numbers --provider kallyai rent --country GB --yes
  switchboard numbers --provider kaicalls release +14155550123 --yes

Exit codes:
  0  it worked
  1  a provider failed
  2  the arguments or the configuration are wrong, or --yes is missing";

pub(crate) const AGENTS: &str = "\
Lists the voice agents of the accounts and the agent profiles of the configuration that name them, or shows one.

KallyAI has no agents of an account: its four task categories stand in for them.";

pub(crate) const AGENTS_MORE: &str = "\
Examples:
  switchboard agents list
  switchboard agents --provider kaicalls show 5b2f0c1e-0000-4000-8000-000000000000 --json

Exit codes:
  0  it worked
  1  a provider failed
  2  the arguments or the configuration are wrong";

pub(crate) const USAGE: &str = "\
Shows what is left of each account, or the providers' logs of what was used.

What a provider does not say is shown as -, and is null in JSON; it is never zero.";

pub(crate) const USAGE_MORE: &str = "\
Examples:
  switchboard usage balance
  switchboard usage --provider kaicalls records --since 2026-02-01T00:00:00Z --limit 100

Exit codes:
  0  it worked
  1  a provider failed
  2  the arguments or the configuration are wrong";

pub(crate) const SIM: &str = "\
Runs a simulated provider: its documented HTTP API on a real socket, with no telephone behind.

When it is ready it prints one line of JSON and serves until it is interrupted or terminated. KaiCalls' line
names its agent and business, too. Every answer carries the header X-Simulated: true.";

pub(crate) const SIM_MORE: &str = "\
Examples:
  switchboard sim kallyai --listen 127.0.0.1:8081 --speed 60
  switchboard sim kaicalls --listen 127.0.0.1:8082 --ring-ledger rings.jsonl --faults faults.toml --seed 7

The line: {\"provider\", \"url\", \"credential\", \"seed\"}, for KaiCalls with \"agent_id\" and \"business_id\".
A line of the ring ledger: {\"at\", \"to\", \"call_id\", ...}.
A fault script, in short:
  [[rule]]
  method = \"POST\"
  path = \"/v1/calls\"
  nth = [2]
  after = \"ring\"
  fault = { kind = \"answer\", status = 500, code = \"internal_error\" }

Exit codes:
  0  it was told to end
  1  the address or the ledger cannot be opened
  2  the arguments or the fault script are wrong";

pub(crate) const LOGIN: &str = "\
Logs in to an account in the browser, and keeps its tokens.

The address of the provider's login page is printed and opened. The page sends its answer to this command, which listens
on 127.0.0.1 for one answer, compares the secret word that it gave the page, and goes. Tokens go to the keyring of the
operating system where there is one and this program was built with it (`--features keyring`), else to a file that only
you can read; they are never printed or logged.

An account whose configuration names no api_key_env and no api_key_file uses them, and renews them before they end.";

pub(crate) const LOGIN_MORE: &str = "\
Examples:
  switchboard login kallyai
  switchboard login kallyai --no-browser --timeout 60 --json

With --json: {\"provider\", \"kept_in\", \"expires_at\", \"renewable\", \"scopes\"}. The address is on stderr.

Exit codes:
  0  logged in
  1  nobody logged in within the time, the login was refused, or its answer did not carry the secret word
  2  the arguments or the configuration are wrong, or the tokens cannot be kept";

pub(crate) const LOGOUT: &str = "\
Takes the tokens of a login away from the keyring or file that keeps them.

The provider's documents show no way to take tokens back: an access token stays good until it ends.";

pub(crate) const LOGOUT_MORE: &str = "\
Example:
  switchboard logout kallyai

Exit codes:
  0  nobody is logged in any more
  2  the arguments or the configuration are wrong, or the tokens cannot be removed";

pub(crate) const WHOAMI: &str = "\
Shows the accounts that calls would be placed with: plan, scopes where they are known, when the token ends, and where
the credential is kept. No token or key is ever shown.";

pub(crate) const WHOAMI_MORE: &str = "\
Examples:
  switchboard whoami
  switchboard whoami kallyai --json

With --json: {\"accounts\": [{\"provider\", \"kind\", \"account\", \"plan\", \"status\", \"scopes\", \"expires_at\", \"renewable\",
\"kept_in\", \"error\"}]}; what is not known is null.

Exit codes:
  0  every account answers
  1  one does not
  2  the arguments or the configuration are wrong; of one account alone: nobody is logged in";

pub(crate) const API: &str = "\
Sends one request to a provider's own API, with the account's credential, and prints the answer.

A read may be sent again; anything else is sent once. A request that could make a phone ring is refused, however its path
is spelled: `switchboard call` writes a call down before it is sent, and this does not.";

pub(crate) const API_MORE: &str = "\
Examples:
  switchboard api kallyai GET /v1/credits/balance
  switchboard api kaicalls GET /api/v1/leads --query limit=10
  switchboard api kallyai POST /v1/search/quick --data @search.json

With --json: {\"status\", \"content_type\", \"body\", \"bytes\"}.

Exit codes:
  0  the provider answered with a 2xx
  1  it did not
  2  the arguments or the configuration are wrong, or the request could make a phone ring; nothing was sent";
