"""What databases say of a disk that is full or fails, as the system's own error."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

_OF_DISKS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES)
_BY_SQLITE: Final = {"database or disk is full": errno.ENOSPC, "disk I/O error": errno.EIO}


def of_the_disk(error: Exception) -> OSError | None:
    """The system's error of which a database tells in its own; None where it tells of none."""
    said = {**{os.strerror(code): code for code in _OF_DISKS}, **_BY_SQLITE}
    found = next((code for sentence, code in said.items() if sentence in str(error)), None)
    return None if found is None else OSError(found, os.strerror(found))


@contextmanager
def system_errors() -> Iterator[None]:
    """Raise OSError where DuckDB could not write because of the disk."""
    try:
        yield
    except duckdb.Error as error:
        found = of_the_disk(error)
        if found is None:
            raise
        raise found from error
