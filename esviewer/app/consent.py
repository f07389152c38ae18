"""Which foreign reducers may run: consent is given to a file with all the code it names, and bound to its hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from esviewer.app.files import write_whole
from esviewer.app.locking import alone
from esviewer.assets import config_dir
from esviewer.errors import ConsentNeededError, RulesError, StoreError
from esviewer.model.instant import now
from esviewer.replay.foreign.spec import ForeignSpec, load_spec

_NAMED = 5
"""Files that a sentence names at most."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What has become of a reducer's code since somebody agreed to it."""

    given: str
    """When that was, in ISO 8601."""
    places: tuple[str, ...]
    """The files that are not as they were, by place relative to the reducer's own."""
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """When it was agreed to, to the minute, in UTC."""
        return f"{self.given[:16].replace('T', ' ')} UTC"

    def sentence(self) -> str:
        """It in words: `trusted on 2026-11-29 19:05 UTC (changed: cart.py; new: prices.py)`."""
        named = (("changed", self.places), ("new", self.new), ("gone", self.gone))
        told = "; ".join(f"{word}: {_listed(places)}" for word, places in named if places)
        return f"trusted on {self.when}" + (f" ({told})" if told else "")


def _listed(places: tuple[str, ...]) -> str:
    more = f" and {len(places) - _NAMED:,} more" if len(places) > _NAMED else ""
    return ", ".join(places[:_NAMED]) + more


@dataclass(frozen=True, slots=True)
class ForeignDescription:
    """What would run: `command` in full as one would type it, `files` all code files that `digest` covers."""

    name: str
    command: str
    files: tuple[Path, ...]
    digest: str
    file: Path
    """The reducer's own file."""
    parts: Mapping[str, str] = field(repr=False)
    """It and all code, by place relative to its folder, each with its SHA-256."""
    changed: Changed | None = None
    """What has changed since it was trusted; None where it never was, or is as it is now."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent: what was agreed to, and when (ISO 8601)."""

    digest: str
    name: str
    command: str
    given: str
    file: str = ""
    """The reducer's own file; "" in consents that know only a digest."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """What was agreed to, file by file, as `ForeignDescription.parts`."""


class Consents:
    """The file of consents in the configuration folder; a damaged one counts as none given."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_dir() / "consents.json"

    def all(self) -> list[Consent]:
        """Every consent given, the oldest first."""
        try:
            entries = json.loads(self.file.read_bytes())["consents"]
            return [_consent(entry) for entry in entries]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return []

    def changed(self, file: Path, parts: Mapping[str, str]) -> Changed | None:
        """How code differs from what was agreed to last for the same file; None where nothing was."""
        former = next((each for each in reversed(self.all()) if each.file == str(file)), None)
        if former is None:
            return None
        return Changed(
            former.given,
            tuple(place for place, digest in parts.items() if former.parts.get(place, digest) != digest),
            tuple(place for place in parts if place not in former.parts) if former.parts else (),
            tuple(place for place in former.parts if place not in parts),
        )

    def is_trusted(self, digest: str) -> bool:
        """Whether code with this digest may run."""
        return any(consent.digest == digest for consent in self.all())

    @alone
    def trust(
        self, digest: str, name: str, command: str, *, file: Path | None = None, parts: Mapping[str, str] | None = None
    ) -> None:
        """Let code with this digest run from now on; raises StoreError when that can't be saved.

        `file` and `parts` are what a later change is told by.
        """
        others = [consent for consent in self.all() if consent.digest != digest]
        place = "" if file is None else str(file)
        # What was agreed to before of the same file still holds, but only the newest tells what has changed.
        others = [replace(each, parts={}) if place and each.file == place else each for each in others]
        self._save([*others, Consent(digest, name, command, now().isoformat(), place, dict(parts or {}))])

    def agree(self, found: ForeignDescription) -> None:
        """Let what was described run from now on; raises StoreError when that can't be saved."""
        self.trust(found.digest, found.name, found.command, file=found.file, parts=found.parts)

    @alone
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
            kept = {"consents": [asdict(consent) for consent in consents]}
            write_whole(self.file, json.dumps(kept, indent=1).encode(), private=True)
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
    Consents().agree(found)
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
    consents = Consents()
    if not consents.is_trusted(found.digest):
        changed = consents.changed(found.file, found.parts)
        told = "" if changed is None else changed.sentence()
        raise ConsentNeededError(found.name, found.shown, found.digest, str(found.file), told)


def _description(spec: ForeignSpec) -> ForeignDescription:
    consents = Consents()
    changed = None if consents.is_trusted(spec.digest) else consents.changed(spec.file, spec.parts)
    return ForeignDescription(spec.name, spec.shown, spec.code, spec.digest, spec.file, spec.parts, changed)


def _consent(entry: Any) -> Consent:
    texts = {key: str(entry[key]) for key in ("digest", "name", "command", "given")}
    parts = {str(place): str(digest) for place, digest in entry.get("parts", {}).items()}
    return Consent(**texts, file=str(entry.get("file", "")), parts=parts)
