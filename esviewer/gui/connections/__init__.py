"""Saved connections: the list, the form of one, its test, and asking for a password."""
