"""Where somebody may be sent after signing in."""

import re
from urllib.parse import urlsplit

HOME = "/"
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


def safe_next(wanted: str | None) -> str:
    """The path to go to: `wanted` where it is a path of this site, else the home page (AU-10).

    Browsers read a backslash as a slash and leave out tabs and line breaks, so that neither may be
    in it; "//host" and "/\\host" name another site.
    """
    if not wanted or _UNSAFE.search(wanted) or not wanted.startswith("/"):
        return HOME
    if wanted.startswith("//"):
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else wanted
