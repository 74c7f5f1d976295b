#!/usr/bin/env python3
"""Writes src/phone/short_data.rs from libphonenumber's ShortNumberMetadata.xml.

    python3 generate_short_numbers.py SHORT_NUMBER_METADATA_XML RELEASE > ../src/phone/short_data.rs

RELEASE is the release of the reference data, for example 9.0.35 (first line of its release_notes.txt).
Standard library only. The patterns of the reference are finite: each becomes a list of digit strings, in which
a dot stands for any digit and, in the lengths of short codes, a bracket for a class of digits.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

HEADER = """//! Emergency numbers and short codes of each region, as numbers that no provider may be asked to call.
//!
//! Generated from `resources/ShortNumberMetadata.xml` of libphonenumber {release}
//! (<https://github.com/google/libphonenumber>, Apache-2.0): do not edit. To make it again:
//! `python3 data/generate_short_numbers.py ShortNumberMetadata.xml {release} > src/phone/short_data.rs`

/// What one region dials short. In the lists, separated by spaces, `.` is any digit and `[..]` a class of digits.
pub(super) struct ShortNumbers {{
    /// ISO 3166-1 alpha-2, or libphonenumber's own region.
    pub(super) region: &'static str,
    /// Fire, police, ambulance, and the crisis lines that the reference counts as emergency numbers.
    pub(super) emergency: &'static str,
    /// The shapes of all short codes there, whatever they cost.
    pub(super) short: &'static str,
}}

const fn row(region: &'static str, emergency: &'static str, short: &'static str) -> ShortNumbers {{
    ShortNumbers {{ region, emergency, short }}
}}

/// The longest short code in the table, in digits.
pub(super) const LONGEST: usize = {longest};

/// The longest emergency number in the table, in digits.
pub(super) const LONGEST_EMERGENCY: usize = {longest_emergency};

/// Sorted by region.
#[rustfmt::skip]
pub(super) static REGIONS: &[ShortNumbers] = &["""


class Pattern:
    """A recursive descent over the few constructs that the reference uses: | (?:) [] \\d ? {n} {m,n}."""

    def __init__(self, text, keep_classes):
        self.text, self.at, self.keep_classes = text, 0, keep_classes

    def expand(self):
        found = self.alternatives()
        if self.at != len(self.text):
            raise ValueError(f"cannot read {self.text!r} from {self.at}")
        return sorted(set(found))

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def alternatives(self):
        found = self.sequence()
        while self.peek() == "|":
            self.at += 1
            found = found + self.sequence()
        return found

    def sequence(self):
        found = [""]
        while self.peek() not in ("", "|", ")"):
            atom = self.atom()
            low, high = self.times()
            repeated = []
            for count in range(low, high + 1):
                run = [""]
                for _ in range(count):
                    run = [left + right for left in run for right in atom]
                repeated += run
            found = [left + right for left in found for right in repeated]
        return found

    def atom(self):
        if self.text.startswith("(?:", self.at):
            self.at += 3
            found = self.alternatives()
            if self.peek() != ")":
                raise ValueError(f"no closing bracket in {self.text!r}")
            self.at += 1
            return found
        if self.text.startswith("\\d", self.at):
            self.at += 2
            return ["."]
        if self.peek() == "[":
            end = self.text.index("]", self.at)
            body, self.at = self.text[self.at + 1 : end], end + 1
            digits = "".join(
                "".join(str(digit) for digit in range(int(first), int(last or first) + 1))
                for first, last in re.findall(r"(\d)(?:-(\d))?", body)
            )
            return [f"[{digits}]"] if self.keep_classes else list(digits)
        if not self.peek().isdigit():
            raise ValueError(f"cannot read {self.text!r} at {self.at}")
        self.at += 1
        return [self.text[self.at - 1]]

    def times(self):
        if self.peek() == "?":
            self.at += 1
            return 0, 1
        found = re.compile(r"\{(\d+)(?:,(\d+))?\}").match(self.text, self.at)
        if not found:
            return 1, 1
        self.at = found.end()
        return int(found[1]), int(found[2] or found[1])


def pattern(territory, kind):
    text = territory.findtext(f"{kind}/nationalNumberPattern")
    return re.sub(r"\s", "", text) if text else None


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    territories = ElementTree.parse(sys.argv[1]).getroot().iter("territory")
    rows, longest = [], 0
    for territory in sorted(territories, key=lambda each: each.get("id")):
        emergency = set()
        for kind in ("emergency", "expandedEmergency"):
            text = pattern(territory, kind)
            emergency.update(Pattern(text, keep_classes=False).expand() if text else [])
        short = Pattern(pattern(territory, "generalDesc"), keep_classes=True).expand()
        longest = max([longest] + [len(re.sub(r"\[\d+\]", ".", each)) for each in short])
        rows.append((territory.get("id"), sorted(emergency, key=lambda each: (len(each), each)), short))
    longest_emergency = max(len(number) for _, emergency, _ in rows for number in emergency)
    print(HEADER.format(release=sys.argv[2], longest=longest, longest_emergency=longest_emergency))
    for region, emergency, short in rows:
        print(f'    row("{region}", "{" ".join(emergency)}", "{" ".join(short)}"),')
    print("];")


if __name__ == "__main__":
    main()
