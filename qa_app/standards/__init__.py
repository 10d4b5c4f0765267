"""Audit tools and their versions, and the themes that findings are filed under."""
