"""Reducers that are the user's own code: a process of its own, spoken to in JSON lines (resources/reducers/foreign)."""
