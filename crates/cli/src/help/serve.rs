//! The help of `serve`, `keys`, `mcp`, `listen` and `openapi`.

pub(crate) const SERVE: &str = "\
Serves the HTTP API over the configured providers and ledger.

Examples:
  switchboard serve --simulated
  switchboard serve
  switchboard serve --listen 127.0.0.1:8081 --admin-listen 127.0.0.1:9091

With --simulated there is nothing to configure: the providers are simulated in
this process, the ledger is temporary, and keys are printed. It begins with a
day of made-up calls, so that the console has something to show; --empty begins
without.";

pub(crate) const SERVE_MORE: &str = "\
Otherwise the configuration needs [server] with secret_env, and other machines
reach the server only once there is an API key (switchboard keys create). TLS
ends at a proxy in front. docs/server.md explains all of it.

The API is below /v1; /v1/openapi.json describes it. With [server.console] people
use it in a browser, at /console. Health and metrics are on a
listener of their own: /livez, /readyz and /metrics need no key.

SIGTERM ends the server in order: not ready any more, [server] settle_seconds
for load balancers, then no new calls, and at most drain_seconds for answers of
providers. A second signal ends it at once. Calls that are not over go on in the
next process. SIGHUP and `switchboard reload` reload the configuration, except
[server], [telemetry], [ledger] and [webhooks].

Sockets are inherited from systemd where it passes some: the first one is the
API's, the second one that of health and metrics.

Each request is logged to stderr as one line of JSON, without numbers and keys.

With --json, one line is printed when the server is ready: {\"url\", \"admin_url\"},
with --simulated also {\"key\", \"admin_key\", \"console_url\", \"mcp_url\",
\"kaicalls_url\", \"kaicalls_agent_id\"}.

Exit codes:
  0  it was ended by a signal
  1  a port is taken, the ledger failed, or something else went wrong
  2  the arguments or the configuration are wrong, or there is no API key yet";

pub(crate) const KEYS: &str = "\
Makes, lists, revokes and rotates API keys.

Examples:
  switchboard keys create --role admin --name first
  switchboard keys create --role caller --tenant acme --expires-in 90d
  switchboard keys list
  switchboard keys rotate 4jT0aQ9xW2bC --overlap 7d
  switchboard keys revoke 4jT0aQ9xW2bC";

pub(crate) const KEYS_MORE: &str = "\
The command works on the ledger: it needs no server and no key, so whoever has
the ledger can make the first key. Running servers take up what changed within
two seconds.

A key is printed once and never again; the ledger has only its hash. Its public
part, the twelve characters behind sb_, names it everywhere else.

Roles:
  caller    places calls and reads their results
  reader    reads everything but numbers and words
  operator  everything but keys and the erasure of people
  admin     everything

A key with --tenant sees what belongs to that tenant and nothing else. A key
without one is an operator's: it acts for every tenant.

With --confirm always, the default, an agent that places a call over MCP gets an
answer only after a person said yes to it. With --confirm never the question is
left to the agent's client. Requests over HTTP are not asked about.

With --json:
  create, rotate  {\"secret\", \"key\": {\"id\", \"name\", \"tenant\", \"scopes\", ...}}
  list            {\"data\": [...]}
  revoke          {\"revoked\"}

Exit codes:
  0  success
  1  the ledger cannot be read or written
  2  the arguments are wrong, or there is no such key";

pub(crate) const MCP: &str = "\
Serves one agent over standard input and output, by the Model Context Protocol.

Examples:
  switchboard mcp
  switchboard mcp --config /etc/switchboard.toml --tenant acme
  claude mcp add switchboard -- switchboard mcp --config ~/switchboard.toml";

pub(crate) const MCP_MORE: &str = "\
An agent's client starts the command and speaks with it. It works on the
configuration and its ledger: it needs no server and no key. The agent may plan,
place, read and stop calls of one tenant, as a key with the role caller may; a
person confirms each call, if the client can ask one. docs/agents.md says how to
connect clients, and what holds against prompt injection.

`switchboard serve` with [server.mcp] does the same over HTTP, with keys.

Messages are on standard output; everything else is on standard error. When the
client closes standard input, the command waits a moment for answers of
providers and ends. Calls that are not over go on in the next process that takes
them up, such as a server.

Exit codes:
  0  the client ended it, or a signal did
  1  the ledger failed, the client did not speak the protocol, or something else
     went wrong
  2  the arguments or the configuration are wrong";

pub(crate) const LISTEN: &str = "\
Forwards a server's events to a webhook receiver on this machine.

Examples:
  export SWITCHBOARD_KEY=sb_...
  switchboard listen --forward-to http://localhost:3000/hook
  switchboard listen --url https://calls.example.com --key-env CALLS_KEY \\
    --forward-to http://localhost:3000/hook --type call.ended";

pub(crate) const LISTEN_MORE: &str = "\
So webhooks can be tried on a laptop without a tunnel. The command follows the
server's event stream with an API key that has the scope events:read, and posts
each event as a webhook endpoint would get it: signed in the form of Standard
Webhooks (webhook-id, webhook-timestamp, webhook-signature) with a secret that
it prints when it begins.

It begins with the events from now on. If the stream breaks off, it goes on
where it stopped. An event is posted once, whatever the receiver answers.

With --json, each line is one object: first {\"secret\"}, then for each event
{\"id\", \"type\", \"status\", \"failure\"}.

Exit codes:
  0  it was ended by a signal
  1  the server refused the key or cannot be reached
  2  the arguments are wrong, or the variable with the key is not set";

pub(crate) const OPENAPI: &str = "\
Prints the OpenAPI document of the HTTP API.

Examples:
  switchboard openapi > openapi.json
  switchboard openapi --url https://calls.example.com";

pub(crate) const OPENAPI_MORE: &str = "\
The document is OpenAPI 3.1 in JSON, the same that a server has at
/v1/openapi.json. It needs no configuration.

Exit codes:
  0  success
  2  the arguments are wrong";
