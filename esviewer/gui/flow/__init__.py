"""The process map: what follows what."""
