//! The help of `lists`.

pub(crate) const LISTS: &str = "\
Imports lists of numbers that must not be called, and shows what they say.

Examples:
  switchboard lists import 415.txt.gz --name US-FTC --as-of 2026-11-29
  switchboard lists import tps.txt --name GB-TPS --as-of 2026-11-28 --covers GB
  switchboard lists import own.csv --name own --as-of 2026-11-30 --covers all \\
      --column phone --country US
  switchboard lists check +442079460018";

pub(crate) const LISTS_MORE: &str = "\
A list holds for every tenant. An import replaces the list with its name in one
step: calls see the old list or the new one. A number outside of what a list
covers is not on record as absent; rules that ask for the list refuse it.

The format is detected and reported: an area code and seven digits a line, the
XML of the FTC and the Canadian registry, twelve characters a line (TPS), a
table, or one number a line. Cells that are no number are refused and counted,
with their first lines. A list of changes is rejected: import the full list.
docs/lists.md explains formats, washed lists and what is stored.

`--yes` is needed if the list would be empty, older, or less than half of the
present one, or if more than one line in a hundred was refused.

`check` hides the number in what it prints.

With --json:
  import  {\"list\", \"report\": {\"format\", \"encoding\", \"packed\", \"files\",
           \"read\", \"taken\", \"not_listed\", \"doubles\", \"washed\",
           \"refused\": [{\"reason\", \"count\", \"first\": [{\"line\"}]}],
           \"covers\", \"as_of\", \"valid_until\"}}
  list    {\"lists\": [{\"name\", \"generation\", \"as_of\", \"covers\", \"count\",
           \"imported_at\", \"imported_by\"}]}
  remove  {\"removed\"}
  check   {\"number\", \"lists\": [{\"list\", \"state\", \"as_of\"}]}, where state is
          listed, absent or not_covered

Exit codes:
  0  success
  1  the ledger cannot be read or written
  2  the arguments are wrong, the file cannot be used as it is, --yes is
     missing, or there is no ledger or no such list";
