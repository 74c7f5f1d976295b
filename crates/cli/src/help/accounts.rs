//! The help of the commands that work on providers' accounts.

pub(crate) const PROVIDERS: &str = "\
Lists the configured providers with their health, limits and coverage.

Examples:
  switchboard providers
  switchboard providers --json

Each provider is asked for one entry of its call list, to see whether it answers
and accepts the credential. Nothing is changed.";

pub(crate) const PROVIDERS_MORE: &str = "\
Exit codes:
  0  every enabled provider answers
  1  at least one does not
  2  the configuration is wrong or a credential is missing";

pub(crate) const NUMBERS: &str = "\
Lists, searches, rents and releases the accounts' phone numbers.

Examples:
  switchboard numbers list
  switchboard numbers available --country US --area-code 415
  switchboard numbers --provider kaicalls rent --number +14155550123 --yes
  switchboard numbers --provider kallyai rent --country GB --yes
  switchboard numbers --provider kaicalls release +14155550123 --yes

Renting costs money and releasing cannot be undone: both require --yes.";

pub(crate) const NUMBERS_MORE: &str = "\
Exit codes:
  0  success
  1  a provider failed
  2  the arguments or the configuration are wrong, or --yes is missing";

pub(crate) const AGENTS: &str = "\
Lists the accounts' voice agents and the agent profiles that use them.

Examples:
  switchboard agents list
  switchboard agents --provider kaicalls show \\
      5b2f0c1e-0000-4000-8000-000000000000 --json";

pub(crate) const AGENTS_MORE: &str = "\
KallyAI has no agents of its own; its four task categories take their place.

Exit codes:
  0  success
  1  a provider failed
  2  the arguments or the configuration are wrong";

pub(crate) const USAGE: &str = "\
Shows what is left of each account, or the providers' usage logs.

Examples:
  switchboard usage balance
  switchboard usage --provider kaicalls records \\
      --since 2026-02-01T00:00:00Z --limit 100";

pub(crate) const USAGE_MORE: &str = "\
A value that the provider does not report is shown as - and is null in JSON. It
is never zero.

Exit codes:
  0  success
  1  a provider failed
  2  the arguments or the configuration are wrong";

pub(crate) const LOGIN: &str = "\
Logs in to an account with the browser and stores its tokens.

Examples:
  switchboard login kallyai
  switchboard login kallyai --no-browser --timeout 60 --json";

pub(crate) const LOGIN_MORE: &str = "\
The address of the provider's login page is printed and opened. The page then
redirects the browser to this command, which listens on 127.0.0.1, accepts one
response, checks that it carries the random state of this login, and stops.

The tokens are stored in the operating system's keyring if there is one and this
program was built with it (`--features keyring`), otherwise in a file that only
you can read. They are never printed or logged. An account whose configuration
has neither api_key_env nor api_key_file uses them, and renews them before they
expire.

With --json:
  {\"provider\", \"kept_in\", \"expires_at\", \"renewable\", \"scopes\"}
The address is on stderr.

Exit codes:
  0  logged in
  1  no login within the time limit, the login was refused, or the response did
     not carry the state of this login
  2  the arguments or the configuration are wrong, or the tokens cannot be
     stored";

pub(crate) const LOGOUT: &str = "\
Deletes the tokens of a login from the keyring or the file.

Example:
  switchboard logout kallyai";

pub(crate) const LOGOUT_MORE: &str = "\
The provider documents no way to revoke tokens: an access token stays valid
until it expires.

Exit codes:
  0  the account is logged out
  2  the arguments or the configuration are wrong, or the tokens cannot be
     deleted";

pub(crate) const WHOAMI: &str = "\
Shows the accounts that calls would be placed with.

Examples:
  switchboard whoami
  switchboard whoami kallyai --json";

pub(crate) const WHOAMI_MORE: &str = "\
It shows the plan, the scopes where they are known, when the token expires, and
where the credential is stored. It never shows a token or a key.

With --json, unknown values are null:
  {\"accounts\": [{\"provider\", \"kind\", \"account\", \"plan\", \"status\", \"scopes\",
    \"expires_at\", \"renewable\", \"kept_in\", \"error\"}]}

Exit codes:
  0  every account answers
  1  at least one does not
  2  the arguments or the configuration are wrong; with PROVIDER, the account is
     not logged in";

pub(crate) const API: &str = "\
Sends one request to a provider's own API and prints the response.

Examples:
  switchboard api kallyai GET /v1/credits/balance
  switchboard api kaicalls GET /api/v1/leads --query limit=10
  switchboard api kallyai POST /v1/search/quick --data @search.json

The request carries the account's credential.";

pub(crate) const API_MORE: &str = "\
A GET may be retried; any other request is sent once. A request that could make
a phone ring is refused, however its path is spelled: only `switchboard call`
writes a call to the ledger before it is sent.

With --json: {\"status\", \"content_type\", \"body\", \"bytes\"}

Exit codes:
  0  the provider answered with a 2xx status
  1  it did not
  2  the arguments or the configuration are wrong, or the request could make a
     phone ring; nothing was sent";
