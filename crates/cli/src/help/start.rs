//! The help of `init`, `words`, `version`, `completions` and `man`.

pub(crate) const INIT: &str = "\
Writes a first configuration, with comments, and says what to do next.

Examples:
  switchboard init
  switchboard init --simulated
  switchboard init --provider kaicalls --provider retell --country US \\
      --budget 50
  switchboard init --user --provider kallyai --country GB --currency GBP";

pub(crate) const INIT_MORE: &str = "\
On a terminal it asks what no option says. In a script, name a --provider, or
write --simulated.

It never overwrites a file, and it writes no secret: the configuration names the
environment variables that hold keys. --simulated also writes the key of the
simulated provider, which opens nothing else, to a file of its own.

The file is switchboard.toml in the working directory. --config names another
file, and --user is the one in your configuration folder. `switchboard --help`
says where configurations are looked for.

With --json:
  {\"config\", \"files\": [FILE], \"providers\": [KIND], \"next\": [STEP]}

Exit codes:
  0  the file is written
  1  it cannot be written
  2  the arguments are wrong, or the file exists already";

pub(crate) const WORDS: &str = "\
Says what the words of this program mean: states, deliveries, proofs and more.

Examples:
  switchboard words
  switchboard words 'failure domain'
  switchboard help words";

pub(crate) const WORDS_MORE: &str = "\
With --json:
  [{\"topic\", \"word\", \"meaning\"}]

Exit codes:
  0  success
  2  the word is not in the glossary";

pub(crate) const VERSION: &str = "\
Shows the version, what it was built from, and the versions of its data.

Example:
  switchboard version
  switchboard version --json";

pub(crate) const VERSION_MORE: &str = "\
The commit is unknown where the program was built outside a repository. The
schema is the one that a ledger has after this program has opened it. Time zones
and the tables of calling rules are built in.

With --json:
  {\"version\", \"commit\", \"date\", \"ledger_schema\": {DATABASE: n},
   \"rules\", \"time_zones\", \"features\": [FEATURE]}

Exit codes:
  0  always";

pub(crate) const COMPLETIONS: &str = "\
Prints the completions of a shell.

Examples:
  switchboard completions bash > ~/.local/share/bash-completion/completions/switchboard
  switchboard completions zsh > ~/.zfunc/_switchboard
  switchboard completions fish > ~/.config/fish/completions/switchboard.fish";

pub(crate) const COMPLETIONS_MORE: &str = "\
For zsh, the folder has to be in fpath before compinit runs.

Exit codes:
  0  they are printed
  2  the shell is not known";

pub(crate) const MAN: &str = "\
Prints the manual page, or writes the pages of all commands to a folder.

Examples:
  switchboard man | man -l -
  switchboard man --out ~/.local/share/man/man1";

pub(crate) const MAN_MORE: &str = "\
The pages say what --help says. The folder is created if it is missing, and
pages that are there already are replaced.

With --json and --out:
  {\"pages\": [FILE]}

Exit codes:
  0  they are printed or written
  1  the folder cannot be written";
