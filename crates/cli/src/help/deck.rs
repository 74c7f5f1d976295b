//! The help of `deck`.

pub(crate) const DECK: &str = "\
Checks, writes and explains rate decks: what providers charge, as the telephone trade sends it.

A deck is CSV with the columns prefix, destination, rate, connection fee, first increment, next increment, currency, effective
from and until, in any order; prefix and rate are needed. The rate is for a minute. A call is billed its first increment and then
whole next increments, both in seconds; 60/6 in the first says both. A date is its midnight in UTC, and a price holds until before
its end. Prices have at most six decimals. Beyond the trade's columns there may be minimum, in seconds, and a prefix may be the two
letters of a country, or * for everywhere. A prefix that no calling code begins is refused. Cells are separated by commas, semicolons
or tabs; no line is a comment.

What carriers export is read with --layout and --map, and in the configuration with layout and map of the deck:
  --layout carrier        their names, as Dial Code, Price per Minute, Setup Fee, Effective Date, Billing Increment (60 or 60/6); the
                          prefix in two columns, country code and area code; several prefixes in a cell, 4420; 4421, and ranges,
                          4420-4429
  --layout carrier-comma  the same with decimal commas, 0,0123
  --layout us             the same for North America alone: NPANXX, or NPA and NXX, with or without the leading 1
  --map prefix=\"Zone\"     what the file calls a column; --map ignore=Notes leaves one out

The longest prefix wins, then the country, then everywhere, each if it has a price at the time of the call. Of several decks the
first that has one wins, in the order of the configuration; the tariff stands behind all of them. A cost that no row knows is
unknown, and never zero.";

pub(crate) const DECK_MORE: &str = "\
Examples:
  switchboard deck check examples/decks/europe.csv
  switchboard deck check carrier.csv --layout carrier --map rate=Interstate --map ignore=Intrastate
  switchboard deck show kaicalls +442079460018 --at 2026-12-01T00:00:00Z --seconds 90
  switchboard deck export kaicalls --deck tariff --out kaicalls.csv

With --json: check gives {\"file\", \"rows\", \"destinations\", \"in_force\", \"to_come\", \"over\", \"currencies\", \"gaps\"}, of a deck that is not
sound {\"file\", \"faults\": [{\"line\", \"column\", \"message\"}], \"more\"}; show {\"provider\", \"to\", \"country\", \"at\", \"seconds\", \"cost\",
\"quote\", \"passed_over\"}, with null for a cost that nobody knows; export one row on each line.

Exit codes:
  0  it worked; of show: the price may be unknown all the same
  1  a file cannot be written
  2  the deck, the arguments or the configuration are wrong";
