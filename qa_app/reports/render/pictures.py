"""A chart drawn: as SVG for pages and PDF, as PNG for Word. Nothing is fetched, nothing runs."""

import base64
import importlib
import json
import struct
from functools import lru_cache
from typing import Any, Final

from qa_app.reports.charts import VEGA_LITE
from qa_app.reports.document import Chart

_DRAWINGS: Final = 64
"""Kept by each process, some 50 kB each: everybody who reads a report sees the same few."""

SCALE: Final = 2
"""Pixels of a PNG for each of the drawing's own, so that it is sharp on paper."""


def svg_of(chart: Chart) -> str:
    """The chart as SVG, without its description: that is the alternative text beside it."""
    return _svg(json.dumps(dict(chart.spec)))


@lru_cache(_DRAWINGS)
def _svg(spec: str) -> str:
    library: Any = importlib.import_module("vl_convert")
    return str(library.vegalite_to_svg(spec, vl_version=VEGA_LITE))


def png_of(chart: Chart) -> bytes:
    """The chart as PNG, twice as large as it is drawn."""
    library: Any = importlib.import_module("vl_convert")
    return bytes(library.vegalite_to_png(dict(chart.spec), vl_version=VEGA_LITE, scale=SCALE))


def width_of(png: bytes) -> int:
    """How wide a PNG is, in pixels of the drawing: read from its head."""
    (width,) = struct.unpack(">I", png[16:20])
    return int(width) // SCALE


def picture_uri(chart: Chart) -> str:
    """The chart as an address that holds its whole SVG, for an image of a page or a document."""
    encoded = base64.b64encode(svg_of(chart).encode("utf-8")).decode("ascii")
    return f"data:image/svg+xml;base64,{encoded}"
