"""A draw as plain data, for storing it, printing it and comparing it with another."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from qa_app.domain.sampling.drawing import DrawResult
from qa_app.domain.sampling.frames import DrawFacts


def result_json(result: DrawResult) -> dict[str, Any]:
    """strata, drawn, reserves and exclusions as lists and references, in order."""
    return {
        "strata": [
            {
                "stratum": each.name,
                "in_frame": each.in_frame,
                "may_be_drawn": each.may_be_drawn,
                "wanted": each.wanted,
                "drawn": each.drawn,
                "reserves": each.reserves,
                "short": each.short,
            }
            for each in result.strata
        ],
        "drawn": [case.reference for case in result.drawn],
        "reserves": {
            name: [case.reference for case in cases] for name, cases in result.reserves.items()
        },
        "exclusions": [
            {
                "reason": each.because.value,
                "rule": each.because.rule,
                "count": len(each.cases),
                "cases": list(each.cases),
            }
            for each in result.exclusions
        ],
    }


def seal_of(frame_hash: str, rules: Mapping[str, Any], facts: DrawFacts, result: DrawResult) -> str:
    """SHA-256 (64 hexadecimal digits) of all that went into a draw and came out of it."""
    whole = [frame_hash, rules, facts.to_json(), result_json(result)]
    text = json.dumps(whole, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
