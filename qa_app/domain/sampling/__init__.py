"""Sampling: the frame and the seeded draw (S1 to S5). Standard library only, and no clock."""

from qa_app.domain.sampling.drawing import (
    ALGORITHM,
    DrawResult,
    DrawRules,
    Exclusion,
    Stratum,
    draw,
    rank,
    share_out,
)
from qa_app.domain.sampling.frames import NO_STRATUM, DrawFacts, FrameCase, frame_hash
from qa_app.domain.sampling.reasons import (
    ExcludedBecause,
    NothingToDraw,
    NumberRefused,
    ReplacedBecause,
    StratumBy,
    StratumUnknown,
)
from qa_app.domain.sampling.telling import result_json, seal_of

__all__ = [
    "ALGORITHM",
    "NO_STRATUM",
    "DrawFacts",
    "DrawResult",
    "DrawRules",
    "ExcludedBecause",
    "Exclusion",
    "FrameCase",
    "NothingToDraw",
    "NumberRefused",
    "ReplacedBecause",
    "Stratum",
    "StratumBy",
    "StratumUnknown",
    "draw",
    "frame_hash",
    "rank",
    "result_json",
    "seal_of",
    "share_out",
]
