"""Tests of what every page and every route has in common."""
