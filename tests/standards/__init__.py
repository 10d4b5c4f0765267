"""Practice standards and audit tools."""
