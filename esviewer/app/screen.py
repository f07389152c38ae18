"""What a window shows of a store: masked until somebody decides otherwise, which is logged."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import Final

from esviewer.app import activity
from esviewer.app.masking import USUAL_RULES, InForce, in_force
from esviewer.errors import RulesError
from esviewer.model.change import Change, Path, pointer
from esviewer.model.event import Event
from esviewer.model.masking import USUAL, Masker, Masking
from esviewer.model.rebuilt import Rebuilt
from esviewer.model.values import MISSING, Value

HEAD: Final = 32_000
"""Of longer texts only so many characters are looked through for what shows of them."""
_ENOUGH = 10_000
_LOOKED_AT = 2_000
_RUN = re.compile(r"[\w\-.]{1000}\Z")
_NAME = re.compile(r"[^\W\d]\w*")
_MASKED: Final = "‹masked "


class _Marking(Masker):
    """Leaves what is behind some marks as it is, wherever it stands."""

    def __init__(self, masking: Masking, salt: bytes) -> None:
        super().__init__(masking, salt)
        self._revealed: frozenset[str] = frozenset()

    @property
    def revealed(self) -> frozenset[str]:
        """The marks of what is left as it is."""
        return self._revealed

    @revealed.setter
    def revealed(self, marks: frozenset[str]) -> None:
        self._revealed = marks
        self._kept.clear()

    def cover(self, text: str) -> str:
        found = self.mark(text)
        return text if found in self._revealed else found

    def _masked(self, value: Value, rule: str) -> Value:
        if self._revealed and self.mark(value) in self._revealed:
            return value
        return super()._masked(value, rule)


def rules_for(store: str) -> tuple[InForce, str]:
    """The rules in force for a store (its file or URL), and in a sentence what is wrong with its own rules; then the
    usual ones count, and never none."""
    try:
        return in_force(store), ""
    except RulesError as error:
        return InForce(USUAL, USUAL_RULES), f"{error} Until then {USUAL_RULES} are in force."


class Screen:
    """What shows of values, paths and texts; equal values have equal marks for as long as it lives.

    It is used by one thread at a time; `beside` gives another thread the same.
    """

    def __init__(
        self, rules: InForce, problem: str = "", store: str | None = None, *, salt: bytes | None = None
    ) -> None:
        """`store` is the store's label for the log; `problem` says why its own rules don't count."""
        self.rules = rules
        self.problem = problem
        self.salt = secrets.token_bytes(32) if salt is None else salt
        """Never to be shown or written."""
        self.masker: Masker = _Marking(rules.masking, self.salt)
        self.revealed = False
        """Whether everything is shown."""
        self._paths: dict[str | None, set[Path]] = {}
        """What was revealed of each aggregate."""
        self._ids: set[str] = set()
        """Ids that were revealed."""
        self._long: dict[str, str] = {}
        self.epoch = 0
        """Another number whenever other things are shown than before; what was made of values is stale then."""
        self._store = store

    @property
    def masks(self) -> bool:
        """Whether anything may be masked now."""
        return not self.revealed and self.rules.masks

    @property
    def revealed_places(self) -> int:
        """How many values and ids were revealed by themselves."""
        return sum(map(len, self._paths.values())) + len(self._ids) + len(self._marks)

    @property
    def reveals(self) -> bool:
        """Whether anything is shown that the rules mask."""
        return self.rules.masks and (self.revealed or bool(self._paths) or bool(self._ids) or bool(self._marks))

    def beside(self) -> Screen:
        """The same for another thread, as it is now; nothing is revealed by it."""
        found = Screen(self.rules, self.problem, self._store, salt=self.salt)
        found.revealed = self.revealed
        found._paths = {of: set(paths) for of, paths in self._paths.items()}
        found._ids = set(self._ids)
        found._leave(self._marks)
        found.masker.know(self.masker.known_ids)
        return found

    # What shows

    def shown(self, value: Value, path: Path = (), of: str | None = None) -> Value:
        """What is shown of a value at a path of a state, payload or metadata of an aggregate."""
        if value is MISSING or not self.masks:
            return value
        paths = self._paths.get(of)
        if not paths:
            return self.masker.value(value, path)
        if _covers(paths, path):
            return value
        return self._partly(value, path, paths)

    def _partly(self, value: Value, path: Path, paths: set[Path]) -> Value:
        """A value of which something inside may have been revealed."""
        inside = {each for each in paths if len(each) > len(path) and each[: len(path)] == path}
        if not inside or not isinstance(value, (dict, list, tuple)):
            return self.masker.value(value, path)
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        found = []
        for key, inner in pairs:
            below = (*path, key)
            if below in inside:
                found.append((key, inner))
            else:
                name = self.masker.path(below)[-1] if isinstance(value, dict) else key
                found.append((name, self._partly(inner, below, inside)))
        return dict(found) if isinstance(value, dict) else [inner for _, inner in found]

    def glance(self, value: Value, path: Path = (), of: str | None = None, limit: int = 2000) -> Value:
        """The same where no more than `limit` characters of a text are shown: a very long one is looked through only
        as far as that needs."""
        if type(value) is not str or len(value) <= HEAD or not self.masks:
            return self.shown(value, path, of)
        if _covers(self._paths.get(of, ()), path):
            return value
        if self.masker.reason(path, value) is not None:
            return self.masker.value(value, path)
        return self._beginning(value, limit)

    def _beginning(self, text: str, limit: int) -> str:
        if text not in self._long:
            head = text[:HEAD]
            masked = self.masker.text(head)
            if len(masked) < limit + _ENOUGH or _RUN.search(head):
                # So much of it is sensitive that the end of the piece may show, or it ends amid something long.
                masked = self.masker.text(text)
            if len(self._long) > 50:
                self._long.clear()
            self._long[text] = masked
        return self._long[text]

    def text(self, text: str) -> str:
        """What is shown of a text, such as a sentence."""
        return self.masker.text(text) if self.masks else text

    def reason(self, text: str) -> str:
        """What is shown of the reason why an event could not be applied or read, which may quote values."""
        return self.masker.quoting(text) if self.masks else text

    def path(self, path: Path, of: str | None = None) -> Path:
        """What is shown of a path."""
        if not self.masks:
            return path
        masked, paths = self.masker.path(path), self._paths.get(of)
        if not paths:
            return masked
        return tuple(
            part if _covers(paths, path[: place + 1]) else masked[place] for place, part in enumerate(path)
        )

    def key(self, path: Path, of: str | None = None) -> str | int:
        """The last part of a path, as it is shown."""
        if not self.masks or _covers(self._paths.get(of, ()), path):
            return path[-1]
        return self.masker.key(path)

    def pointer(self, path: Path, of: str | None = None) -> str:
        """A path as a JSON Pointer, as it is shown."""
        return pointer(self.path(path, of))

    def change(self, change: Change, of: str | None = None) -> Change:
        """A change as it is shown."""
        if not self.masks:
            return change
        old, new = self.shown(change.old, change.path, of), self.shown(change.new, change.path, of)
        return Change(self.path(change.path, of), old, new)

    def aggregate_id(self, text: str, aggregate_type: str | None = None) -> str:
        """What is shown of an aggregate's id; once its type is known to be masked, it is masked in all texts."""
        if not self.masks or text in self._ids:
            return text
        known = self.masker.ids
        found = self.masker.aggregate_id(text, aggregate_type)
        self.epoch += self.masker.ids != known
        return found

    def unknown_id(self, text: str) -> str:
        """What is shown of the id of an aggregate whose type is not known yet."""
        if not self.masks or text in self._ids:
            return text
        if self.rules.masking.aggregate_types:
            return self.masker.cover(text)
        return self.masker.aggregate_id(text, None)

    def about(self, text: str, ids: Iterable[str]) -> str:
        """What is shown of a text that names aggregates whose types are not known."""
        if self.masks and self.rules.masking.aggregate_types:
            for each in sorted({*ids} - self._ids, key=len, reverse=True):
                text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", self.masker.cover(each), text)
        return self.text(text)

    def rebuilt(self, rebuilt: Rebuilt) -> Rebuilt:
        """How a state came to be, as it is shown."""
        return self.masker.rebuilt(rebuilt) if self.masks else rebuilt

    def event(self, event: Event) -> Event:
        """An event as it is shown, whatever of it was revealed by itself left out."""
        return self.masker.event(event) if self.masks else event

    def draws(self, value: Value, path: Path, of: str | None = None) -> bool:
        """Whether a number may be drawn in a chart."""
        if not self.masks or _covers(self._paths.get(of, ()), path):
            return True
        return self.masker.number(value, path) is value

    def hides(self, value: Value, path: Path = (), of: str | None = None) -> bool:
        """Whether anything of a value is masked."""
        if not self.masks or _covers(self._paths.get(of, ()), path):
            return False
        before = self.masker.counts.total()
        self.shown(value, path, of)
        return self.masker.counts.total() > before

    def may_hide(self, value: Value, path: Path = (), of: str | None = None) -> bool:
        """The same, where of something large not all is looked at: then it may be."""
        if not self.masks or not isinstance(value, (dict, list, tuple)):
            return self.hides(value, path, of)
        total, todo = 0, [value]
        while todo and total <= _LOOKED_AT:
            inner = todo.pop()
            total += 1 if not isinstance(inner, str) or len(inner) < HEAD else _LOOKED_AT
            if isinstance(inner, (dict, list, tuple)):
                total += len(inner)
                if total <= _LOOKED_AT:
                    todo.extend(inner.values() if isinstance(inner, dict) else inner)
        return total > _LOOKED_AT or self.hides(value, path, of)

    def hides_path(self, path: Path, of: str | None = None) -> bool:
        """Whether the last part of a path is masked."""
        return bool(path) and self.key(path, of) != path[-1]

    def hides_in(self, text: str) -> bool:
        """Whether a condition that somebody wrote tells of what is masked: by a value in it, or a name."""
        if not self.masks:
            return False
        return self.text(text) != text or any(self.masker.reason((name,)) for name in _NAME.findall(text))

    def is_masked(self, text: str) -> bool:
        """Whether there is a mark in a text that was shown."""
        return _MASKED in text and self.masks

    def is_own_mark(self, text: str) -> bool:
        """Whether a text is a mark that was made here, so that what is behind it can be revealed."""
        return self.masks and self.masker.is_mark(text)

    def leaves(self, value: Value) -> bool:
        """Whether what is behind the mark of a value was revealed."""
        return self.masker.mark(value) in self._marks

    # Revealing

    @property
    def _marks(self) -> frozenset[str]:
        """The marks of which it was revealed what is behind them."""
        return self.masker.revealed if isinstance(self.masker, _Marking) else frozenset()

    def _leave(self, marks: frozenset[str]) -> None:
        if isinstance(self.masker, _Marking):
            self.masker.revealed = marks
        self._long.clear()

    def reveal_mark(self, mark: str, why: str = "") -> None:
        """Show what is behind a mark wherever it stands, from now on; that is logged, without the value."""
        self.epoch += 1
        self._leave(self._marks | {mark})
        self._log({"path": None, "mark": mark}, why)

    def reveal(self, path: Path | None = None, why: str = "", aggregate_id: str | None = None) -> None:
        """Show what is at a path of an aggregate's states and events and below it, or everything, from now on.

        That is logged, without any value.
        """
        what: dict[str, Value] = {"path": None if path is None else pointer(self.masker.path(path))}
        if aggregate_id is not None:
            what["aggregate_id"] = self.aggregate_id(aggregate_id)
        self.epoch += 1
        if path is None:
            self.revealed = True
        else:
            self._paths.setdefault(aggregate_id, set()).add(path)
        self._log(what, why)

    def reveal_id(self, aggregate_id: str, why: str = "") -> None:
        """Show an aggregate's id from now on; that is logged, without the id."""
        what: dict[str, Value] = {"path": None, "aggregate_id": self.masker.mark(aggregate_id)}
        self.epoch += 1
        self._ids.add(aggregate_id)
        self.masker.forget_id(aggregate_id)
        self._log(what, why)

    def _log(self, what: dict[str, Value], why: str) -> None:
        if why:
            what["why"] = why
        activity.note("reveal", store=self._store, **what)

    def hide(self) -> None:
        """Mask again."""
        self.epoch += 1
        self.revealed = False
        self._paths.clear()
        self._ids.clear()
        self._leave(frozenset())


def _covers(paths: set[Path] | tuple[Path, ...], path: Path) -> bool:
    """Whether a path, or one above it, is among some."""
    return bool(paths) and any(path[:length] in paths for length in range(len(path) + 1))


DEFAULT: Final = InForce(USUAL, USUAL_RULES)
"""What counts where no store is known."""
