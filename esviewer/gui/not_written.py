"""What is said when a file can't be written."""

from __future__ import annotations

from esviewer.errors import EsviewerError, elsewhere
from esviewer.gui.language import translate
from esviewer.gui.localised import localised


def not_written(name: str, error: OSError) -> EsviewerError:
    """What to raise."""
    return EsviewerError(
        translate("Files", "{0} can't be written: {1}.").format(name, error.strerror),
        localised(elsewhere(error)),
    )
