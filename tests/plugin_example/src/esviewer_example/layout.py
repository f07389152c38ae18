"""How the tables of a ledger that keeps its payloads backwards are arranged."""

LEDGER = """
name = "ledger"
title = "Ledger"
description = "Entries of accounts, each payload written backwards"

[events]
tables = ["entry"]
required = ["entry_id", "account", "number", "what", "written", "content"]

[events.parts]
position = { column = "entry_id" }
aggregate_id = { column = "account" }
version = { column = "number" }
type = { column = "what" }
timestamp = { column = "written" }

[events.data]
column = "content"
codec = ["reversed", "json"]
"""


class Ledger:
    esviewer_plugin = 1

    def toml(self) -> str:
        return LEDGER
