//! Countries, because price, permission and calling hours all depend on where a number is.
//!
//! A country is an ISO 3166-1 alpha-2 code. Kosovo (`XK`), Ascension (`AC`) and Tristan da Cunha
//! (`TA`) have telephone numbers of their own but no assigned code. Numbering plans use these
//! codes, so they count as countries here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A country or territory, by its ISO 3166-1 alpha-2 code in upper case.
///
/// ```
/// use switchboard_core::Country;
///
/// let country: Country = "gb".parse()?;
/// assert_eq!((country.as_str(), country.name()), ("GB", "United Kingdom"));
/// assert!("UK".parse::<Country>().is_err());
/// # Ok::<(), switchboard_core::CountryError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Brazil.
    pub const BR: Self = Self(*b"BR");
    /// Canada.
    pub const CA: Self = Self(*b"CA");
    /// Germany.
    pub const DE: Self = Self(*b"DE");
    /// Spain.
    pub const ES: Self = Self(*b"ES");
    /// France.
    pub const FR: Self = Self(*b"FR");
    /// The United Kingdom, without Guernsey, Jersey and the Isle of Man.
    pub const GB: Self = Self(*b"GB");
    /// Mexico.
    pub const MX: Self = Self(*b"MX");
    /// The United States, without its territories.
    pub const US: Self = Self(*b"US");

    /// The code in upper case, for example `US`.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The short English name, for example `United States`.
    pub fn name(self) -> &'static str {
        position(self.0).map_or("", |at| NAMES[at].1)
    }

    /// All countries, ordered by code.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        NAMES.iter().map(|(code, _)| Self(**code))
    }

    pub(crate) fn from_upper(code: [u8; 2]) -> Option<Self> {
        position(code).map(|_| Self(code))
    }
}

fn position(code: [u8; 2]) -> Option<usize> {
    NAMES.binary_search_by(|(known, _)| (*known).cmp(&code)).ok()
}

/// The alpha-3 codes that people write most, with the alpha-2 code.
const THREE_LETTERS: [(&str, &str); 20] = [
    ("AUS", "AU"),
    ("AUT", "AT"),
    ("BEL", "BE"),
    ("BRA", "BR"),
    ("CAN", "CA"),
    ("CHE", "CH"),
    ("DEU", "DE"),
    ("ESP", "ES"),
    ("FRA", "FR"),
    ("GBR", "GB"),
    ("IND", "IN"),
    ("IRL", "IE"),
    ("ITA", "IT"),
    ("JPN", "JP"),
    ("MEX", "MX"),
    ("NLD", "NL"),
    ("POL", "PL"),
    ("PRT", "PT"),
    ("SWE", "SE"),
    ("USA", "US"),
];

fn three_letters(text: &str) -> Option<CountryError> {
    let known = THREE_LETTERS.iter().find(|(three, _)| three.eq_ignore_ascii_case(text));
    known.map(|(three, two)| CountryError::ThreeLetters(three, two))
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        let &[first, second] = text.trim().as_bytes() else {
            return Err(three_letters(text.trim()).unwrap_or(CountryError::Shape));
        };
        let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        if !code.iter().all(u8::is_ascii_uppercase) {
            return Err(CountryError::Shape);
        }
        match Self::from_upper(code) {
            Some(country) => Ok(country),
            None if &code == b"UK" => Err(CountryError::UnitedKingdom),
            None => Err(CountryError::Unassigned(code.map(char::from))),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a text is not a country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CountryError {
    /// Not two letters.
    #[error("write a country with two letters, its ISO 3166-1 alpha-2 code, as US or GB")]
    Shape,
    /// An alpha-3 code, and the alpha-2 code of the same country.
    #[error("{0} has three letters: write {1}, the ISO 3166-1 alpha-2 code")]
    ThreeLetters(&'static str, &'static str),
    /// `UK`, which ISO 3166-1 reserves without assigning it.
    #[error("UK is not the ISO 3166-1 code of the United Kingdom: write GB")]
    UnitedKingdom,
    /// Two letters that ISO 3166-1 does not assign.
    #[error("{}{} is not a country in ISO 3166-1: write an assigned alpha-2 code, as US or GB", .0[0], .0[1])]
    Unassigned([char; 2]),
}

/// The assigned codes and short English names, sorted by code.
#[rustfmt::skip]
static NAMES: &[(&[u8; 2], &str)] = &[
    (b"AC", "Ascension Island"), (b"AD", "Andorra"), (b"AE", "United Arab Emirates"), (b"AF", "Afghanistan"),
    (b"AG", "Antigua and Barbuda"), (b"AI", "Anguilla"), (b"AL", "Albania"), (b"AM", "Armenia"), (b"AO", "Angola"), (b"AQ", "Antarctica"),
    (b"AR", "Argentina"), (b"AS", "American Samoa"), (b"AT", "Austria"), (b"AU", "Australia"), (b"AW", "Aruba"), (b"AX", "Åland Islands"),
    (b"AZ", "Azerbaijan"), (b"BA", "Bosnia and Herzegovina"), (b"BB", "Barbados"), (b"BD", "Bangladesh"), (b"BE", "Belgium"),
    (b"BF", "Burkina Faso"), (b"BG", "Bulgaria"), (b"BH", "Bahrain"), (b"BI", "Burundi"), (b"BJ", "Benin"), (b"BL", "Saint Barthélemy"),
    (b"BM", "Bermuda"), (b"BN", "Brunei"), (b"BO", "Bolivia"), (b"BQ", "Caribbean Netherlands"), (b"BR", "Brazil"), (b"BS", "Bahamas"),
    (b"BT", "Bhutan"), (b"BV", "Bouvet Island"), (b"BW", "Botswana"), (b"BY", "Belarus"), (b"BZ", "Belize"), (b"CA", "Canada"),
    (b"CC", "Cocos (Keeling) Islands"), (b"CD", "DR Congo"), (b"CF", "Central African Republic"), (b"CG", "Congo"),
    (b"CH", "Switzerland"), (b"CI", "Côte d'Ivoire"), (b"CK", "Cook Islands"), (b"CL", "Chile"), (b"CM", "Cameroon"), (b"CN", "China"),
    (b"CO", "Colombia"), (b"CR", "Costa Rica"), (b"CU", "Cuba"), (b"CV", "Cabo Verde"), (b"CW", "Curaçao"), (b"CX", "Christmas Island"),
    (b"CY", "Cyprus"), (b"CZ", "Czechia"), (b"DE", "Germany"), (b"DJ", "Djibouti"), (b"DK", "Denmark"), (b"DM", "Dominica"),
    (b"DO", "Dominican Republic"), (b"DZ", "Algeria"), (b"EC", "Ecuador"), (b"EE", "Estonia"), (b"EG", "Egypt"),
    (b"EH", "Western Sahara"), (b"ER", "Eritrea"), (b"ES", "Spain"), (b"ET", "Ethiopia"), (b"FI", "Finland"), (b"FJ", "Fiji"),
    (b"FK", "Falkland Islands"), (b"FM", "Micronesia"), (b"FO", "Faroe Islands"), (b"FR", "France"), (b"GA", "Gabon"),
    (b"GB", "United Kingdom"), (b"GD", "Grenada"), (b"GE", "Georgia"), (b"GF", "French Guiana"), (b"GG", "Guernsey"), (b"GH", "Ghana"),
    (b"GI", "Gibraltar"), (b"GL", "Greenland"), (b"GM", "Gambia"), (b"GN", "Guinea"), (b"GP", "Guadeloupe"), (b"GQ", "Equatorial Guinea"),
    (b"GR", "Greece"), (b"GS", "South Georgia and the South Sandwich Islands"), (b"GT", "Guatemala"), (b"GU", "Guam"),
    (b"GW", "Guinea-Bissau"), (b"GY", "Guyana"), (b"HK", "Hong Kong"), (b"HM", "Heard Island and McDonald Islands"), (b"HN", "Honduras"),
    (b"HR", "Croatia"), (b"HT", "Haiti"), (b"HU", "Hungary"), (b"ID", "Indonesia"), (b"IE", "Ireland"), (b"IL", "Israel"),
    (b"IM", "Isle of Man"), (b"IN", "India"), (b"IO", "British Indian Ocean Territory"), (b"IQ", "Iraq"), (b"IR", "Iran"),
    (b"IS", "Iceland"), (b"IT", "Italy"), (b"JE", "Jersey"), (b"JM", "Jamaica"), (b"JO", "Jordan"), (b"JP", "Japan"), (b"KE", "Kenya"),
    (b"KG", "Kyrgyzstan"), (b"KH", "Cambodia"), (b"KI", "Kiribati"), (b"KM", "Comoros"), (b"KN", "Saint Kitts and Nevis"),
    (b"KP", "North Korea"), (b"KR", "South Korea"), (b"KW", "Kuwait"), (b"KY", "Cayman Islands"), (b"KZ", "Kazakhstan"), (b"LA", "Laos"),
    (b"LB", "Lebanon"), (b"LC", "Saint Lucia"), (b"LI", "Liechtenstein"), (b"LK", "Sri Lanka"), (b"LR", "Liberia"), (b"LS", "Lesotho"),
    (b"LT", "Lithuania"), (b"LU", "Luxembourg"), (b"LV", "Latvia"), (b"LY", "Libya"), (b"MA", "Morocco"), (b"MC", "Monaco"),
    (b"MD", "Moldova"), (b"ME", "Montenegro"), (b"MF", "Saint Martin"), (b"MG", "Madagascar"), (b"MH", "Marshall Islands"),
    (b"MK", "North Macedonia"), (b"ML", "Mali"), (b"MM", "Myanmar"), (b"MN", "Mongolia"), (b"MO", "Macao"),
    (b"MP", "Northern Mariana Islands"), (b"MQ", "Martinique"), (b"MR", "Mauritania"), (b"MS", "Montserrat"), (b"MT", "Malta"),
    (b"MU", "Mauritius"), (b"MV", "Maldives"), (b"MW", "Malawi"), (b"MX", "Mexico"), (b"MY", "Malaysia"), (b"MZ", "Mozambique"),
    (b"NA", "Namibia"), (b"NC", "New Caledonia"), (b"NE", "Niger"), (b"NF", "Norfolk Island"), (b"NG", "Nigeria"), (b"NI", "Nicaragua"),
    (b"NL", "Netherlands"), (b"NO", "Norway"), (b"NP", "Nepal"), (b"NR", "Nauru"), (b"NU", "Niue"), (b"NZ", "New Zealand"),
    (b"OM", "Oman"), (b"PA", "Panama"), (b"PE", "Peru"), (b"PF", "French Polynesia"), (b"PG", "Papua New Guinea"), (b"PH", "Philippines"),
    (b"PK", "Pakistan"), (b"PL", "Poland"), (b"PM", "Saint Pierre and Miquelon"), (b"PN", "Pitcairn Islands"), (b"PR", "Puerto Rico"),
    (b"PS", "Palestine"), (b"PT", "Portugal"), (b"PW", "Palau"), (b"PY", "Paraguay"), (b"QA", "Qatar"), (b"RE", "Réunion"),
    (b"RO", "Romania"), (b"RS", "Serbia"), (b"RU", "Russia"), (b"RW", "Rwanda"), (b"SA", "Saudi Arabia"), (b"SB", "Solomon Islands"),
    (b"SC", "Seychelles"), (b"SD", "Sudan"), (b"SE", "Sweden"), (b"SG", "Singapore"), (b"SH", "Saint Helena"), (b"SI", "Slovenia"),
    (b"SJ", "Svalbard and Jan Mayen"), (b"SK", "Slovakia"), (b"SL", "Sierra Leone"), (b"SM", "San Marino"), (b"SN", "Senegal"),
    (b"SO", "Somalia"), (b"SR", "Suriname"), (b"SS", "South Sudan"), (b"ST", "São Tomé and Príncipe"), (b"SV", "El Salvador"),
    (b"SX", "Sint Maarten"), (b"SY", "Syria"), (b"SZ", "Eswatini"), (b"TA", "Tristan da Cunha"), (b"TC", "Turks and Caicos Islands"),
    (b"TD", "Chad"), (b"TF", "French Southern Territories"), (b"TG", "Togo"), (b"TH", "Thailand"), (b"TJ", "Tajikistan"),
    (b"TK", "Tokelau"), (b"TL", "Timor-Leste"), (b"TM", "Turkmenistan"), (b"TN", "Tunisia"), (b"TO", "Tonga"), (b"TR", "Türkiye"),
    (b"TT", "Trinidad and Tobago"), (b"TV", "Tuvalu"), (b"TW", "Taiwan"), (b"TZ", "Tanzania"), (b"UA", "Ukraine"), (b"UG", "Uganda"),
    (b"UM", "United States Minor Outlying Islands"), (b"US", "United States"), (b"UY", "Uruguay"), (b"UZ", "Uzbekistan"),
    (b"VA", "Vatican City"), (b"VC", "Saint Vincent and the Grenadines"), (b"VE", "Venezuela"), (b"VG", "British Virgin Islands"),
    (b"VI", "United States Virgin Islands"), (b"VN", "Vietnam"), (b"VU", "Vanuatu"), (b"WF", "Wallis and Futuna"), (b"WS", "Samoa"),
    (b"XK", "Kosovo"), (b"YE", "Yemen"), (b"YT", "Mayotte"), (b"ZA", "South Africa"), (b"ZM", "Zambia"), (b"ZW", "Zimbabwe"),
];
