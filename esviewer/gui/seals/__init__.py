"""Seals in the window: a store is sealed, or held against a seal, a proof or a report."""
