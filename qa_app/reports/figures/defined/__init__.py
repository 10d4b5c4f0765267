"""The rows of the catalogue of measures, a module a subject; each adds its own here."""
