"""A proxy that breaks connections, for tests."""

from __future__ import annotations

import http.client
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Faulty:
    """Passes requests on to a server, and does one thing of ``plan`` to each of the first ones.

    ``garble``: the answer has another body. ``lose``: the server answers, and the answer is lost. ``cut``: the answer ends in its
    middle. ``503`` and other numbers: this answer instead of the server's. ``hang``: nothing is answered until the proxy is
    closed. ``one``: of a stream, the first event only. ``pass``: nothing.
    """

    def __init__(self, url: str, *plan: str) -> None:
        self.requests: list[tuple[str, str, str | None]] = []
        faulty, target, left, gate = self, urlsplit(url), deque(plan), threading.Event()
        self._gate = gate

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                faulty.requests.append((self.command, self.path, self.headers.get("Idempotency-Key")))
                what = left.popleft() if left else "pass"
                if what == "hang":
                    gate.wait()
                    self.close_connection = True
                    return
                if what.isdigit():
                    self.send_response(int(what))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                upstream = http.client.HTTPConnection(target.netloc)
                try:
                    self.pass_on(upstream, body, what)
                finally:
                    upstream.close()

            def pass_on(self, upstream: http.client.HTTPConnection, body: bytes, what: str) -> None:
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                upstream.request(self.command, self.path, body, headers)
                answer = upstream.getresponse()
                self.close_connection = True
                if what == "lose":
                    answer.read()
                    return
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                        self.send_header(name, value)
                if "event-stream" in (answer.getheader("Content-Type") or ""):
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    self.pass_stream(answer, only_one=what == "one")
                    return
                whole = b"<p>Welcome</p>" if what == "garble" else answer.read()
                self.send_header("Content-Length", str(len(whole)))
                self.end_headers()
                self.wfile.write(whole[: len(whole) // 2] if what == "cut" else whole)

            def pass_stream(self, answer: http.client.HTTPResponse, *, only_one: bool) -> None:
                while line := answer.readline():
                    try:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                        self.wfile.flush()
                    except OSError:
                        return
                    if only_one and line.startswith(b"data:"):
                        # In the middle of the chunk after the event, so that its end is not an orderly one.
                        self.wfile.write(b"1\r\n\n\r\nff\r\nid: half")
                        return

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Faulty:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def close(self) -> None:
        self._gate.set()
        self._server.shutdown()
        self._server.server_close()
