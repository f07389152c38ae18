"""How the case room names pins, people and verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from esviewer.app.cases.case import Pin
from esviewer.app.cases.finding_again import Today
from esviewer.app.cases.pinning import Rechecked, Verdict
from esviewer.gui.language import enumerated, translate
from esviewer.gui.machine import Place
from esviewer.gui.text import visible
from esviewer.gui.times import shown_time
from esviewer.model import instant


def kind_of(pin: Pin) -> str:
    """The kind of a pin."""
    return {
        "state": translate("Case", "State"),
        "diff": translate("Case", "Difference"),
        "event": translate("Case", "Event"),
        "history": translate("Case", "History"),
        "finding": translate("Case", "Finding"),
    }[pin.kind]


def what_of(pin: Pin) -> str:
    """What a pin is of, without its kind."""
    asked: Mapping[str, Any] = pin.asked
    if pin.kind == "diff":
        first, second = asked["from"], asked["to"]
        other = "" if first["aggregate_id"] == second["aggregate_id"] else f"{second['aggregate_id']}@"
        return visible(f"{first['aggregate_id']}@{first['version']} → {other}{second['version']}")
    place = translate("Case", "the store") if asked["aggregate_id"] is None else str(asked["aggregate_id"])
    if asked["version"] is not None:
        place += f"@{asked['version']}"
    if pin.kind == "history":
        place = f"{', '.join(asked['pointers'])} · {place}"
    if pin.kind == "finding" and isinstance(pin.content, dict):
        place = f"{pin.content.get('check', '')} · {place}"
    return visible(place)


def who_of(asked: Mapping[str, Any]) -> str:
    """Who pinned something, or began a case."""
    name = asked.get("operator")
    if name:
        return visible(str(name))
    return translate("Case", "account {0} (no name given)").format(visible(str(asked.get("account"))))


def time_of(asked: Mapping[str, Any]) -> str:
    """When something was pinned, or a case begun."""
    try:
        return shown_time(instant.parse(str(asked.get("at", ""))))
    except (ValueError, OverflowError):
        return visible(str(asked.get("at", "")))


def verdict_of(found: Rechecked | None) -> str:
    """What became of a pin, in a few words."""
    if found is None:
        return translate("Case", "not checked")
    if found.finding is not None:
        today = finding_today(found.finding)
        changed = translate("Case", "{0}, events changed")
        return changed.format(today) if found.verdict is Verdict.EVENTS_DIFFER else today
    return {
        Verdict.SAME: translate("Case", "the same"),
        Verdict.EVENTS_DIFFER: translate("Case", "events changed"),
        Verdict.ANSWER_DIFFERS: translate("Case", "another reducer"),
        Verdict.GONE: translate("Case", "gone"),
        Verdict.NOT_CHECKED: translate("Case", "can't be told"),
    }[found.verdict]


def finding_today(today: Today) -> str:
    """What became of a finding, in a few words."""
    return {
        Today.STILL_THERE: translate("Case", "still there"),
        Today.CHANGED: translate("Case", "changed"),
        Today.GONE: translate("Case", "gone"),
        Today.NOT_CHECKED: translate("Case", "can't be told"),
    }[today]


def summary_of(found: Iterable[Rechecked]) -> str:
    """What became of all pins, in a sentence."""
    known = list(found)
    # A finding has words of its own, unless its events were changed.
    today = [each.finding if each.verdict is not Verdict.EVENTS_DIFFER else None for each in known]
    verdicts = [each.verdict for each, own in zip(known, today, strict=True) if own is None]
    parts = [
        text.format(f"{count:,}")
        for verdict, text in (
            (Verdict.SAME, translate("Case", "{0} the same")),
            (Verdict.EVENTS_DIFFER, translate("Case", "{0} on changed events")),
            (Verdict.ANSWER_DIFFERS, translate("Case", "{0} with another reducer")),
            (Verdict.GONE, translate("Case", "{0} gone")),
            (Verdict.NOT_CHECKED, translate("Case", "of {0} it can't be told")),
        )
        if (count := verdicts.count(verdict))
    ]
    parts += [
        text.format(f"{count:,}")
        for each, text in (
            (Today.STILL_THERE, translate("Case", "{0} still there")),
            (Today.CHANGED, translate("Case", "{0} changed")),
            (Today.GONE, translate("Case", "{0} found no longer")),
            (Today.NOT_CHECKED, translate("Case", "of {0} it can't be told")),
        )
        if (count := today.count(each))
    ]
    pins = translate("Case", "1 pin checked") if len(known) == 1 else translate("Case", "{0} pins checked")
    pins = pins.format(f"{len(known):,}")
    return translate("Case", "{0}: {1}.").format(pins, enumerated(parts))


def place_of_pin(pin: Pin) -> Place | None:
    """Where the time machine shows a pin; None for what is about the store as a whole."""
    asked: Mapping[str, Any] = pin.asked
    if pin.kind == "diff":
        sides = [(each["aggregate_id"], each["version"]) for each in (asked["from"], asked["to"])]
        return Place(*sides[1], "compare", sides=(sides[0], sides[1]), ignored=tuple(asked["ignore"]))
    if asked["aggregate_id"] is None:
        return None
    if pin.kind == "history":
        return Place(asked["aggregate_id"], asked["version"], "fields", pointers=tuple(asked["pointers"]))
    return Place(asked["aggregate_id"], asked["version"], "state" if pin.kind == "state" else "event")
