"""Projections: tables made by replaying many aggregates, in one pass over a store."""
