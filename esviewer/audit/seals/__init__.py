"""Seals: the digest of a whole store at one moment, and what finds the place of a later change."""
