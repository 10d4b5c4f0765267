"""The figures: counted in SQL from stored rows, shown as a page, a text, a chart and downloads."""
