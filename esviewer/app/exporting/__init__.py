"""Writing events to files, in forms that other programs and esviewer itself can read."""
