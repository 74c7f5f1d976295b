"""Server-sent events, however their bytes are cut."""

from __future__ import annotations

import unittest

from switchboard_client.stream import Message, messages

TEXT = (
    'retry: 2345\n\n: a comment\n\nid: a\ndata: {"é": 1}\n\n'
    "event: lagging\r\ndata: {}\r\n\r\nid: b\rdata:x\rdata:  y\r\rid: not whole\ndata: z\n"
)
EXPECTED = [
    Message(retry=2345),
    Message(id="a", data='{"é": 1}'),
    Message(event="lagging", data="{}"),
    Message(id="b", data="x\n y"),
]


class Parsing(unittest.TestCase):
    def test_however_it_is_cut(self) -> None:
        raw = TEXT.encode()
        for size in range(1, len(raw) + 1):
            chunks = [raw[at : at + size] for at in range(0, len(raw), size)]
            self.assertEqual(list(messages(chunks)), EXPECTED, f"in pieces of {size} bytes")


if __name__ == "__main__":
    unittest.main()
