"""The product in processes of its own on loopback, and a client that asks it over a socket."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple, Self

from tests.client import CheckedClient

PATIENCE = 120.0  # seconds until a process must have answered
APP = "qa_app:create_app()"
_COOKIE = re.compile(r"set-cookie: ([^=]+=[^;]+)", re.IGNORECASE)


class Answer(NamedTuple):
    """What came back; `body` is as it was sent."""

    status: int
    head: str
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(port: int, request: bytes) -> Answer:
    """Send one request on a connection of its own. Raises OSError where no whole answer comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    head, separator, body = b"".join(parts).partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    length = re.search(r"content-length: (\d+)", text, re.IGNORECASE)
    if not separator or (length is not None and len(body) != int(length[1])):
        raise ConnectionError("the answer was cut off")
    return Answer(int(text.split(" ", 2)[1]), text, body)


def get(path: str, cookie: str = "") -> bytes:
    """A GET, ready to be sent."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


def post(path: str, content: object, *, cookie: str = "", token: str = "") -> bytes:
    """A POST of JSON as the page's script sends it, ready to be sent."""
    body = json.dumps(content, ensure_ascii=False).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-CSRFToken: {token}\r\nCookie: {cookie}\r\n\r\n"
    )
    return head.encode() + body


class Page(NamedTuple):
    """What a browser holds of a page: its cookie and its CSRF token."""

    cookie: str
    token: str


def open_page(port: int, path: str, cookie: str) -> Page:
    """Fetch a page; the cookie that it sets takes the place of the one sent."""
    answer = ask(port, get(path, cookie))
    assert answer.status == 200, f"{path} answered {answer.status}"
    found = _COOKIE.search(answer.head)
    return Page(found[1] if found else cookie, CheckedClient.token_in(answer.body.decode()))


class Served:
    """Gunicorn with its workers, in a process group of its own so that one kill takes all.

    The listening socket is ours: who connects before a worker is there, or between two starts,
    waits in its queue, and nobody has to ask again and again.
    """

    def __init__(
        self, database: str, *, folder: Path, secret: str, target: str = APP, workers: int = 2
    ) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self.socket.getsockname()[1])
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "SECRET_KEY": secret,
            "QA_HTTP_ON_LOOPBACK": "1",
            "QA_UPLOADS": str(folder),
        }
        self.command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{self.socket.fileno()}"]
        self.command += ["--workers", str(workers), "--worker-class", "sync", "--timeout", "120"]
        self.command += ["--log-level", "error", target]
        self.log = folder / f"served-{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns once a worker answered."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stderr=log,
                pass_fds=[self.socket.fileno()],
                start_new_session=True,
            )
        try:
            answered = ask(self.port, get("/healthz")).status == 200
        except OSError:
            answered = False
        if not answered:
            self.end(signal.SIGKILL)
            raise AssertionError(f"no answer; its log: {self.log.read_text('utf-8')[-2000:]}")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal to the master and its workers alike, and wait for the master's end."""
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait()
            self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()
        self.socket.close()
