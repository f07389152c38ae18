"""The audit of an open store: what runs, what it finds, and what is to be done about it."""
