"""A document drawn as a page, a PDF, a Word file, a workbook, CSV or JSON.

The same document and figures give the same bytes on every day, so that what was published can be
hashed: times inside a file are those of its data, never the clock's. The libraries that draw are
loaded with the first file, since they take a second to start (ADR 6).
"""

from qa_app.reports.render.files import LAYOUTS, RENDERERS, Layout, Renderer, write
from qa_app.reports.render.pictures import picture_uri

__all__ = ["LAYOUTS", "RENDERERS", "Layout", "Renderer", "picture_uri", "write"]
