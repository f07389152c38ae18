"""How processes that help with a projection open the store, with the reducers that were chosen here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from esviewer import plugins
from esviewer.app.connections import Connections, resolve, split_password
from esviewer.app.credentials import from_environment
from esviewer.app.reducers import RulesTexts
from esviewer.app.session import Opened
from esviewer.replay.reducer import Reducer
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.opening import open_store
from esviewer.stores.store import Store


class OpenSource:
    """A store of one's own, with the reducers; see `projections.passing.Source`."""

    def __init__(self, store: Store, reducer_for: Callable[[str | None], Reducer]) -> None:
        self.store = store
        self.reducer_for = reducer_for

    def close(self) -> None:
        """Close the store."""
        self.store.close()


@dataclass(frozen=True, slots=True)
class LocalOpener:
    """Opens the store in a process of this machine; it goes there through a pipe, passwords and all."""

    opened: Opened = field(repr=False)
    rules: RulesTexts
    plugins_off: frozenset[str] = field(default_factory=plugins.switches)

    def open(self) -> OpenSource:
        """The source, with the same plug-ins; raises StoreError."""
        found = self.opened
        plugins.hold(self.plugins_off)
        return OpenSource(open_store(found.target, found.layout, options=found.options), self.rules.reducer_for())


@dataclass(frozen=True, slots=True)
class RemoteOpener:
    """Opens the store on another machine: it holds no password, each finds its own in its environment or keyring."""

    target: str
    layout: str | None
    options: ConnectionOptions | None
    connection: str | None
    rules: RulesTexts

    def open(self) -> OpenSource:
        """The source; raises StoreError."""
        found = None if self.connection is None else Connections().get(self.connection)
        if found is not None:
            resolved = resolve(found.name, layout=self.layout)
            target, options = resolved.target, resolved.options
        else:
            target = self.target
            options = self.options or ConnectionOptions()
            password = from_environment("database", target) if "://" in target else None
            options = replace(options, password=password)
        return OpenSource(open_store(target, self.layout, options=options), self.rules.reducer_for())


def remote(opened: Opened, rules: RulesTexts) -> RemoteOpener:
    """What lets other machines open the same store, without the password that was used here; raises UsageError."""
    target = opened.target.removeprefix("sqlite:///")
    target = split_password(target)[0] if "://" in target else str(Path(target).expanduser().absolute())
    layout = opened.layout
    if layout is not None and Path(layout).expanduser().is_file():
        layout = str(Path(layout).expanduser().absolute())
    options = opened.options
    if options is not None:
        tunnel = None if options.tunnel is None else replace(options.tunnel, password=None)
        options = replace(options, password=None, tunnel=tunnel)
    return RemoteOpener(target, layout, options, opened.connection, rules)
