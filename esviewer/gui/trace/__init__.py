"""Cause and effect: the events that belong together, as a tree and as lanes."""
