"""Quick open: one field over a list of everything that can be gone to."""
