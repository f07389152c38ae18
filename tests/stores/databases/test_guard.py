"""Only statements that read get through."""

import pytest

from esviewer.stores.databases.guard import only_reads


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "  with recursive x as (select 1) select * from x",
        "BEGIN",
        "ROLLBACK",
        "SHOW server_version",
        "SELECT 'INSERT; DELETE' FROM \"update\"",
        'PRAGMA main.table_info("events")',
        'PRAGMA index_list("it""s; here")',
        "PRAGMA encoding",
    ],
)
def test_reading(statement: str) -> None:
    assert only_reads(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (1)",
        "DELETE FROM t",
        "SELECT 1; DROP TABLE t",
        "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
        "SELECT * INTO t2 FROM t",
        "PRAGMA query_only=OFF",
        "PRAGMA journal_mode=delete",
        "PRAGMA writable_schema=1",
        "ATTACH 'x' AS y",
        "VACUUM",
        "SET default_transaction_read_only = off",
        "COMMIT",
        "EXPLAIN ANALYZE DELETE FROM t",
        "COPY t TO PROGRAM 'id'",
        "CALL f()",
        "DO $$ BEGIN END $$",
        "",
    ],
)
def test_writing(statement: str) -> None:
    assert not only_reads(statement)
