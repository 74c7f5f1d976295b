//! The arguments of the commands that work on providers' accounts.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use switchboard::Country;
use url::Url;

/// `numbers`
#[derive(Debug, Args)]
pub(crate) struct NumbersArgs {
    /// Use this provider only.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    #[command(subcommand)]
    pub(crate) command: NumbersCommand,
}

/// The subcommands of `numbers`.
#[derive(Debug, Subcommand)]
pub(crate) enum NumbersCommand {
    /// List the numbers of the accounts.
    List,
    /// Search for numbers to rent.
    Available {
        /// In this country, for example US.
        #[arg(long, default_value = "US")]
        country: Country,
        /// With this area code, for example 415.
        #[arg(long, value_name = "DIGITS")]
        area_code: Option<String>,
        /// Show at most this many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Rent a number. It costs money.
    Rent {
        /// This number, as `available` shows it (KaiCalls).
        #[arg(
            long,
            value_name = "NUMBER",
            conflicts_with = "country",
            required_unless_present = "country"
        )]
        number: Option<String>,
        /// For this agent of the provider.
        #[arg(long, value_name = "ID", requires = "number")]
        agent: Option<String>,
        /// Any number in this country (KallyAI).
        #[arg(long)]
        country: Option<Country>,
        /// With this area code.
        #[arg(long, value_name = "DIGITS", requires = "country")]
        area_code: Option<String>,
        /// Confirm that you want to rent it.
        #[arg(long)]
        yes: bool,
    },
    /// Give a number back. It cannot be undone.
    Release {
        /// The number, or the provider's id for it.
        number: String,
        /// Confirm that you want to give it back.
        #[arg(long)]
        yes: bool,
    },
}

/// `agents`
#[derive(Debug, Args)]
pub(crate) struct AgentsArgs {
    /// Use this provider only.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    #[command(subcommand)]
    pub(crate) command: AgentsCommand,
}

/// The subcommands of `agents`.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentsCommand {
    /// List the agents of the accounts and the profiles that use them.
    List,
    /// Show one agent.
    Show {
        /// The provider's id of the agent.
        id: String,
    },
}

/// `usage`
#[derive(Debug, Args)]
pub(crate) struct UsageArgs {
    /// Use this provider only.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    #[command(subcommand)]
    pub(crate) command: UsageCommand,
}

/// The subcommands of `usage`.
#[derive(Debug, Subcommand)]
pub(crate) enum UsageCommand {
    /// Show what is left.
    Balance,
    /// Show the providers' usage logs, newest first.
    Records {
        /// From this time on, for example 2026-02-14T20:00:00Z.
        #[arg(long, value_name = "TIME")]
        since: Option<Timestamp>,
        /// Before this time.
        #[arg(long, value_name = "TIME")]
        until: Option<Timestamp>,
        /// Show at most this many from each provider.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

/// `login`
#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// The account's name in the configuration. Without a configuration: kallyai.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: String,
    /// The address of its API, instead of the configured one.
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<Url>,
    /// Print the address without opening a browser.
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// How long to wait for the login.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 300,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub(crate) timeout: u64,
}

/// `logout`
#[derive(Debug, Args)]
pub(crate) struct LogoutArgs {
    /// The account's name in the configuration. Without a configuration: kallyai.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: String,
}

/// `whoami`
#[derive(Debug, Args)]
pub(crate) struct WhoamiArgs {
    /// Show only this account, by its name in the configuration.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: Option<String>,
}

/// `api`
#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    /// The account's name in the configuration.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: String,
    /// GET, POST, PUT, PATCH or DELETE.
    #[arg(value_name = "METHOD", ignore_case = true)]
    pub(crate) method: ApiMethod,
    /// The path below the base URL, for example /v1/credits/balance.
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// A JSON body; @FILE reads it from a file, @- from stdin.
    #[arg(long, value_name = "JSON")]
    pub(crate) data: Option<String>,
    /// A query parameter, for example limit=10. May be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) query: Vec<String>,
}

/// The HTTP methods of `api`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApiMethod {
    /// Read.
    Get,
    /// Create, or run an action.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Delete.
    Delete,
}
