#!/usr/bin/env python3
"""Writes the test data of phone numbers from libphonenumber's reference data.

    python3 generate_example_numbers.py PHONE_NUMBER_METADATA_XML SHORT_NUMBER_METADATA_XML OUTPUT_FOLDER

example_numbers.tsv    region, type, E.164, verdict for the example number of every type of every region
emergency_numbers.tsv  region, calling code, number for every emergency number of every region

The verdict is a country, or the reason of a refusal. It is computed from the XML alone: several regions share a calling
code, so the number belongs to the first of them, main region first, whose leading digits or patterns match.
Emergency numbers are found by trying every digit string of the possible lengths against the reference's own pattern.
Standard library only.
"""

import itertools
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

# The order in which the reference asks for the type of a number, under the names of this project.
TYPES = {
    "premiumRate": "premium_rate",
    "tollFree": "toll_free",
    "sharedCost": "shared_cost",
    "voip": "voip",
    "personalNumber": "personal_number",
    "pager": "pager",
    "uan": "uan",
    "voicemail": "voicemail",
    "fixedLine": "fixed_line",
    "mobile": "mobile",
}
# Ranges of satellite networks that the comments of the reference and ITU's lists name.
SATELLITE = ("870", "881", "88213", "88216", "88232", "88234", "88237", "88239", "88252", "1600", "61145", "61147", "90592")
# The international networks outside +870 and +881 that are no satellite network, and the services of no country.
WORLD = {"979": "premium_rate", "808": "shared_cost"}


def clean(text):
    return re.sub(r"\s", "", text or "")


def lengths(description):
    found = set()
    spec = description.find("possibleLengths").get("national")
    for first, last, single in re.findall(r"\[(\d+)-(\d+)\]|(\d+)", spec):
        found.update([int(single)] if single else range(int(first), int(last) + 1))
    return found


class Region:
    def __init__(self, territory):
        self.id = territory.get("id")
        self.code = territory.get("countryCode")
        self.main = territory.get("mainCountryForCode") == "true"
        self.leading = clean(territory.get("leadingDigits"))
        self.general = re.compile(clean(territory.findtext("generalDesc/nationalNumberPattern")))
        self.kinds, self.examples = {}, []
        for kind in TYPES:
            description = territory.find(kind)
            if description is not None and description.find("nationalNumberPattern") is not None:
                self.kinds[kind] = (lengths(description), re.compile(clean(description.findtext("nationalNumberPattern"))))
                self.examples.append((kind, clean(description.findtext("exampleNumber"))))

    def matches(self, kind, national):
        possible, expression = self.kinds.get(kind, (set(), None))
        return len(national) in possible and bool(expression.fullmatch(national))

    def kind(self, national):
        if not self.general.fullmatch(national):
            return None
        if self.matches("fixedLine", national) and self.matches("mobile", national):
            special = [kind for kind in list(TYPES)[:8] if self.matches(kind, national)]
            return TYPES[special[0]] if special else "fixed_line_or_mobile"
        return next((TYPES[kind] for kind in TYPES if self.matches(kind, national)), None)


def judge(sharing, code, national):
    """The type and the verdict of a number."""
    digits = code + national
    home = sharing[0]
    if len(sharing) > 1:
        home = next((each for each in sharing if (each.leading and re.match(each.leading, national)) or each.kind(national)), None)
    kind = home.kind(national) if home else None
    if digits.startswith(SATELLITE):
        return kind, "satellite"
    if home and home.id == "001":
        return kind, WORLD.get(code, "no_country")
    if len(digits) < 7:
        return kind, "short"
    if kind is None:
        return "none", "invalid"
    return kind, kind if kind in ("premium_rate", "shared_cost") else home.id


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    phone, short, folder = ElementTree.parse(sys.argv[1]), ElementTree.parse(sys.argv[2]), pathlib.Path(sys.argv[3])
    regions = [Region(territory) for territory in phone.getroot().iter("territory")]
    by_code = {}
    for region in sorted(regions, key=lambda each: not each.main):
        by_code.setdefault(region.code, []).append(region)

    rows = []
    for region in regions:
        for _, national in region.examples:
            kind, verdict = judge(by_code[region.code], region.code, national)
            rows.append(f"{region.id}\t{kind}\t+{region.code}{national}\t{verdict}\n")
    (folder / "example_numbers.tsv").write_text("".join(rows))

    codes = {region.id: region.code for region in regions}
    rows = []
    for territory in short.getroot().iter("territory"):
        found = set()
        # The crisis lines' patterns leave three digits open in many regions: up to four digits each is tried, of the others the example.
        for kind, longest in (("emergency", 6), ("expandedEmergency", 4)):
            description = territory.find(kind)
            if description is None:
                continue
            expression = re.compile(clean(description.findtext("nationalNumberPattern")))
            found.add(clean(description.findtext("exampleNumber")))
            for length in lengths(description):
                if length <= longest:
                    tried = map("".join, itertools.product("0123456789", repeat=length))
                    found.update(filter(expression.fullmatch, tried))
        rows += [f"{territory.get('id')}\t{codes[territory.get('id')]}\t{number}\n" for number in sorted(found)]
    (folder / "emergency_numbers.tsv").write_text("".join(rows))


if __name__ == "__main__":
    main()
