"""An audit tool as one readable file (YAML): read, with the line of each fault, and written."""

from qa_app.standards.toolfile.reading import LineFault, Reading, read_tool
from qa_app.standards.toolfile.writing import write_tool

__all__ = ["LineFault", "Reading", "read_tool", "write_tool"]
