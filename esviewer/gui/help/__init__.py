"""The manual in a window."""
