//! The arguments of `init`, `words`, `version`, `completions` and `man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;
use switchboard::Country;

/// `init`
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// A provider that you have an account at: kaicalls, kallyai, retell, vapi, telnyx or calle.
    /// May be repeated; the first is preferred.
    #[arg(long, value_name = "KIND")]
    pub(crate) provider: Vec<String>,
    /// A simulated provider instead: it needs no account, and no phone rings.
    #[arg(long, conflicts_with = "provider")]
    pub(crate) simulated: bool,
    /// The country in which numbers without + are dialled, for example GB.
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) country: Option<Country>,
    /// The most that all calls of a month may cost, for example 50.
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) budget: Option<String>,
    /// The currency of the budget and of all prices [default: USD].
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<String>,
    /// Write the file to your configuration folder instead of the working directory.
    #[arg(long)]
    pub(crate) user: bool,
}

/// `words`
#[derive(Debug, Args)]
pub(crate) struct WordsArgs {
    /// Only this word.
    pub(crate) word: Option<String>,
}

/// `completions`
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// `man`
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write the pages of all commands to this folder. By default the main page is printed.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}
