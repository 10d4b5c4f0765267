"""How often what goes by chance is tried: the full counts of reliability.md, or a part of them."""

import os

IN_FULL = os.environ.get("QA_RESILIENCE") == "1"


def count(full: int) -> int:
    """`full` with QA_RESILIENCE=1 in the environment, otherwise a twentieth, at least 1."""
    return full if IN_FULL else max(1, full // 20)
