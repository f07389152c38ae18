"""Arguments in, text or JSON out; no logic."""
