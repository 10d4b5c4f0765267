"""Benchmarks: times as ratios within one run, never asserted (docs: bench/RESULTS.md)."""
