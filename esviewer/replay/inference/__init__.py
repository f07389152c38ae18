"""Searching for the rules that reproduce stored snapshots."""
