//! The long help: what a command does and examples come first, details, JSON and exit codes last.
//!
//! Lines have at most 80 columns.

pub(crate) mod accounts;
pub(crate) mod calls;
pub(crate) mod deck;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod experiments;
pub(crate) mod ledger;
pub(crate) mod lists;
pub(crate) mod people;
pub(crate) mod policy;
pub(crate) mod rules;
pub(crate) mod serve;
pub(crate) mod start;

pub(crate) const ABOUT: &str = "\
Places phone calls by voice agents through the best provider.

Examples:
  switchboard demo                 a tour with simulated providers, no account
  switchboard serve --simulated    the HTTP API, no account either
  switchboard plan --to +442079460018
  switchboard call --to +442079460018 --task 'Ask for the opening hours.' \\
      --purpose reservation

One configuration file names the providers, their prices and which provider is
asked for which call. A call moves on to the next provider only with proof that
the first one never reached a phone, so that no fault makes a phone ring twice.

To begin, run `switchboard demo`. Then write a configuration with
`switchboard init`, see with `switchboard plan` who would take a call, and place
one.";

pub(crate) const EXIT_CODES: &str = "\
Exit codes of every command:
  0  success
  1  a failure that no other code covers, or a provider refused its credential
     and no other provider could do it
  2  the command line, the configuration or the request is wrong; nothing was
     sent
  3  no provider can take the call, or it was refused; no phone rang
  4  the call needs a person's approval at the provider; no phone rang
  5  the phone may have rung, or the end of the call was never seen: check
     before you call again
  6  a provider had the call, and it failed there for a technical reason

The configuration is switchboard.toml in the working directory, or else in your
configuration folder ($XDG_CONFIG_HOME/switchboard or ~/.config/switchboard; on
Windows %APPDATA%\\switchboard), or else in the system's (switchboard below the
folders of $XDG_CONFIG_DIRS, which is /etc/xdg by default, and /etc/switchboard;
on Windows %PROGRAMDATA%\\switchboard). --config or SWITCHBOARD_CONFIG names
another file.

Calls are written to the ledger before anything is sent. The ledger is the one
that the configuration names, or else switchboard/ledger.db in your data
directory ($XDG_DATA_HOME or ~/.local/share). `switchboard calls` shows it.

Results go to stdout, errors and logs to stderr. Colours and progress bars
appear on a terminal only; NO_COLOR turns colours off.";
