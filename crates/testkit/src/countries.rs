//! Finds the country of a number, precisely enough for a simulator.

/// Area codes of `+1` that belong to Canada.
const CANADA: &[&str] = &[
    "204", "226", "236", "249", "250", "257", "263", "289", "306", "343", "354", "365", "367",
    "368", "382", "387", "403", "416", "418", "428", "431", "437", "438", "450", "460", "468",
    "474", "506", "514", "519", "548", "579", "581", "584", "587", "604", "613", "639", "647",
    "672", "683", "705", "709", "742", "753", "778", "780", "782", "807", "819", "825", "867",
    "873", "879", "902", "905", "942",
];

/// Area codes of `+1` that belong to other countries than the United States and Canada.
const CARIBBEAN: &[(&str, &str)] = &[
    ("242", "BS"),
    ("246", "BB"),
    ("264", "AI"),
    ("268", "AG"),
    ("284", "VG"),
    ("345", "KY"),
    ("441", "BM"),
    ("473", "GD"),
    ("649", "TC"),
    ("658", "JM"),
    ("664", "MS"),
    ("721", "SX"),
    ("758", "LC"),
    ("767", "DM"),
    ("784", "VC"),
    ("809", "DO"),
    ("829", "DO"),
    ("849", "DO"),
    ("868", "TT"),
    ("869", "KN"),
    ("876", "JM"),
];

/// Calling codes other than `+1`, longest first if one is a prefix of another.
const CODES: &[(&str, &str)] = &[
    ("351", "PT"),
    ("352", "LU"),
    ("353", "IE"),
    ("354", "IS"),
    ("356", "MT"),
    ("357", "CY"),
    ("358", "FI"),
    ("359", "BG"),
    ("370", "LT"),
    ("371", "LV"),
    ("372", "EE"),
    ("385", "HR"),
    ("386", "SI"),
    ("420", "CZ"),
    ("421", "SK"),
    ("30", "GR"),
    ("31", "NL"),
    ("32", "BE"),
    ("33", "FR"),
    ("34", "ES"),
    ("36", "HU"),
    ("39", "IT"),
    ("40", "RO"),
    ("41", "CH"),
    ("43", "AT"),
    ("44", "GB"),
    ("45", "DK"),
    ("46", "SE"),
    ("47", "NO"),
    ("48", "PL"),
    ("49", "DE"),
    ("52", "MX"),
    ("54", "AR"),
    ("55", "BR"),
    ("61", "AU"),
    ("64", "NZ"),
    ("65", "SG"),
    ("7", "RU"),
    ("81", "JP"),
    ("82", "KR"),
    ("86", "CN"),
    ("90", "TR"),
    ("91", "IN"),
    ("27", "ZA"),
    ("20", "EG"),
    ("972", "IL"),
    ("971", "AE"),
    ("380", "UA"),
    ("98", "IR"),
    ("53", "CU"),
    ("850", "KP"),
];

/// The countries that document 002 promises: the United States, Canada, the United Kingdom, Spain
/// and most of Europe.
pub(crate) const NORTH_AMERICA_AND_EUROPE: &[&str] = &[
    "US", "CA", "GB", "ES", "PT", "LU", "IE", "IS", "MT", "CY", "FI", "BG", "LT", "LV", "EE", "HR",
    "SI", "CZ", "SK", "GR", "NL", "BE", "FR", "HU", "IT", "RO", "CH", "AT", "DK", "SE", "NO", "PL",
    "DE",
];

/// The ISO 3166 code of the country of an E.164 number, or `None` if it is not in this table.
pub(crate) fn country(number: &str) -> Option<&'static str> {
    let digits = number.strip_prefix('+')?;
    if let Some(national) = digits.strip_prefix('1') {
        let area = national.get(..3)?;
        if CANADA.contains(&area) {
            return Some("CA");
        }
        return CARIBBEAN
            .iter()
            .find(|(code, _)| *code == area)
            .map_or(Some("US"), |(_, country)| Some(country));
    }
    CODES.iter().find(|(code, _)| digits.starts_with(code)).map(|(_, country)| *country)
}

/// True if the text is `+` and 7 to 15 digits that do not begin with zero.
pub(crate) fn is_e164(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else {
        return false;
    };
    (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// True if the text is an emergency number, with or without a calling code.
pub(crate) fn is_emergency(number: &str) -> bool {
    const NUMBERS: &[&str] =
        &["911", "112", "999", "000", "110", "118", "119", "061", "062", "091"];
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let national =
        ["1", "44", "34", "49", "33"].iter().filter_map(|code| digits.strip_prefix(code));
    NUMBERS.contains(&digits.as_str()) || national.into_iter().any(|rest| NUMBERS.contains(&rest))
}

/// True if the number is a premium-rate number.
pub(crate) fn is_premium(number: &str) -> bool {
    ["+1900", "+1976", "+449", "+34803", "+34806", "+34807", "+49900", "+3389"]
        .iter()
        .any(|prefix| number.starts_with(prefix))
}
