"""Layouts: read from files, recognised in a database, guessed for one that none fits."""
