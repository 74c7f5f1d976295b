//! Each mistake in a configuration: the key that the error names, and the fix. The file is long
//! because the table is.
#![cfg(all(feature = "kallyai", feature = "kaicalls"))]

use switchboard::{Config, ConfigError, Error, ErrorKind};

/// Three accounts and one profile, without a mistake.
const SOUND: &str = r#"
[providers.kallyai]
kind = "kallyai"
api_key_env = "KALLYAI_ACCESS_TOKEN"
[providers.kaicalls]
kind = "kaicalls"
api_key_env = "KAICALLS_API_KEY"
[providers.priced]
kind = "kaicalls"
api_key_env = "KAICALLS_API_KEY"
[providers.priced.tariff.default]
per_call = "0.15"
[agents.receptionist]
at = { kallyai = "clinic", kaicalls = "uuid-1" }
"#;

fn refuse(text: &str) -> ConfigError {
    match Config::from_toml(text) {
        Ok(_) => panic!("was taken: {text}"),
        Err(error) => error,
    }
}

/// What is added to the sound text, the key, a part of the complaint and a part of the fix.
const CASES: &[(&str, &str, &str, &str)] = &[
    // What is right by itself and has no effect beside the rest.
    (
        "[providers.hooked]\nkind = \"kaicalls\"\napi_key_env = \"K\"\nwebhook_secret_env = \"S\"",
        "providers.hooked.webhook_secret_env",
        "no effect without [webhooks]",
        "take this out",
    ),
    (
        "[[routes]]\nname = \"desk\"\nagents = [\"receptionist\"]\nproviders = [\"priced\"]",
        "routes[0].agents[0]",
        "no provider of this route serves",
        "add one that agents.receptionist.at names",
    ),
    (
        "[[routes]]\nname = \"finnish\"\nlanguages = [\"fi\"]\nproviders = [\"kaicalls\"]",
        "routes[0].languages[0]",
        "speaks fi",
        "add it to a provider's languages",
    ),
    (
        "[[routes]]\nname = \"britain\"\nprefixes = [\"+4420\", \"+44\"]\nproviders = [\"kallyai\"]",
        "routes[0].prefixes[0]",
        "\"+44\" beside it",
        "take it out",
    ),
    (
        "[[routes]]\nname = \"britain\"\nprefixes = [\"+44\", \"+44\"]\nproviders = [\"kallyai\"]",
        "routes[0].prefixes[1]",
        "takes the same numbers",
        "take it out",
    ),
    (
        "[[experiments]]\nname = \"far\"\ncountries = [\"FR\"]\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].arms[1].provider",
        "calls none of the experiment's countries",
        "other countries",
    ),
    (
        "[[budgets]]\nname = \"one\"\nlimit = \"5\"\nper = \"day\"\nprovider = \"priced\"\n[[budgets]]\nname = \"two\"\nlimit = \"9\"\nper = \"day\"\nprovider = \"priced\"",
        "budgets[1]",
        "covers the same calls",
        "keep the smaller",
    ),
    // The calling rules, and what routes and profiles say for them.
    ("[rules]\noff = \" \"", "rules.off", "is empty", "say why no call is checked"),
    ("[rules]\noff = true", "rules.off", "is true or false", "write text"),
    ("[rules]\noff = \"One.\\nTwo.\"", "rules.off", "is not one line", "in one line"),
    (
        "[rules]\nfiles = [\"nowhere/rules.tsv\"]",
        "rules.files[0]",
        "there is no file nowhere/rules.tsv",
        "correct the path",
    ),
    ("[rules]\nfiles = [\"\"]", "rules.files[0]", "is empty", "name a file"),
    (
        "[rules]\nemergencies = [\"Louisiana\"]",
        "rules.emergencies[0]",
        "\"Louisiana\" is not an ISO 3166 code",
        "US-FL",
    ),
    (
        "[rules]\nemergencies = [\"US-LA\", \"US-LA\"]",
        "rules.emergencies[1]",
        "is listed twice",
        "keep the first",
    ),
    (
        "[rules]\noff = \"A test.\"\nemergencies = [\"US-LA\"]",
        "rules.emergencies",
        "has no effect, because rules.off",
        "take one of the two out",
    ),
    (
        "[[routes]]\nname = \"a\"\npurpose = \"sales\"",
        "routes[0].purpose",
        "no choice here",
        "marketing",
    ),
    (
        "[[routes]]\nname = \"a\"\npublished_number = \"\"",
        "routes[0].published_number",
        "is empty",
        "leave it out",
    ),
    (
        "[agents.other]\nat = { kallyai = { id = \"clinic\", version = \"3\" } }",
        "agents.other.at.kallyai",
        "has a version, and agents of this provider have none",
        "write the agent's id alone",
    ),
    (
        "[agents.other]\nat = { kallyai = \"clinic\" }\ncallback_number = \"020 7946 0018\"",
        "agents.other.callback_number",
        "has no + and no country",
        "write + and its calling code",
    ),
    (
        "[agents.other]\nat = { kallyai = \"clinic\" }\non_behalf_of = \" \"",
        "agents.other.on_behalf_of",
        "is empty",
        "leave it out",
    ),
    (
        "[agents.other]\nat = { kallyai = \"clinic\" }\ncallee_kind = \"person\"",
        "agents.other.callee_kind",
        "no choice here",
        "consumer",
    ),
    // The server.
    (
        "[server]\nlisten = \"127.0.0.1:0\"",
        "server.secret_env",
        "is missing",
        "openssl rand -hex 32",
    ),
    (
        "[server]\nsecret_env = \"S\"\nsecret = \"0123\"",
        "server.secret",
        "is a secret",
        "ends in _env",
    ),
    (
        "[server]\nsecret_env = \"0123abcd\"",
        "server.secret_env",
        "no name of an environment variable",
        "in capitals",
    ),
    (
        "[server]\nsecret_env = \"S\"\nformer_secret_envs = [\"S\"]",
        "server.former_secret_envs[0]",
        "no effect",
        "take it out",
    ),
    (
        "[server]\nsecret_env = \"S\"\nlisten = \"everywhere\"",
        "server.listen",
        "\"everywhere\" is not an address",
        "127.0.0.1:8080",
    ),
    (
        "[server]\nsecret_env = \"S\"\nlisten = \"0.0.0.0:80\"",
        "server.public_url",
        "reachable from other machines",
        "public_url = \"https://",
    ),
    (
        "[server]\nsecret_env = \"S\"\npublic_url = \"http://calls.example.com\"",
        "server.public_url",
        "plain text",
        "plain_http_outside = true",
    ),
    (
        "[server]\nsecret_env = \"S\"\nlisten = \"0.0.0.0:80\"\npublic_url = \"http://127.0.0.1\"",
        "server.public_url",
        "plain text",
        "end TLS at a proxy",
    ),
    (
        "[server]\nsecret_env = \"S\"\npublic_url = \"ftp://calls.example.com\"",
        "server.public_url",
        "https://",
        "write it as",
    ),
    (
        "[server]\nsecret_env = \"S\"\nplain_http_outside = true",
        "server.plain_http_outside",
        "no effect",
        "take it out",
    ),
    (
        "[server]\nsecret_env = \"S\"\npublic_url = \"http://calls.localhost:8080\"",
        "server.public_url",
        "plain text",
        "https://calls.example.com",
    ),
    (
        "[server]\nsecret_env = \"S\"\nadmin_listen = \"127.0.0.1:8080\"",
        "server.admin_listen",
        "the address of listen",
        "another port",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.1/99\"]",
        "server.trusted_proxies[0]",
        "is not a network",
        "10.0.0.0/8",
    ),
    (
        "[server]\nsecret_env = \"S\"\ndrain_seconds = 901",
        "server.drain_seconds",
        "901 is not between 0 and 900",
        "",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.events]\nretention_days = 0",
        "server.events.retention_days",
        "0 is not between 1 and 365",
        "",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.webhooks]\nallow_ports = []",
        "server.webhooks.allow_ports",
        "is empty",
        "take it out",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.console]\nsession_hours = 8",
        "server.console.session_hours",
        "no effect",
        "enabled = true",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.console]\nenabled = true\nsession_hours = 0",
        "server.console.session_hours",
        "0 is not between 1 and 168",
        "",
    ),
    (
        "[server]\nsecret_env = \"S\"\npublic_url = \"http://calls.example.com\"\nplain_http_outside = true\n[server.console]\nenabled = true",
        "server.console.enabled",
        "nobody can sign in",
        "https://",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.console]\nsign_in = \"proxy\"",
        "server.console.sign_in",
        "no effect",
        "enabled = true",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.console]\nenabled = true\nsign_in = \"password\"",
        "server.console.sign_in",
        "is no choice here",
        "key, proxy",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.console]\nenabled = true\nsign_in = \"proxy\"\n[server.console.proxy]\nroles = { ops = \"admin\" }",
        "server.console.sign_in",
        "without trusted_proxies",
        "trusted_proxies = [",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::/0\"]\n[server.console]\nenabled = true\nsign_in = \"proxy\"\n[server.console.proxy]\nroles = { ops = \"admin\" }",
        "server.trusted_proxies[1]",
        "is every address",
        "the proxy's own address",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.5/32\"]\n[server.console]\nenabled = true\nsign_in = \"proxy\"",
        "server.console.proxy.roles",
        "is missing",
        "roles = {",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.5/32\"]\n[server.console]\nenabled = true\nsign_in = \"proxy\"\n[server.console.proxy]\nuser_header = \"X-User\"",
        "server.console.proxy.roles",
        "is missing",
        "roles = {",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.console]\nenabled = true\n[server.console.proxy]\nroles = { ops = \"admin\" }",
        "server.console.proxy",
        "no effect",
        "sign_in = \"proxy\"",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.5/32\"]\n[server.console]\nenabled = true\nsign_in = \"proxy\"\nsession_hours = 8\n[server.console.proxy]\nroles = { ops = \"admin\" }",
        "server.console.session_hours",
        "the proxy decides",
        "take it out",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.5/32\"]\n[server.console]\nenabled = true\nsign_in = \"proxy\"\n[server.console.proxy]\nroles = { ops = \"caller\" }",
        "server.console.proxy.roles.ops",
        "is no choice here",
        "reader, operator, admin",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.5/32\"]\n[server.console]\nenabled = true\nsign_in = \"proxy\"\n[server.console.proxy]\nroles = { \"ops,support\" = \"admin\" }",
        "server.console.proxy.roles.\"ops,support\"",
        "separated by commas",
        "as the proxy sends it",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.5/32\"]\n[server.console]\nenabled = true\nsign_in = \"proxy\"\n[server.console.proxy]\nroles = { ops = \"admin\" }\ntenants = { support = \"acme\" }",
        "server.console.proxy.tenants.support",
        "has no role",
        "add it to roles",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.5/32\"]\n[server.console]\nenabled = true\nsign_in = \"proxy\"\n[server.console.proxy]\nuser_header = \"X User\"\nroles = { ops = \"admin\" }",
        "server.console.proxy.user_header",
        "no name of a header",
        "X-Forwarded-User",
    ),
    (
        "[server]\nsecret_env = \"S\"\ntrusted_proxies = [\"10.0.0.5/32\"]\n[server.console]\nenabled = true\nsign_in = \"proxy\"\n[server.console.proxy]\ngroups_header = \"x-forwarded-user\"\nroles = { ops = \"admin\" }",
        "server.console.proxy.groups_header",
        "is the header of user_header",
        "",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.compat.kaicalls]\ndefault_task = \"Book a table.\"",
        "server.compat.kaicalls.default_task",
        "no effect without enabled",
        "take this out",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.oauth]\nissuer = \"https://login.example.com\"\ntenant_claim = \"org_id\"\nscopes = { calls = [\"calls:read\"] }",
        "server.oauth",
        "no effect without [server.mcp]",
        "enabled = true",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.mcp]\nenabled = true\n[server.oauth]\nissuer = \"https://login.example.com\"\nscopes = { calls = [\"calls:read\"] }",
        "server.oauth.tenant_claim",
        "is missing",
        "add it",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.mcp]\nenabled = true\n[server.oauth]\nissuer = \"https://login.example.com\"\ntenant_claim = \"\"\nscopes = { calls = [\"calls:read\"] }",
        "server.oauth.tenant_claim",
        "acts for one tenant",
        "org_id",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.mcp]\nenabled = true\n[server.oauth]\nissuer = \"http://login.example.com\"\ntenant_claim = \"org_id\"\nscopes = { calls = [\"calls:read\"] }",
        "server.oauth.issuer",
        "has to begin with https://",
        "iss",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.mcp]\nenabled = true\n[server.oauth]\nissuer = \"https://login.example.com\"\naudience = \"\"\ntenant_claim = \"org_id\"\nscopes = { calls = [\"calls:read\"] }",
        "server.oauth.audience",
        "is empty",
        "take it out",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.mcp]\nenabled = true\n[server.oauth]\nissuer = \"https://login.example.com\"\ntenant_claim = \"org_id\"\nscopes = {}",
        "server.oauth.scopes",
        "is empty",
        "calls:write",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.mcp]\nenabled = true\n[server.oauth]\nissuer = \"https://login.example.com\"\ntenant_claim = \"org_id\"\nscopes = { \"two words\" = [\"calls:read\"] }",
        "server.oauth.scopes.\"two words\"",
        "no scope of a token",
        "one word",
    ),
    (
        "[server]\nsecret_env = \"S\"\n[server.mcp]\nenabled = true\n[server.oauth]\nissuer = \"https://login.example.com\"\ntenant_claim = \"org_id\"\nscopes = { calls = [] }",
        "server.oauth.scopes.calls",
        "allows nothing",
        "take it out",
    ),
    // What concerns every tenant cannot be given to a token.
    (
        "[server]\nsecret_env = \"S\"\n[server.mcp]\nenabled = true\n[server.oauth]\nissuer = \"https://login.example.com\"\ntenant_claim = \"org_id\"\nscopes = { calls = [\"calls:override\"] }",
        "server.oauth.scopes.calls[0]",
        "is no choice here",
        "calls:write",
    ),
    ("[webhooks]\nsecret_env = \"S\"", "webhooks.public_url", "is missing", "or in [server]"),
    // Keys and kinds.
    ("[rooting]\nstrategy = \"fastest\"", "rooting", "no setting here", "did you mean routing?"),
    (
        "[routing]\nstrategi = \"fastest\"",
        "routing.strategi",
        "no setting here",
        "did you mean strategy?",
    ),
    (
        "[routing]\nstrategy = \"chepest\"",
        "routing.strategy",
        "\"chepest\"",
        "did you mean cheapest?",
    ),
    (
        "[routing]\nstrategy = \"best\"",
        "routing.strategy",
        "\"best\"",
        "priority, cheapest, weighted, fastest, most_headroom",
    ),
    ("[providers.x]\napi_key_env = \"X\"", "providers.x.kind", "is missing", "add it"),
    (
        "[providers.x]\nkind = \"kaicals\"",
        "providers.x.kind",
        "not a kind of provider",
        "did you mean kaicalls?",
    ),
    (
        "[providers.\"Kai Calls\"]\nkind = \"kaicalls\"\napi_key_env = \"K\"",
        "providers.\"Kai Calls\"",
        "no name",
        "lower-case letters",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_kee_env = \"X\"",
        "providers.x.api_kee_env",
        "no setting here",
        "did you mean api_key_env?",
    ),
    // Credentials.
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key = \"kc_live_secret\"",
        "providers.x.api_key",
        "is a secret",
        "api_key_env =",
    ),
    (
        "[providers.x]\nkind = \"kallyai\"\naccess_token = \"secret\"",
        "providers.x.access_token",
        "is a secret",
        "api_key_env =",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"kc_live_secret\"",
        "providers.x.api_key_env",
        "no name of an environment variable",
        "KAICALLS_API_KEY",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"",
        "providers.x.api_key_env",
        "is missing",
        "api_key_env = \"KAICALLS_API_KEY\"",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"X\"\napi_key_file = \"x\"",
        "providers.x.api_key_file",
        "beside api_key_env",
        "keep one",
    ),
    (
        "[providers.x]\nkind = \"kallyai\"\ntoken_store = \"~/tokens\"",
        "providers.x.token_store",
        "is no place for tokens",
        "\"file:PATH\"",
    ),
    (
        "[providers.x]\nkind = \"kallyai\"\napi_key_env = \"X\"\ntoken_store = \"keyring\"",
        "providers.x.token_store",
        "beside a token of the account's own",
        "take out api_key_env",
    ),
    (
        "[providers.x]\nkind = \"kallyai\"\nrefresh_token_env = \"X\"",
        "providers.x.refresh_token_env",
        "no effect without api_key_env",
        "log in",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"X\"\ntoken_store = \"keyring\"",
        "providers.x.token_store",
        "no effect on the kind kaicalls",
        "take it out",
    ),
    (
        "[webhooks]\npublic_url = \"https://c.example.com\"\nsecret = \"s\"\nsecret_env = \"S\"",
        "webhooks.secret",
        "is a secret",
        "environment variable",
    ),
    (
        "[webhooks]\npublic_url = \"http://c.example.com\"\nsecret_env = \"S\"",
        "webhooks.public_url",
        "https://",
        "https://calls.example.com",
    ),
    // What a kind does not know, and what no provider can be.
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"X\"\ntimezone = \"UTC\"",
        "providers.x.timezone",
        "no effect on the kind kaicalls",
        "take it out",
    ),
    (
        "[providers.x]\nkind = \"kallyai\"\napi_key_env = \"X\"\ntimezone = \"Mars/Olympus\"",
        "providers.x.timezone",
        "not an IANA time zone",
        "America/New_York",
    ),
    (
        "[providers.x]\nkind = \"kallyai\"\napi_key_env = \"X\"\ndefault_agent = \"dentist\"",
        "providers.x.default_agent",
        "not a KallyAI task category",
        "restaurant, clinic, hotel or general",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"X\"\nbase_url = \"https://me:pw@example.com\"",
        "providers.x.base_url",
        "carries credentials",
        "api_key_env",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"X\"\nbase_url = \"http://example.com\"",
        "providers.x.base_url",
        "unprotected",
        "https://",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"X\"\ncountries = [\"US\", \"UK\"]",
        "providers.x.countries[1]",
        "UK",
        "write GB",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"X\"\ncountries = \"US\"",
        "providers.x.countries",
        "is text",
        "a list in brackets",
    ),
    (
        "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"X\"\nlanguages = [\"us\"]",
        "providers.x.languages[0]",
        "not a language",
        "not a country",
    ),
    // Limits and breaker.
    (
        "[providers.kaicalls.limits]\nplace_requests = 0",
        "providers.kaicalls.limits.place_requests",
        "does not fit",
        "a whole number above 0",
    ),
    (
        "[providers.kaicalls.limits]\nplace_window_seconds = 60",
        "providers.kaicalls.limits.place_window_seconds",
        "no effect without place_requests",
        "add it",
    ),
    (
        "[callers.each]\nwaiting_calls = 10",
        "callers.each.waiting_calls",
        "no effect without [server]",
        "add one",
    ),
    (
        "[callers.tenants.acme]\nwaiting_calls = 10",
        "callers.tenants.acme.waiting_calls",
        "no effect without [server]",
        "add one",
    ),
    (
        "[providers.kaicalls.limits]\ncalls_per_second = \"2\"",
        "providers.kaicalls.limits.calls_per_second",
        "is text",
        "a whole number",
    ),
    (
        "[providers.kaicalls.breaker]\ncooldown_seconds = 600",
        "providers.kaicalls.breaker.cooldown_seconds",
        "more than longest_cooldown_seconds",
        "lower it",
    ),
    // Tariffs.
    (
        "[providers.kaicalls.tariff]\nrows = [{ countries = [\"US\"], per_minute = 0.12 }]",
        "providers.kaicalls.tariff.rows[0].per_minute",
        "floating-point",
        "quote it, \"0.12\"",
    ),
    (
        "[providers.kaicalls.tariff]\ndefault = { per_call = 1 }",
        "providers.kaicalls.tariff.default.per_call",
        "amounts are text",
        "quote it, \"1\"",
    ),
    (
        "[providers.kaicalls.tariff]\ndefault = { per_call = \"-1\" }",
        "providers.kaicalls.tariff.default.per_call",
        "less than nothing",
        "not negative",
    ),
    (
        "[providers.kaicalls.tariff]\ndefault = { per_call = \"0.0000001\" }",
        "providers.kaicalls.tariff.default.per_call",
        "six decimals",
        "round it",
    ),
    (
        "[providers.kaicalls.tariff]\ndefault = { per_call = \"a few cents\" }",
        "providers.kaicalls.tariff.default.per_call",
        "no amount",
        "\"0.12\"",
    ),
    (
        "[providers.kaicalls.tariff]\ndefault = { per_call_credits = \"1\" }",
        "providers.kaicalls.tariff.default.per_call_credits",
        "nothing says what one costs",
        "add credit_price",
    ),
    (
        "[providers.kaicalls.tariff]\ncredit_price = \"1\"\ndefault = { per_call = \"1\", per_call_credits = \"1\" }",
        "providers.kaicalls.tariff.default.per_call_credits",
        "beside per_call",
        "keep one",
    ),
    (
        "[providers.kaicalls.tariff]\nrows = [{ per_call = \"1\" }]",
        "providers.kaicalls.tariff.rows[0]",
        "says not where it holds",
        "add countries or prefixes",
    ),
    (
        "[providers.kaicalls.tariff]\nrows = [{ countries = [\"US\"] }]",
        "providers.kaicalls.tariff.rows[0]",
        "has no price",
        "per_minute",
    ),
    (
        "[providers.kaicalls.tariff]\nrows = [{ countries = [\"US\"], per_call = \"1\" }, { countries = [\"CA\", \"US\"], per_call = \"2\" }]",
        "providers.kaicalls.tariff.rows[1].countries[1]",
        "rows[0] has US already",
        "keep one",
    ),
    (
        "[providers.kaicalls.tariff]\nrows = [{ prefixes = [\"020\"], per_call = \"1\" }]",
        "providers.kaicalls.tariff.rows[0].prefixes[0]",
        "not the beginning of a number",
        "+4420",
    ),
    (
        "[providers.kaicalls.tariff]\nrows = [{ countries = [\"JP\"], per_call = \"1\" }]",
        "providers.kaicalls.tariff.rows[0].countries[0]",
        "does not call JP",
        "take it out",
    ),
    (
        "[providers.kaicalls.tariff]\ndefault = { per_call = \"1\", increment_seconds = 6 }",
        "providers.kaicalls.tariff.default.increment_seconds",
        "no effect",
        "add per_minute",
    ),
    (
        "[providers.kaicalls.tariff]\ndefault = { per_minute = \"1\", increment_seconds = 0 }",
        "providers.kaicalls.tariff.default.increment_seconds",
        "is 0",
        "write 1",
    ),
    (
        "[providers.kaicalls.tariff]\ncredit_price = \"1\"",
        "providers.kaicalls.tariff",
        "has no price",
        "add rows",
    ),
    // Routing.
    ("[routing]\ncurrency = \"dollars\"", "routing.currency", "no ISO 4217 code", "USD"),
    (
        "[routing]\nmax_duration_seconds = 10",
        "routing.max_duration_seconds",
        "not between 30 and 3600",
        "30",
    ),
    (
        "[routing]\nexpected_duration_seconds = 601",
        "routing.expected_duration_seconds",
        "max_duration_seconds",
        "600",
    ),
    (
        "[routing]\nmax_wait_seconds = -1",
        "routing.max_wait_seconds",
        "does not fit",
        "not negative",
    ),
    (
        "[duplicates]\nbatch_hours = 169",
        "duplicates.batch_hours",
        "169 is not between",
        "1 and 168",
    ),
    (
        "[duplicates]\ncall_minutes = 10081",
        "duplicates.call_minutes",
        "10081 is not between",
        "1 and 10080",
    ),
    (
        "[routing]\nreconcile_seconds = 0",
        "routing.reconcile_seconds",
        "0 is not between",
        "1 and 86400",
    ),
    (
        "[routing]\ndefault_country = \"UK\"",
        "routing.default_country",
        "not the ISO 3166-1 code",
        "write GB",
    ),
    (
        "[routing]\ndefault_agent = \"recepcionist\"",
        "routing.default_agent",
        "no agent profile",
        "did you mean receptionist?",
    ),
    (
        "[routing]\nweights = { kallyai = 1 }",
        "routing.weights",
        "no effect",
        "strategy = \"weighted\"",
    ),
    ("[routing]\nstrategy = \"weighted\"", "routing.strategy", "without weights", "add weights"),
    (
        "[routing]\nstrategy = \"weighted\"\nweights = { kallyai = 0 }",
        "routing.weights",
        "all zero",
        "above zero",
    ),
    (
        "[routing]\nstrategy = \"weighted\"\nweights = { kalyai = 1 }",
        "routing.weights.kalyai",
        "no provider of this file",
        "did you mean kallyai?",
    ),
    (
        "[routing]\nexploration_percent = 5",
        "routing.exploration_percent",
        "strategy is priority",
        "strategy = \"adaptive\"",
    ),
    (
        "[routing]\nstrategy = \"adaptive\"\nexploration_percent = 0",
        "routing.exploration_percent",
        "not between 1 and 50",
        "became better",
    ),
    (
        "[routing]\nstrategy = \"adaptive\"\nexploration_percent = 50",
        "routing.exploration_percent",
        "leaves nothing",
        "write less than 34",
    ),
    (
        "[routing.quality]\nwindow_days = 91",
        "routing.quality.window_days",
        "91 is not between",
        "1 and 90",
    ),
    (
        "[routing.quality]\nminimum_calls = 0",
        "routing.quality.minimum_calls",
        "0 is not between",
        "1 and 10000",
    ),
    // Routes.
    (
        "[[routes]]\nname = \"a\"\nexploration_percent = 5",
        "routes[0].exploration_percent",
        "none here",
        "take it out",
    ),
    ("[[routes]]\ncountries = [\"US\"]", "routes[0].name", "is missing", "add it"),
    (
        "[[routes]]\nname = \"a\"\nproviders = [\"kaicall\"]",
        "routes[0].providers[0]",
        "no provider of this file",
        "did you mean kaicalls?",
    ),
    (
        "[[routes]]\nname = \"a\"\nproviders = [\"kaicalls\", \"kaicalls\"]",
        "routes[0].providers[1]",
        "listed twice",
        "keep the first",
    ),
    (
        "[[routes]]\nname = \"a\"\nproviders = [\"kaicalls\"]\nstrategy = \"cheapest\"",
        "routes[0].strategy",
        "no effect on one provider",
        "take it out",
    ),
    (
        "[[routes]]\nname = \"a\"\nstrategy = \"cheapest\"\nweights = { kaicalls = 1 }",
        "routes[0].weights",
        "strategy is cheapest",
        "take them out",
    ),
    (
        "[[routes]]\nname = \"a\"\nweights = { kaicalls = 1 }",
        "routes[0].weights",
        "none here",
        "strategy = \"weighted\"",
    ),
    (
        "[[routes]]\nname = \"a\"\nprefixes = [\"4420\"]",
        "routes[0].prefixes[0]",
        "not the beginning of a number",
        "+4420",
    ),
    (
        "[[routes]]\nname = \"a\"\nagents = [\"nobody\"]",
        "routes[0].agents[0]",
        "no agent profile",
        "receptionist",
    ),
    (
        "[[routes]]\nname = \"a\"\ncountries = [\"JP\"]",
        "routes[0].countries[0]",
        "no provider of this route calls JP",
        "take it out",
    ),
    (
        "[[routes]]\nname = \"a\"\ntags = [\"\"]",
        "routes[0].tags[0]",
        "no call has such a tag",
        "mend it",
    ),
    (
        "[[routes]]\nname = \"a\"\nbusy_callee = \"queue\"",
        "routes[0].busy_callee",
        "\"queue\"",
        "wait, refuse",
    ),
    (
        "[[routes]]\nname = \"all\"\n[[routes]]\nname = \"b\"\ntags = [\"x\"]",
        "routes[1]",
        "routes[0] (\"all\") has no conditions",
        "move this one before it",
    ),
    (
        "[[routes]]\nname = \"uk\"\nprefixes = [\"+44\"]\n[[routes]]\nname = \"london\"\nprefixes = [\"+4420\"]\ntags = [\"x\"]",
        "routes[1]",
        "takes every call that this one would",
        "move this one before it",
    ),
    (
        "[[routes]]\nname = \"en\"\nlanguages = [\"en\"]\n[[routes]]\nname = \"gb\"\nlanguages = [\"en-GB\"]",
        "routes[1]",
        "can never hold",
        "take it out",
    ),
    (
        "[[routes]]\nname = \"a\"\ntags = [\"x\"]\n[[routes]]\nname = \"a\"\ntags = [\"y\"]",
        "routes[1].name",
        "routes[0] too",
        "give each its own",
    ),
    // Experiments.
    (
        "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }]",
        "experiments[0].arms",
        "fewer than two",
        "add arms",
    ),
    (
        "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 0 }, { name = \"b\", provider = \"kaicalls\", weight = 0 }]",
        "experiments[0].arms",
        "no weight",
        "above zero",
    ),
    (
        "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", provider = \"kalyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].arms[0].provider",
        "no provider of this file",
        "did you mean kallyai?",
    ),
    (
        "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"a\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].arms[1].name",
        "earlier arm",
        "give each its own",
    ),
    (
        "[[experiments]]\nname = \"e\"\nversion = 0\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].version",
        "is 0",
        "first is 1",
    ),
    (
        "[[experiments]]\nname = \"e\"\nramp_percent = 101\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].ramp_percent",
        "more than 100",
        "everybody is 100",
    ),
    (
        "[[experiments]]\nname = \"e\"\nholdout_percent = 100\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].holdout_percent",
        "leaves no people",
        "less than 100",
    ),
    (
        "[[experiments]]\nname = \"e\"\nstart = \"later\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].start",
        "\"later\"",
        "at_once",
    ),
    (
        "[[experiments]]\nname = \"e\"\nshare_percent = 50\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].share_percent",
        "no effect without a group",
        "group = ",
    ),
    (
        "[[experiments]]\nname = \"e\"\nshare_from_percent = 50\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].share_from_percent",
        "no effect without a group",
        "ramp_percent",
    ),
    (
        "[[experiments]]\nname = \"e\"\ngroup = \"g\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].share_percent",
        "is missing",
        "how many percent",
    ),
    (
        "[[experiments]]\nname = \"e\"\ngroup = \"g\"\nshare_percent = 101\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].share_percent",
        "does not fit",
        "1 to 100",
    ),
    (
        "[[experiments]]\nname = \"e\"\nguardrails = [{ metric = \"success_rate\" }]\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].guardrails[0]",
        "needs one of",
        "at_least and at_most",
    ),
    (
        "[[experiments]]\nname = \"e\"\nguardrails = [{ metric = \"success_rate\", at_least = \"60\" }]\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].guardrails[0]",
        "not a rate",
        "between 0 and 1",
    ),
    (
        "[[experiments]]\nname = \"e\"\nguardrails = [{ metric = \"success_rate\", at_least = 0.6 }]\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].guardrails[0].at_least",
        "floating-point",
        "quote it",
    ),
    (
        "[[experiments]]\nname = \"e\"\nguardrails = [{ metric = \"cost_per_success\", at_least = \"0.6\" }]\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].guardrails[0]",
        "doing well",
        "write at_most",
    ),
    (
        "[[experiments]]\nname = \"e\"\nguardrails = [{ metric = \"succes_rate\", at_least = \"0.6\" }]\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].guardrails[0].metric",
        "no choice here",
        "did you mean success_rate?",
    ),
    (
        "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"holdout\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[0].arms[1].name",
        "no name for an arm",
        "another",
    ),
    (
        "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", weight = 1 }]",
        "experiments[0].arms[1].provider",
        "is missing, and so is agent",
        "what this arm does",
    ),
    (
        "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kallyai\", agent = \"receptionist\", weight = 1 }]",
        "experiments[0].arms[1].agent",
        "stands beside provider",
        "keep one",
    ),
    (
        "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", agent = \"receptionist\", weight = 1 }, { name = \"b\", agent = \"receptionst\", weight = 1 }]",
        "experiments[0].arms[1].agent",
        "no agent profile",
        "did you mean receptionist?",
    ),
    (
        "[[experiments]]\nname = \"e\"\ngroup = \"g\"\nshare_percent = 60\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]\n[[experiments]]\nname = \"f\"\ngroup = \"g\"\nshare_percent = 50\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[1].share_percent",
        "behind 60 percent",
        "1 to 100",
    ),
    (
        "[[experiments]]\nname = \"e\"\ngroup = \"g\"\nshare_percent = 60\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]\n[[experiments]]\nname = \"f\"\ngroup = \"g\"\nshare_percent = 20\nshare_from_percent = 50\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[1].share_from_percent",
        "share of \"e\"",
        "move one of them",
    ),
    (
        "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]\n[[experiments]]\nname = \"f\"\ntags = [\"x\"]\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]",
        "experiments[1]",
        "can never hold",
        "give both a group",
    ),
    // Agents.
    (
        "[agents.x]\nat = { kallyai = \"dentist\" }",
        "agents.x.at.kallyai",
        "not a KallyAI task category",
        "restaurant, clinic, hotel or general",
    ),
    ("[agents.x]\nat = { kaicalls = \"\" }", "agents.x.at.kaicalls", "is empty", "the agent's id"),
    (
        "[agents.x]\nat = { vapi = \"1\" }",
        "agents.x.at.vapi",
        "no provider of this file",
        "kallyai, kaicalls",
    ),
    ("[agents.x]\nlanguages = [\"en\"]", "agents.x.at", "names no provider", "add a line"),
    // What becomes of a call that nothing proves.
    (
        "[routing]\non_unknown = \"retry\"",
        "routing.on_unknown",
        "\"retry\"",
        "park, assume_not_placed",
    ),
    (
        "[routing]\non_unknown = \"assume_not_placed\"",
        "routing.assume_after_minutes",
        "is missing",
        "a phone may ring twice",
    ),
    (
        "[routing]\nassume_after_minutes = 30",
        "routing.assume_after_minutes",
        "no effect, because on_unknown is park",
        "a phone may ring twice",
    ),
    (
        "[routing]\non_unknown = \"assume_not_placed\"\nassume_after_minutes = 1",
        "routing.assume_after_minutes",
        "1 is not between",
        "5 and 1440",
    ),
    (
        "[routing]\non_unknown = \"assume_not_placed\"\nassume_after_minutes = 0",
        "routing.assume_after_minutes",
        "does not fit",
        "above 0",
    ),
    // Outliers.
    (
        "[routing.outliers]\nenabled = false\nwindow_seconds = 60",
        "routing.outliers.window_seconds",
        "no effect, because enabled is false",
        "take it out",
    ),
    (
        "[routing.outliers]\nminimum_attempts = 4",
        "routing.outliers.minimum_attempts",
        "4 is not between",
        "5 and 1000",
    ),
    (
        "[routing.outliers]\nminimum_attempts = 0",
        "routing.outliers.minimum_attempts",
        "does not fit",
        "above 0",
    ),
    (
        "[routing.outliers]\nlongest_cooldown_seconds = 86401",
        "routing.outliers.longest_cooldown_seconds",
        "86401 is not between",
        "1 and 86400",
    ),
    (
        "[routing.outliers]\ncooldown_seconds = 901",
        "routing.outliers.cooldown_seconds",
        "901 is more than longest_cooldown_seconds, 900",
        "raise the other",
    ),
    (
        "[routing.outliers]\nenable = true",
        "routing.outliers.enable",
        "no setting here",
        "did you mean enabled?",
    ),
    // The ledger.
    ("[ledger]", "ledger.path", "is missing", "url_env = \"DATABASE_URL\""),
    ("[ledger]\npath = \"\"", "ledger.path", "is empty", "path = \"ledger.db\""),
    ("[ledger]\npaht = \"x.db\"", "ledger.paht", "no setting here", "did you mean path?"),
    (
        "[ledger]\npath = \"x.db\"\nurl_env = \"DATABASE_URL\"",
        "ledger.url_env",
        "beside path",
        "keep one",
    ),
    (
        "[ledger]\nurl_env = \"DATABASE_URL\"\nurl_file = \"x\"",
        "ledger.url_file",
        "beside url_env",
        "keep one",
    ),
    (
        "[ledger]\nurl_env = \"postgres://me:pw@host/x\"",
        "ledger.url_env",
        "no name of an environment variable",
        "in capitals",
    ),
    (
        "[ledger]\nurl = \"postgres://me:pw@host/x\"",
        "ledger.url",
        "is a secret, or carries one",
        "url_env = \"DATABASE_URL\"",
    ),
    (
        "[ledger]\npath = \"x.db\"\nhash_key = \"kc_live_secret\"",
        "ledger.hash_key",
        "is a secret",
        "hash_key_env =",
    ),
    (
        "[ledger]\npath = \"x.db\"\nhash_key_env = \"kc_live_secret\"",
        "ledger.hash_key_env",
        "no name of an environment variable",
        "in capitals",
    ),
    (
        "[ledger]\npath = \"x.db\"\nhash_key_env = \"K\"\nhash_key_file = \"k\"",
        "ledger.hash_key_file",
        "beside hash_key_env",
        "keep one",
    ),
    (
        "[ledger]\npath = \"x.db\"\nlease_seconds = 30",
        "ledger.lease_seconds",
        "no effect on a file",
        "take it out",
    ),
    (
        "[ledger]\nurl_env = \"DATABASE_URL\"\nlease_seconds = 1",
        "ledger.lease_seconds",
        "1 is not between",
        "2 and 3600",
    ),
    (
        "[ledger]\npath = \"x.db\"\n[ledger.retention]\ntranscripts = \"90 days\"",
        "ledger.retention.transcripts",
        "no setting here",
        "did you mean transcripts_days?",
    ),
    (
        "[ledger]\npath = \"x.db\"\n[ledger.retention]\npeople_days = 0",
        "ledger.retention.people_days",
        "does not fit",
        "above 0",
    ),
    (
        "[ledger]\npath = \"x.db\"\n[ledger.retention]\npeople_days = 30\nrecordings_days = 31",
        "ledger.retention.recordings_days",
        "beyond people_days, 30",
        "lower it",
    ),
    // Budgets. The accounts of these have prices.
    (
        "[[budgets]]\nname = \"a\"\nlimit = \"5\"\nper = \"day\"",
        "budgets[0]",
        "kallyai, whose prices are unknown",
        "add [providers.kallyai.tariff]",
    ),
    (
        "[[budgets]]\nname = \"a\"\nlimit = \"5\"\nper = \"week\"\nprovider = \"priced\"",
        "budgets[0].per",
        "\"week\"",
        "day, month, total",
    ),
    (
        "[[budgets]]\nname = \"a\"\nlimit = 5.0\nper = \"day\"\nprovider = \"priced\"",
        "budgets[0].limit",
        "floating-point",
        "quote it",
    ),
    (
        "[[budgets]]\nname = \"a\"\nlimit = \"0\"\nper = \"day\"\nprovider = \"priced\"",
        "budgets[0].limit",
        "is nothing",
        "raise it",
    ),
    (
        "[[budgets]]\nname = \"a\"\nlimit = \"-1\"\nper = \"day\"\nprovider = \"priced\"",
        "budgets[0].limit",
        "less than nothing",
        "not negative",
    ),
    (
        "[[budgets]]\nlimit = \"5\"\nper = \"day\"\nprovider = \"priced\"",
        "budgets[0].name",
        "is missing",
        "add it",
    ),
    (
        "[[budgets]]\nname = \" \"\nlimit = \"5\"\nper = \"day\"\nprovider = \"priced\"",
        "budgets[0].name",
        "is empty",
        "name the budget",
    ),
    (
        "[[budgets]]\nname = \"a\"\nlimit = \"5\"\nper = \"day\"\nprovider = \"priced\"\n\
         [[budgets]]\nname = \"a\"\nlimit = \"6\"\nper = \"month\"\nprovider = \"priced\"",
        "budgets[1].name",
        "budgets[0] too",
        "give each its own",
    ),
    (
        "[[budgets]]\nname = \"a\"\nlimit = \"5\"\nper = \"day\"\nprovider = \"pricd\"",
        "budgets[0].provider",
        "no provider of this file",
        "did you mean priced?",
    ),
    (
        "[[budgets]]\nname = \"a\"\nlimit = \"5\"\nper = \"day\"\nprovider = \"priced\"\nexperiment = \"x\"",
        "budgets[0].experiment",
        "no experiment of this file",
        "there is none",
    ),
    (
        "[[budgets]]\nname = \"a\"\nlimit = \"5\"\nper = \"day\"\nprovider = \"priced\"\ntenant = \"\"",
        "budgets[0].tenant",
        "is empty",
        "every tenant",
    ),
    (
        "[[budgets]]\nname = \"a\"\nlimit = \"5\"\nper = \"day\"\nprovider = \"priced\"\nteant = \"x\"",
        "budgets[0].teant",
        "no setting here",
        "did you mean tenant?",
    ),
];

#[test]
fn the_text_without_a_mistake_is_taken() {
    Config::from_toml(SOUND).unwrap().policy().unwrap();
}

#[test]
fn each_mistake_names_its_key_and_the_fix() {
    for (added, key, complaint, fix) in CASES {
        let error = refuse(&format!("{SOUND}{added}\n"));
        let [problem] = error.problems() else { panic!("{added}\n{error}") };
        assert_eq!(problem.key, *key, "{added}\n{error}");
        assert!(problem.message.contains(complaint), "{added}\n{error}");
        assert!(problem.message.contains(fix), "{added}\n{error}");
        assert!(problem.position.is_some(), "{added}\n{error}");
        assert!(
            !error.to_string().contains("kc_live_secret")
                && !format!("{error:?}").contains("kc_live_secret"),
            "{error}"
        );
        assert!(!error.to_string().contains("pw@"), "{error}");
    }
}

#[test]
fn every_mistake_of_a_file_is_told_at_once_in_its_order() {
    let error = refuse(
        "[routing]\nstrategi = \"fastest\"\nmax_wait_seconds = \"long\"\n\n[providers.kaicalls]\nkind = \"kaicalls\"\napi_key = \"kc_live_secret\"\n\
         [providers.kaicalls.tariff]\nrows = [\n  { countries = [\"US\"], per_minute = 0.1 },\n  { countrys = [\"CA\"], per_minute = \"0.1\" },\n]\n",
    );
    let told: Vec<_> = error
        .problems()
        .iter()
        .map(|one| (one.key.as_str(), one.position.map(|at| (at.line, at.column))))
        .collect();
    assert_eq!(
        told,
        [
            ("routing.strategi", Some((2, 1))),
            ("routing.max_wait_seconds", Some((3, 1))),
            ("providers.kaicalls.api_key", Some((7, 1))),
            ("providers.kaicalls.tariff.rows[0].per_minute", Some((10, 25))),
            ("providers.kaicalls.tariff.rows[1].countrys", Some((11, 5))),
        ]
    );
    assert!(
        error.to_string().starts_with(
            "the configuration has 5 problems:\n  line 2, column 1: routing.strategi: "
        ),
        "{error}"
    );

    let error = refuse(&format!(
        "{SOUND}[routing]\ncurrency = \"dollars\"\ndefault_agent = \"nobody\"\n[[routes]]\nname = \"a\"\nproviders = [\"x\"]\n"
    ));
    let keys: Vec<_> = error.problems().iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["routing.currency", "routing.default_agent", "routes[0].providers[0]"]);
}

#[test]
fn no_hint_proposes_a_key_that_is_refused() {
    for typo in ["api_kye", "colour"] {
        let error = refuse(&format!(
            "[providers.x]\nkind = \"kaicalls\"\napi_key_env = \"X\"\n{typo} = \"x\"\n"
        ));
        let words: Vec<_> = error.problems()[0].message.split([' ', ',', '?']).collect();
        assert!(
            words.contains(&"api_key_env")
                && !words.contains(&"api_key")
                && !words.contains(&"token"),
            "{error}"
        );
    }
}

#[test]
fn nobody_is_compared_with_nobody() {
    for setting in ["enabled = true", "enabled = false", "window_seconds = 60"] {
        let error = refuse(&format!(
            "[routing.outliers]\n{setting}\n[providers.kaicalls]\nkind = \"kaicalls\"\napi_key_env = \"X\"\n"
        ));
        let [problem] = error.problems() else { panic!("{setting}\n{error}") };
        assert!(
            problem.key.starts_with("routing.outliers.")
                && problem.message.contains("no effect on one provider"),
            "{error}"
        );
    }
}

#[test]
fn what_is_no_toml_is_told_by_its_place_without_the_text() {
    let error = refuse(
        "[routing]\nstrategy = \"fastest\"\n[providers.kaicalls]\napi_key = \"kc_live_secret\n",
    );
    assert_eq!(error.problems()[0].position.map(|at| at.line), Some(4));
    assert!(
        error.to_string().contains("no TOML") && !error.to_string().contains("kc_live_secret"),
        "{error}"
    );
}

#[test]
fn an_empty_file_and_one_whose_accounts_are_all_off_are_refused() {
    assert!(
        refuse("")
            .to_string()
            .contains("providers: is empty: add a table such as [providers.kaicalls]")
    );
    let off = refuse("[providers.kaicalls]\nkind = \"kaicalls\"\nenabled = false\n");
    assert!(
        off.to_string().contains("providers: are all switched off: enable at least one"),
        "{off}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Config::from_file("/nowhere/switchboard.toml").unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/switchboard.toml: cannot be read"), "{error}");
}

#[test]
fn it_becomes_the_error_of_every_other_room() {
    let error = Error::from(refuse(&format!("{SOUND}[routing]\ncurrency = \"dollars\"\n")));
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error.to_string().contains("routing.currency")
            && error.to_string().contains("line 16, column 1"),
        "{error}"
    );
}

#[test]
fn a_strategy_has_nothing_to_order_where_there_is_one_provider() {
    let one = "[routing]\nstrategy = \"cheapest\"\n[providers.kaicalls]\nkind = \"kaicalls\"\napi_key_env = \"K\"\ndefault_agent = \"a\"";
    let error = refuse(one);
    assert_eq!(error.problems()[0].key, "routing.strategy");
    assert!(error.problems()[0].message.contains("no effect on one provider"), "{error}");
}
