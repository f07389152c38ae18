"""Reducers, expressions and the history that replaying events with them makes; knows no store."""
