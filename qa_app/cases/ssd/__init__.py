"""The case system's extract in the Standard Safeguarding Dataset: read, checked and loaded."""
