//! The help of `deck`.

pub(crate) const DECK: &str = "\
Checks, exports and explains rate decks: what providers charge.

Examples:
  switchboard deck check examples/decks/europe.csv
  switchboard deck check carrier.csv --layout carrier --map rate=Interstate \\
      --map ignore=Intrastate
  switchboard deck show kaicalls +442079460018 --at 2026-12-01T00:00:00Z
  switchboard deck export kaicalls --deck tariff --out kaicalls.csv";

pub(crate) const DECK_MORE: &str = "\
A deck is a CSV file with the columns prefix, destination, rate, connection fee,
first increment, next increment, currency, effective from and until, in any
order. Only prefix and rate are required.
  - The rate is per minute
  - A call is billed its first increment and then whole next increments, both in
    seconds; 60/6 in the first column sets both
  - A date means its midnight in UTC; a price ends just before `until`
  - Prices have at most six decimals
  - A column `minimum` sets the shortest billed duration, in seconds
  - A prefix may also be a two-letter country code, or * for everywhere; a
    prefix that no country calling code starts with is refused
  - Cells are separated by commas, semicolons or tabs; there are no comments

Carriers' own files are read with --layout and --map, or with layout and map of
the deck in the configuration:
  --layout carrier        carriers' column names, such as Dial Code, Price per
                          Minute, Setup Fee, Effective Date and Billing
                          Increment (60 or 60/6); the prefix may be split into
                          country code and area code; a cell may list prefixes
                          (4420; 4421) and ranges (4420-4429)
  --layout carrier-comma  the same with decimal commas, 0,0123
  --layout us             the same for North America: NPANXX, or NPA and NXX,
                          with or without the leading 1
  --map prefix=\"Zone\"     the file's own name of a column; --map ignore=Notes
                          leaves a column out

The longest prefix wins, then the country, then everywhere, among those with a
price at the time of the call. If a provider has several decks, the first one
with a price wins, in the order of the configuration; the tariff comes last. A
cost that no row covers is unknown, never zero.

With --json:
  check   {\"file\", \"rows\", \"destinations\", \"in_force\", \"future\", \"expired\",
           \"currencies\", \"gaps\"}, or for an invalid deck
          {\"file\", \"faults\": [{\"line\", \"column\", \"message\"}], \"more\"}
  show    {\"provider\", \"to\", \"country\", \"at\", \"seconds\", \"cost\", \"quote\",
           \"skipped\"}; an unknown cost is null
  export  one row on each line

Exit codes:
  0  success; with show, the price may still be unknown
  1  a file cannot be written
  2  the deck, the arguments or the configuration are wrong";
