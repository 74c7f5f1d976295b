//! The arguments of `serve`, `keys`, `mcp`, `listen` and `openapi`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use switchboard::url::Url;
use switchboard_api::caller::Role;

/// `serve`
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Serve simulated providers with a temporary ledger: nothing to configure, no phone rings.
    #[arg(long)]
    pub(crate) simulated: bool,
    /// Begin without any call, and with two providers: for tests that count.
    #[arg(long, requires = "simulated")]
    pub(crate) empty: bool,
    /// Where the API listens; with port 0 the system picks a port [default: server.listen].
    #[arg(long, value_name = "ADDR", env = "SWITCHBOARD_LISTEN", hide_env_values = true)]
    pub(crate) listen: Option<SocketAddr>,
    /// Where health and metrics listen [default: server.admin_listen].
    #[arg(long, value_name = "ADDR", env = "SWITCHBOARD_ADMIN_LISTEN", hide_env_values = true)]
    pub(crate) admin_listen: Option<SocketAddr>,
}

/// `keys`
#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    /// Use this SQLite file instead of the configured ledger.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Who decides, for the audit log. By default the user of the operating system.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) by: Option<String>,
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

/// The subcommands of `keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key and print it, once.
    Create(CreateKeyArgs),
    /// List the keys, newest first.
    List {
        /// List this tenant's keys only.
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Revoke a key: it stops working everywhere within two seconds.
    Revoke {
        /// The key's public part, as in the list.
        id: String,
    },
    /// Replace a key by a new one with the same settings.
    Rotate {
        /// The key's public part, as in the list.
        id: String,
        /// How long the old key goes on working, as 30m, 12h or 7d.
        #[arg(long, value_name = "TIME", default_value = "0m", value_parser = span)]
        overlap: Duration,
    },
}

/// `keys create`
#[derive(Debug, Args)]
pub(crate) struct CreateKeyArgs {
    /// What it may do.
    #[arg(long, value_enum, required_unless_present = "scopes", conflicts_with = "scopes")]
    pub(crate) role: Option<KeyRole>,
    /// A single scope, instead of a role. Repeat it for several.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    /// The tenant that it acts for. Without one it acts for every tenant.
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// What it is for [default: the role].
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// When it stops working, as 12h, 90d or 52w.
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(crate) expires_in: Option<Duration>,
    /// A network that it may be used from, as 10.0.0.0/8. Repeat it for several.
    #[arg(long = "from", value_name = "NETWORK")]
    pub(crate) ip_allow: Vec<String>,
    /// Whether a person confirms each call that an agent places with it over MCP.
    #[arg(long, value_enum, value_name = "WHEN", default_value = "always")]
    pub(crate) confirm: Confirm,
}

/// When a person confirms a call of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Confirm {
    /// Before each call.
    Always,
    /// Never: the client's own approval of its tools has to do.
    Never,
}

impl Confirm {
    pub(crate) fn is_asked(self) -> bool {
        self == Self::Always
    }
}

/// `mcp`
#[derive(Debug, Args)]
pub(crate) struct McpArgs {
    /// The tenant whose calls the agent places and sees [default: default].
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// Whether a person confirms each call.
    #[arg(long, value_enum, value_name = "WHEN", default_value = "always")]
    pub(crate) confirm: Confirm,
    /// Who starts it, for the audit log. By default the user of the operating system.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}

/// Names for sets of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyRole {
    /// Places calls and reads their results.
    Caller,
    /// Reads everything but numbers and words.
    Reader,
    /// Everything but keys and the erasure of people.
    Operator,
    /// Everything.
    Admin,
}

impl KeyRole {
    pub(crate) const fn role(self) -> Role {
        match self {
            Self::Caller => Role::Caller,
            Self::Reader => Role::Reader,
            Self::Operator => Role::Operator,
            Self::Admin => Role::Admin,
        }
    }
}

/// `listen`
#[derive(Debug, Args)]
pub(crate) struct ListenArgs {
    /// Where each event is posted, for example http://localhost:3000/hook.
    #[arg(long, value_name = "URL")]
    pub(crate) forward_to: Url,
    /// The server whose events are followed.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) url: Url,
    /// The environment variable with the API key.
    #[arg(long, value_name = "NAME", default_value = "SWITCHBOARD_KEY")]
    pub(crate) key_env: String,
    /// Only events of this type, for example call.ended. Repeat it for several.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) types: Vec<String>,
}

/// `openapi`
#[derive(Debug, Args)]
pub(crate) struct OpenApiArgs {
    /// The address of the server that the document names.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<Url>,
}

/// Reads a time as a number and a unit.
fn span(text: &str) -> Result<Duration, String> {
    let wrong = || "write it as 30m, 12h, 90d or 52w".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let count: u64 =
        text.strip_suffix(unit).and_then(|count| count.parse().ok()).ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    count.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}
