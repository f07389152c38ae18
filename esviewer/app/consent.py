"""Which foreign reducers may run: consent is given to a file with all the code it names, and bound to its hash."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from esviewer.assets import config_dir
from esviewer.errors import ConsentNeededError, RulesError, StoreError
from esviewer.model.instant import now
from esviewer.replay.foreign.spec import ForeignSpec, load_spec


@dataclass(frozen=True, slots=True)
class ForeignDescription:
    """What would run: `command` in full as one would type it, `files` all code files that `digest` covers."""

    name: str
    command: str
    files: tuple[Path, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent: what was agreed to, and when (ISO 8601)."""

    digest: str
    name: str
    command: str
    given: str


class Consents:
    """The file of consents in the configuration folder; a damaged one counts as none given."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_dir() / "consents.json"

    def all(self) -> list[Consent]:
        """Every consent given, the oldest first."""
        try:
            entries = json.loads(self.file.read_bytes())["consents"]
            return [Consent(**{key: str(entry[key]) for key in Consent.__slots__}) for entry in entries]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return []

    def is_trusted(self, digest: str) -> bool:
        """Whether code with this digest may run."""
        return any(consent.digest == digest for consent in self.all())

    def trust(self, digest: str, name: str, command: str) -> None:
        """Let code with this digest run from now on; raises StoreError when that can't be saved."""
        others = [consent for consent in self.all() if consent.digest != digest]
        self._save([*others, Consent(digest, name, command, now().isoformat())])

    def revoke(self, digest: str) -> bool:
        """Take a consent back; False when there was none. Raises StoreError when that can't be saved."""
        kept = self.all()
        others = [consent for consent in kept if consent.digest != digest]
        if len(others) == len(kept):
            return False
        self._save(others)
        return True

    def _save(self, consents: list[Consent]) -> None:
        """Write the file in one step, so that a crash leaves the old or the new one."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=".consents")
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump({"consents": [asdict(consent) for consent in consents]}, out, ensure_ascii=False, indent=1)
            Path(name).replace(self.file)
        except OSError as error:
            raise StoreError(
                f"The consent can't be saved: {error.strerror}.", f"Look at the folder {self.file.parent}."
            ) from None


def describe(file: Path) -> ForeignDescription:
    """What a foreign reducer's file would run, without running it; raises RulesError."""
    return _description(load_spec(file))


def trust(file: Path) -> ForeignDescription:
    """Let what a foreign reducer's file names, as it is now, run from now on; raises RulesError and StoreError."""
    found = describe(file)
    Consents().trust(found.digest, found.name, found.command)
    return found


def permit(spec: ForeignSpec) -> None:
    """Return when the code that `spec` was read of is still the same and trusted; read and hashed anew for that.

    Raises ConsentNeededError when nobody has agreed to it, RulesError when it has changed since.
    """
    found = load_spec(spec.file)
    if found.digest != spec.digest:
        raise RulesError(
            f"The code of the reducer {spec.name} has changed since it was loaded.", "Open the aggregate anew."
        )
    if not Consents().is_trusted(found.digest):
        raise ConsentNeededError(found.name, found.shown, found.digest, str(found.file))


def _description(spec: ForeignSpec) -> ForeignDescription:
    return ForeignDescription(spec.name, spec.shown, spec.code, spec.digest)
