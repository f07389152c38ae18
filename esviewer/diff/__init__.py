"""Comparing two values: changes, JSON Patch and text."""
