"""Install the Debian packages that the tests use, and say plainly what is missing where it cannot.

Run by `make packages` with the system's Python: standard library only.
"""

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

# package → (how to tell that it is there, which tests need it)
NEEDED = {
    "postgresql": (
        lambda: bool(
            shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        ),
        "every test of the PostgreSQL run",
    ),
    "chromium": (
        lambda: bool(shutil.which("chromium") or shutil.which("chromium-browser")),
        "every test marked “browser” (tests/browser)",
    ),
    "libpangoft2-1.0-0": (
        lambda: bool(find_library("pangoft2-1.0")),
        "tests that render a document to PDF",
    ),
    "libharfbuzz-subset0": (
        lambda: bool(find_library("harfbuzz-subset")),
        "tests that render a document to PDF",
    ),
    "poppler-utils": (
        lambda: bool(shutil.which("pdftotext")),
        "tests that read a document rendered to PDF",
    ),
    "fonts-liberation2": (
        lambda: bool(list(Path("/usr/share/fonts").rglob("LiberationSans-Regular.ttf"))),
        "the look of charts and screenshots in tests/browser",
    ),
}


def missing() -> list[str]:
    """The packages that are not there."""
    return [name for name, (there, _) in NEEDED.items() if not there()]


def install(names: list[str]) -> None:
    """Try to install; a failure is reported by what is missing afterwards."""
    apt = shutil.which("apt-get")
    prefix = [] if os.geteuid() == 0 else [shutil.which("sudo") or "", "-n"]
    if apt is None or (prefix and not prefix[0]):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    subprocess.run([*prefix, apt, "update", "-qq"], **quiet)
    options = ["-y", "-qq", "--no-install-recommends"]
    subprocess.run([*prefix, apt, "install", *options, *names], **quiet)


def main() -> int:
    """Install what is missing; always 0, because the tests that can run should run."""
    lacking = missing()
    if lacking:
        print(f"Installing {', '.join(lacking)} …", flush=True)
        install(lacking)
    for name in missing():
        print(f"Debian's package “{name}” is missing and could not be installed.")
        print(f"  Left out, and named as skipped by pytest: {NEEDED[name][1]}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
