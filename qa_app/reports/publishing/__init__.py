"""From draft to published: data-quality checks, locking, errata, who may (R3, R7, R8)."""
