"""A copy of a result by a process that has seen nothing else, so that nothing of another one's memory is in it.

DuckDB writes whole blocks, and the room in them that no value fills may hold what lay in that memory before: where a
result is masked, pieces of values before they were masked. (Seen with DuckDB 2.0: three letters of a masked value in
one file out of a hundred.)
"""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

import duckdb

from esviewer.projections.building import connected


def copy(result: str, made: str, scratch: str, answer: Connection) -> None:
    """Copy a result's DuckDB file, in a fresh process; what went wrong is sent as text, "" where nothing did."""
    try:
        connection = connected(":memory:", Path(scratch))
        try:
            for file, name, how in ((result, "given", " (READ_ONLY)"), (made, "made", "")):
                place = file.replace("'", "''")
                connection.execute(f"ATTACH '{place}' AS {name}{how}")
            connection.execute("COPY FROM DATABASE given TO made")
            connection.execute("DETACH made")
        finally:
            connection.close()
        answer.send("")
    except duckdb.Error as error:
        answer.send(str(error).splitlines()[0])
    finally:
        answer.close()
