#!/usr/bin/env python3
"""Writes nanp.tsv, zones.tsv and holidays.tsv, the data that the rules need. Run it again when a library is newer.

    python3 -m venv v && v/bin/pip install phonenumbers==9.0.43 holidays==0.109 && v/bin/python generate.py OUTPUT_FOLDER

nanp.tsv      area code of +1 -> kind, country, states or provinces, every time zone it may be in
zones.tsv     any other calling prefix -> every time zone it may be in (longest prefix wins for geographic numbers;
              the row of the bare calling code answers for mobile and other non-geographic numbers)
holidays.tsv  jurisdiction, date, name for every calendar that rules.tsv and policy.tsv name

Sources: time zones and places from libphonenumber (Apache-2.0) as shipped in the Python package `phonenumbers`
(Apache-2.0); holidays from the Python package `holidays` (MIT) plus the lists spelt out below.
What the tables below add by hand is marked `hand` in the column basis, so that it can be told from the source.
"""

import collections
import datetime
import importlib
import pathlib
import pkgutil
import sys

import holidays
import phonenumbers
import phonenumbers.geodata
from phonenumbers.tzdata import TIMEZONE_DATA

# The library names old spellings; the time-zone database keeps them as links, but the modern names are safer.
MODERN = {
    "Asia/Calcutta": "Asia/Kolkata", "America/Buenos_Aires": "America/Argentina/Buenos_Aires", "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon", "Africa/Asmera": "Africa/Asmara", "Atlantic/Faeroe": "Atlantic/Faroe",
    "America/Godthab": "America/Nuuk", "Pacific/Truk": "Pacific/Chuuk", "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Enderbury": "Pacific/Kanton", "Asia/Choibalsan": "Asia/Ulaanbaatar",
}
# Zones that the library gives to a whole country although nearly nobody lives there (below 0.5 %), or that are wrong:
# kept in the column `dropped`, so that a stricter house may put them back.
TINY = {
    "61": ["Indian/Christmas", "Indian/Cocos", "Australia/Lord_Howe", "Australia/Eucla"],
    "64": ["Pacific/Chatham"], "52": ["America/New_York"], "55": ["America/Noronha"], "44": [], "47": ["Arctic/Longyearbyen"],
}
# Countries whose zone the library writes with another country's name; the wall clock is the same today.
RENAME = {"353": {"Europe/London": "Europe/Dublin", "Europe/Guernsey": None, "Europe/Isle_of_Man": None},
          "370": {"Europe/Bucharest": "Europe/Vilnius"}, "371": {"Europe/Bucharest": "Europe/Riga"},
          "372": {"Europe/Bucharest": "Europe/Tallinn"},
          # Here the clock is not even the same: the library's zone keeps daylight saving time, or another offset.
          "211": {"Africa/Nairobi": "Africa/Juba"}, "212": {"Atlantic/Canary": "Africa/Casablanca"},
          "213": {"Europe/Paris": "Africa/Algiers"}, "218": {"Europe/Bucharest": "Africa/Tripoli"},
          "231": {"Atlantic/Reykjavik": "Africa/Monrovia"}, "245": {"Atlantic/Reykjavik": "Africa/Bissau"},
          "375": {"Europe/Moscow": "Europe/Minsk"}, "505": {"America/Chicago": "America/Managua"},
          "850": {"Asia/Seoul": "Asia/Pyongyang"}, "853": {"Asia/Shanghai": "Asia/Macau"},
          "970": {"Europe/Bucharest": "Asia/Gaza"}, "7": {"Europe/Bucharest": "Europe/Kaliningrad"}}
# Zones that the library lacks for a prefix: the places are known, their clock differs, and calls would go out at the wrong hour.
# Recife, with four million people, is not on the islands of Fernando de Noronha; Chihuahua left the time of Mazatlan in 2022.
LACKING = {("55", "America/Noronha"): ["America/Sao_Paulo"], ("52", "America/Mazatlan"): ["America/Chihuahua"]}
LACKING_PREFIX = {"56": ["America/Punta_Arenas"], "675": ["Pacific/Bougainville"]}
CHIHUAHUA = ("52614", "5262", "5263", "52649", "52652", "52659")

STATES = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO", "Connecticut": "CT",
    "Delaware": "DE", "Florida": "FL", "Georgia": "GA", "Hawaii": "HI", "Idaho": "ID", "Illinois": "IL", "Indiana": "IN", "Iowa": "IA",
    "Kansas": "KS", "Kentucky": "KY", "Louisiana": "LA", "Maine": "ME", "Maryland": "MD", "Massachusetts": "MA", "Michigan": "MI",
    "Minnesota": "MN", "Mississippi": "MS", "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV", "New Hampshire": "NH",
    "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY", "North Carolina": "NC", "North Dakota": "ND", "Ohio": "OH",
    "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA", "Rhode Island": "RI", "South Carolina": "SC", "South Dakota": "SD",
    "Tennessee": "TN", "Texas": "TX", "Utah": "UT", "Vermont": "VT", "Virginia": "VA", "Washington State": "WA", "Washington": "WA",
    "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY", "Washington D.C.": "DC",
    "Alberta": "AB", "British Columbia": "BC", "British Colombia": "BC", "Manitoba": "MB", "New Brunswick": "NB",
    "Newfoundland and Labrador": "NL", "Nova Scotia/Prince Edward Island": "NS,PE", "Ontario": "ON", "Quebec": "QC",
    "Saskatchewan": "SK", "Northwest Territories/Nunavut/Yukon": "NT,NU,YT",
}
STATES_BY_HAND = {"203": "CT", "310": "CA", "713": "TX", "718": "NY", "905": "ON"}

# Area codes that share their area with others: a number of any of them may lie in any zone of the area.
OVERLAYS = [
    ("850", "448"), ("208", "986"), ("541", "458"), ("812", "930"), ("270", "364"), ("709", "879"),
    ("250", "778", "236", "672", "257"), ("604", "778", "236", "672", "257"), ("418", "581", "367"), ("819", "873", "468"),
    ("807",), ("306", "639", "474"),
]
# Corrections of the library's answer for a whole area code, from general knowledge.
ZONES_BY_HAND = {
    "879": ["America/St_Johns", "America/Halifax"],  # the library answers Puerto Rico and St. John's
    "709": ["America/St_Johns", "America/Halifax"],  # Labrador keeps Atlantic time
    "928": ["America/Phoenix", "America/Denver"],  # the Navajo Nation keeps daylight saving time
    "807": ["America/Toronto", "America/Winnipeg"],  # Kenora and Rainy River are Central
    "867": ["America/Whitehorse", "America/Edmonton", "America/Winnipeg", "America/Toronto"],  # Yukon, N.W.T., Nunavut
    "907": ["America/Anchorage", "America/Adak"], "906": ["America/Detroit", "America/Menominee"],
    "219": ["America/Chicago", "America/New_York"], "310": ["America/Los_Angeles"], "308": ["America/Chicago", "America/Denver"],
}
TOLL_FREE = ["800", "833", "844", "855", "866", "877", "888"]
PERSONAL = ["500", "521", "522", "523", "524", "525", "526", "527", "528", "529", "532", "533", "535", "538", "542", "543", "544",
            "545", "546", "547", "549", "550", "552", "553", "554", "556", "566", "569", "577", "578", "588", "589"]
OTHER = {"600": "non_geographic_ca", "622": "non_geographic_ca", "700": "carrier", "710": "government", "900": "premium"}
CONTIGUOUS = ["America/Chicago", "America/Denver", "America/Los_Angeles", "America/New_York"]


def modern(zones):
    return sorted({MODERN.get(zone, zone) for zone in zones})


def geodata():
    found = {}
    for module in pkgutil.iter_modules(phonenumbers.geodata.__path__):
        if module.name.startswith("data"):
            found.update(importlib.import_module("phonenumbers.geodata." + module.name).data)
    return found


def nanp(out):
    places, by_code, whole = geodata(), collections.defaultdict(set), {}
    for prefix, zones in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= 4:
            by_code[prefix[1:4]].update(modern(zones))
            if len(prefix) == 4:
                whole[prefix[1:4]] = set(modern(zones))
    union = {code: set(zones) for code, zones in by_code.items()}
    for code, zones in ZONES_BY_HAND.items():
        union[code] = set(zones)
    for group in OVERLAYS:
        together = set().union(*(union[code] for code in group if code in union))
        if group[0] in ("604",):  # its own area is one zone; only the codes laid over both areas get both
            continue
        for code in group:
            if code in union and code not in ("604",):
                union[code] = set(together)
    union["604"] = {"America/Vancouver"}
    rows = []
    for code in sorted(union):
        country = phonenumbers.region_code_for_number(phonenumbers.parse(f"+1{code}5550123", None)) or ""
        name = (places.get("1" + code) or {}).get("en", "")
        state = STATES_BY_HAND.get(code) or STATES.get(name) or (name.rsplit(", ", 1)[-1] if ", " in name else "")
        states = ",".join(f"{country}-{one}" for one in state.split(",") if one) if country in ("US", "CA") else ""
        hand = code in ZONES_BY_HAND or any(code in group for group in OVERLAYS)
        basis = "hand" if hand else "union" if union[code] != whole.get(code) else "default"
        rows.append((code, "geographic", country, states, ",".join(sorted(union[code])), basis))
    for code in TOLL_FREE:
        rows.append((code, "toll_free", "", "", ",".join(CONTIGUOUS), "hand"))
    for code in PERSONAL:
        rows.append((code, "personal", "", "", "", "hand"))
    for code, kind in OTHER.items():
        rows.append((code, kind, "", "", "", "hand"))
    write(out / "nanp.tsv", ("area_code", "kind", "country", "subdivisions", "zones", "basis"), sorted(rows))


def zones(out):
    rows = []
    for prefix, found in sorted(TIMEZONE_DATA.items()):
        if prefix.startswith("1"):
            continue
        code = next(prefix[:length] for length in (1, 2, 3) if prefix[:length] in CALLING_CODES)
        rename = RENAME.get(code, {})
        kept = {rename.get(zone, zone) for zone in modern(found)} - {None}
        for (lacking, zone), more in LACKING.items():
            if code == lacking and zone in kept and (code != "52" or prefix.startswith(CHIHUAHUA)):
                kept |= set(more)
        kept |= set(LACKING_PREFIX.get(prefix, []))
        dropped = {zone for zone in TINY.get(code, []) if zone in kept and kept - {zone} and len(kept) > 1}
        rows.append((prefix, ",".join(sorted(kept - dropped)), ",".join(sorted(dropped))))
    write(out / "zones.tsv", ("prefix", "zones", "dropped"), rows)


CALLING_CODES = {str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE}
YEARS = range(2026, 2032)
CALENDARS = [
    "US", "CA", "GB", "ES", "FR", "DE", "IT", "PT", "NL", "BE", "IE", "AT", "CH", "PL", "SE", "DK", "NO", "FI", "GR", "CZ", "SK", "HU",
    "RO", "BG", "HR", "SI", "EE", "LV", "LT", "LU", "MT", "CY", "IS", "AU", "NZ", "IN", "SG", "MX", "BR", "JP", "ZA", "AE", "CO", "CL", "AR",
    "US-AL", "US-LA", "US-NE", "US-RI", "US-UT", "CA-BC", "GB-ENG", "GB-SCT", "GB-NIR", "GB-WLS",
]


def nth(year, month, weekday, n):
    day = datetime.date(year, month, 1)
    return day + datetime.timedelta((weekday - day.weekday()) % 7 + 7 * (n - 1))


def pennsylvania(year):
    """The list that the notices on 73 P.S. 2245(a)(10) give; Juneteenth and the day after Thanksgiving are not on it."""
    easter = holidays.country_holidays("DE", years=year)
    friday = next(day for day, name in easter.items() if "Good Friday" in name or "Karfreitag" in name)
    memorial = nth(year, 6, 0, 1) - datetime.timedelta(7)
    return [
        (datetime.date(year, 1, 1), "New Year's Day"), (nth(year, 1, 0, 3), "Martin Luther King Jr. Day"),
        (nth(year, 2, 0, 3), "Presidents' Day"), (friday, "Good Friday"), (memorial, "Memorial Day"),
        (datetime.date(year, 6, 14), "Flag Day"), (datetime.date(year, 7, 4), "Independence Day"), (nth(year, 9, 0, 1), "Labor Day"),
        (nth(year, 10, 0, 2), "Columbus Day"), (nth(year, 11, 0, 1) + datetime.timedelta(1), "Election Day"),
        (datetime.date(year, 11, 11), "Veterans Day"), (nth(year, 11, 3, 4), "Thanksgiving Day"), (datetime.date(year, 12, 25), "Christmas Day"),
    ]


def all_holidays(out):
    rows = []
    for calendar in CALENDARS:
        country, _, part = calendar.partition("-")
        for day, name in holidays.country_holidays(country, subdiv=part or None, years=YEARS, observed=True, language="en_US").items():
            if day.year in YEARS:
                rows.append((calendar, day.isoformat(), name))
    for year in YEARS:
        rows += [("US-PA", day.isoformat(), name) for day, name in pennsylvania(year)]
        rows += [("NL-CODE", f"{year}-05-04", "Remembrance Day (Code Telemarketing: until 18:30)"),
                 ("NL-CODE", f"{year}-12-05", "St Nicholas' Eve (Code Telemarketing: until 18:30)"),
                 ("NL-CODE", f"{year}-12-24", "Christmas Eve (Code Telemarketing: until 18:30)")]
    write(out / "holidays.tsv", ("calendar", "date", "name"), sorted(set(rows)))


def write(path, header, rows):
    lines = ["\t".join(row) for row in [header, *rows]]
    assert all("\n" not in line for line in lines)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(path.name, len(rows), "rows")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    nanp(folder)
    zones(folder)
    all_holidays(folder)
