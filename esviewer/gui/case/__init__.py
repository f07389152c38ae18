"""The case room: what was pinned, looked at again and checked against the store."""
