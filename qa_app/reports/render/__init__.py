"""A document drawn as a page, a PDF, a Word file, a workbook, CSV or JSON."""
