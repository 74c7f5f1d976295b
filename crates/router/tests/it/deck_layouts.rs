//! What carriers export: their names of columns, prefixes in two columns or several in a cell,
//! decimal commas, North America without its 1.

use std::time::Duration;

use switchboard_core::{Currency, Destination, Money};
use switchboard_router::{DeckFaults, DeckFile, DeckLayout, RateRow, read_deck};

fn layout(name: &str, map: &[(&str, &str)]) -> DeckLayout {
    map.iter().fold(DeckLayout::named(name).unwrap(), |layout, (column, named)| {
        layout.with(column, named).unwrap()
    })
}

fn read(layout: &DeckLayout, text: &str) -> Result<Vec<RateRow>, DeckFaults> {
    read_deck(text.as_bytes(), DeckFile::new("deck.csv").in_layout(layout), Currency::USD)
}

/// Prefixes with the millionths of their price.
fn prices(rows: &[RateRow]) -> Vec<(String, i64)> {
    rows.iter()
        .map(|row| {
            let Destination::Prefix(prefix) = &row.destination else { panic!("{row:?}") };
            (prefix.clone(), row.per_minute.unwrap().micros())
        })
        .collect()
}

/// A layout, a map, a file, and the prefixes with their prices.
type Taken = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static [(&'static str, i64)],
);

const TAKEN: &[Taken] = &[
    // Names.
    (
        "carrier",
        &[],
        "Dial Code,Description,Price per Minute\n4420,London,0.0123\n",
        &[("4420", 12_300)],
    ),
    ("carrier", &[], "prefix,destination,rate\n4420,London,0.0123\n", &[("4420", 12_300)]),
    ("trade", &[("prefix", "Dial Code")], "Dial Code,rate\n44,0.01\n", &[("44", 10_000)]),
    (
        "trade",
        &[("rate", "Interstate"), ("ignore", "intra state"), ("ignore", "LATA")],
        "prefix,Interstate,Intrastate,Lata\n1201,0.01,0.02,224\n",
        &[("1201", 10_000)],
    ),
    (
        "carrier",
        &[("ignore", "rate"), ("rate", "New Rate")],
        "code,rate,new rate\n44,0.01,0.02\n",
        &[("44", 20_000)],
    ),
    // Two columns.
    (
        "carrier",
        &[],
        "Country Code,Area Code,Rate\n44,,0.01\n44,20,0.02\n+39,06,0.03\n",
        &[("44", 10_000), ("4420", 20_000), ("3906", 30_000)],
    ),
    (
        "carrier",
        &[],
        "Country Code;Area Codes;Rate\n44;20, 21;0.02\n33;01-03, 5;0.03\n",
        &[
            ("4420", 20_000),
            ("4421", 20_000),
            ("3301", 30_000),
            ("3302", 30_000),
            ("3303", 30_000),
            ("335", 30_000),
        ],
    ),
    (
        "trade",
        &[("country code", "CC"), ("area code", "NDC")],
        "CC,NDC,rate\n44,20,0.01\n",
        &[("4420", 10_000)],
    ),
    // Several in a cell.
    (
        "carrier",
        &[],
        "code,rate\n44; 4420; +4421 ;,0.01\n\"3531, 35312\",0.02\n49|4930,0.03\n",
        &[
            ("44", 10_000),
            ("4420", 10_000),
            ("4421", 10_000),
            ("3531", 20_000),
            ("35312", 20_000),
            ("49", 30_000),
            ("4930", 30_000),
        ],
    ),
    (
        "carrier",
        &[],
        "code,rate\n4420-4422; 447 – 448,0.01\n",
        &[("4420", 10_000), ("4421", 10_000), ("4422", 10_000), ("447", 10_000), ("448", 10_000)],
    ),
    // Decimal commas.
    (
        "carrier-comma",
        &[],
        "Prefix;Rate;Setup Fee\n44;0,0123;0\n1;1,250;0,5\n33;2;\n",
        &[("44", 12_300), ("1", 1_250_000), ("33", 2_000_000)],
    ),
    ("carrier-comma", &[], "Prefix,Rate\n44,\"0,0123\"\n", &[("44", 12_300)]),
    // North America.
    (
        "us",
        &[],
        "NPANXX,Rate\n201555,0.01\n1202555,0.02\n203-555,0.03\n1,0.04\n205,0.05\n",
        &[
            ("1201555", 10_000),
            ("1202555", 20_000),
            ("1203555", 30_000),
            ("1", 40_000),
            ("1205", 50_000),
        ],
    ),
    (
        "us",
        &[],
        "NPA,NXX,Rate\n201,555,0.01\n202,,0.02\n1203,\"555, 556\",0.03\n",
        &[("1201555", 10_000), ("1202", 20_000), ("1203555", 30_000), ("1203556", 30_000)],
    ),
    (
        "us",
        &[],
        "npa-nxx,rate\n\"201-555; 201556\",0.01\n",
        &[("1201555", 10_000), ("1201556", 10_000)],
    ),
];

#[test]
fn what_carriers_export_is_read() {
    for (name, map, text, expected) in TAKEN {
        let rows =
            read(&layout(name, map), text).unwrap_or_else(|faults| panic!("{text}\n{faults}"));
        let expected: Vec<_> =
            expected.iter().map(|(prefix, micros)| ((*prefix).to_owned(), *micros)).collect();
        assert_eq!(prices(&rows), expected, "{name}: {text}");
    }
}

#[test]
fn every_column_of_a_carrier_is_read() {
    let text = "Dial Code;Route;Price/Min;Setup Fee;Billing Increment;Ccy;Effective Date;Expiry Date;Minimum Duration\n\
                4420, 4421;London;0.0125;0.01;60/6;EUR;2026-03-01;2026-04-01;30\n49;;0.01;;60;;;;\n";
    let rows = read(&layout("carrier", &[]), text).unwrap();
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let expected = RateRow {
        destination: Destination::Prefix("4421".to_owned()),
        name: Some("London".to_owned()),
        per_minute: Some(Money::from_micros(12_500, Currency::EUR)),
        connection_fee: Some(Money::from_micros(10_000, Currency::EUR)),
        first_increment: seconds(60),
        next_increment: seconds(6),
        minimum: seconds(30),
        effective_from: Some("2026-03-01T00:00:00Z".parse().unwrap()),
        effective_until: Some("2026-04-01T00:00:00Z".parse().unwrap()),
    };
    assert_eq!(rows[1], expected);
    assert_eq!(
        (rows.len(), rows[2].first_increment, rows[2].next_increment),
        (3, seconds(60), seconds(60))
    );
}

/// A layout, a map, a file, the line and column of the fault, a part of what is wrong and a part of
/// the fix.
type Refused = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    u64,
    Option<&'static str>,
    &'static str,
    &'static str,
);

const REFUSED: &[Refused] = &[
    // Columns.
    (
        "carrier",
        &[],
        "Prefixs,Price\n44,1\n",
        1,
        None,
        "\"Prefixs\" is not known",
        "did you mean \"prefix\"?",
    ),
    (
        "carrier",
        &[],
        "code,rate,lata\n44,1,2\n",
        1,
        None,
        "\"lata\" is not known",
        "to be ignored, with a map",
    ),
    (
        "carrier",
        &[],
        "code,rate,price\n44,1,2\n",
        1,
        Some("rate"),
        "\"price\" twice",
        "take one out",
    ),
    (
        "carrier",
        &[],
        "country code,prefix,rate\n44,4420,2\n",
        1,
        Some("country code"),
        "beside prefix",
        "ignore the other",
    ),
    (
        "carrier",
        &[],
        "area code,rate\n20,2\n",
        1,
        Some("country code"),
        "missing beside the area code",
        "begins with it",
    ),
    (
        "carrier",
        &[],
        "code,rate,increment,first increment\n1,1,1,1\n",
        1,
        Some("increments"),
        "beside the first",
        "keep one",
    ),
    (
        "carrier",
        &[("rate", "Preis")],
        "code,rate\n44,1\n",
        1,
        None,
        "a column \"Preis\"",
        "does not have",
    ),
    (
        "trade",
        &[],
        "country code,rate\n44,1\n",
        1,
        None,
        "\"country code\" is not known",
        "the layout \"carrier\" reads it",
    ),
    // Prefixes.
    ("carrier", &[], "code,rate\n44;210,1\n", 2, Some("prefix"), "\"210\" is nobody's", "as 4420"),
    (
        "carrier",
        &[],
        "code,rate\n\"44,207\",1\n",
        2,
        Some("prefix"),
        "groups of thousands",
        "semicolons",
    ),
    ("carrier", &[], "code,rate\n44 20,1\n", 2, Some("prefix"), "no beginning", "without signs"),
    ("carrier", &[], "code,rate\n;,1\n", 2, Some("prefix"), "no prefix", "write digits"),
    ("carrier", &[], "code,rate\n1-201,1\n", 2, Some("prefix"), "is no range", "of as many digits"),
    (
        "carrier",
        &[],
        "code,rate\n4429-4420,1\n",
        2,
        Some("prefix"),
        "is no range",
        "the smaller one first",
    ),
    ("carrier", &[], "code,rate\n4420-44x9,1\n", 2, Some("prefix"), "is no range", "as 4420-4429"),
    ("carrier", &[], "code,rate\n208-212,1\n", 2, Some("prefix"), "\"210\" is nobody's", "as 4420"),
    (
        "carrier",
        &[],
        "code,rate\n4410000-4420000,1\n",
        2,
        Some("prefix"),
        "more than 10000",
        "shorter ones",
    ),
    (
        "carrier",
        &[],
        "country code,area code,rate\nGB,20,1\n",
        2,
        Some("country code"),
        "no calling code",
        "as 44",
    ),
    (
        "carrier",
        &[],
        "country code,area code,rate\n44,(0)20,1\n",
        2,
        Some("area code"),
        "no area code",
        "as 20",
    ),
    (
        "carrier",
        &[],
        "country code,area code,rate\n38,4,1\n",
        2,
        Some("area code"),
        "is nobody's",
        "as 4420",
    ),
    (
        "us",
        &[],
        "npanxx,rate\n44,1\n",
        2,
        Some("prefix"),
        "no beginning of a number in North America",
        "a deck of their own",
    ),
    ("us", &[], "npanxx,rate\n011555,1\n", 2, Some("prefix"), "North America", "as 201555"),
    ("us", &[], "npanxx,rate\nGB,1\n", 2, Some("prefix"), "North America", "as 201555"),
    (
        "us",
        &[],
        "npanxx,rate\n201555,1\n1201-555,2\n",
        3,
        Some("prefix"),
        "1201555 has a price in line 2",
        "keep one",
    ),
    // Prices.
    ("carrier", &[], "code;rate\n44;0,01\n", 2, Some("rate"), "no price", "a point"),
    (
        "carrier-comma",
        &[],
        "code;rate\n44;0.01\n",
        2,
        Some("rate"),
        "with a decimal comma",
        "as 0,0125",
    ),
    (
        "carrier-comma",
        &[],
        "code;rate\n44;1,000,00\n",
        2,
        Some("rate"),
        "with a decimal comma",
        "as 0,0125",
    ),
    ("carrier-comma", &[], "code;rate\n44;free\n", 2, Some("rate"), "no price", "digits"),
    // A row of several is told once.
    ("carrier", &[], "code;rate\n44, 45;x\n", 2, Some("rate"), "no price", "digits"),
    ("carrier", &[], "code;increment;rate\n44;0;1\n", 2, Some("increments"), "no step", "seconds"),
];

#[test]
fn what_could_be_read_in_two_ways_or_belongs_to_nobody_is_refused() {
    for (name, map, text, line, column, wrong, fix) in REFUSED {
        let told = read(&layout(name, map), text).expect_err(text).faults;
        let [only] = told.as_slice() else { panic!("{text}: {told:?}") };
        assert_eq!((only.line, only.column), (*line, *column), "{text}: {only}");
        assert!(only.message.contains(wrong) && only.message.contains(fix), "{text}: {only}");
    }
}

#[test]
fn a_layout_that_nobody_knows_is_refused_with_the_fix() {
    assert!(DeckLayout::named("uk").unwrap_err().contains("trade, carrier, carrier-comma, us"));
    for name in DeckLayout::NAMES {
        assert!(DeckLayout::named(&name.to_uppercase()).is_ok(), "{name}");
    }
    assert_eq!(DeckLayout::named("trade").unwrap(), DeckLayout::default());
    let trade = DeckLayout::default;
    for (column, name, told) in [
        ("rat", "Price", "did you mean \"rate\"?"),
        ("colour", "Price", "write ignore, prefix"),
        ("rate", " ", "has no name"),
    ] {
        assert!(trade().with(column, name).unwrap_err().contains(told), "{column}");
    }
    let twice = trade().with("rate", "Price").unwrap().with("ignore", "price").unwrap_err();
    assert!(twice.contains("mapped twice"), "{twice}");
}
