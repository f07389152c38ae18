"""Fixed words of what knows nothing of the window, in the window's language; others stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from esviewer.app.masking import NOT_MASKED, USUAL_RULES
from esviewer.audit.check import Described
from esviewer.audit.finding import Severity
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.work import Progress


def severity_word(severity: Severity) -> str:
    """How bad a finding is."""
    return {
        Severity.ERROR: translate("Severity", "error"),
        Severity.WARNING: translate("Severity", "warning"),
        Severity.INFO: translate("Severity", "info"),
    }[severity]


def about_check(check: type[Described]) -> tuple[str, str, str]:
    """What a check looks for, why that matters, and what to do."""
    looks_for, why, todo = (localised(text) for text in (check.looks_for, check.why, check.todo))
    return looks_for, why, todo


def masking_origin(origin: str) -> str:
    """Where masking rules are from: a file's name stays."""
    return {
        NOT_MASKED: translate("Masking", "nothing is masked"),
        USUAL_RULES: translate("Masking", "the usual masking rules"),
    }.get(origin, origin)


def sensitive_kind(kind: str) -> str:
    """What kind of text is sensitive wherever it stands."""
    return {
        "key": translate("Masking", "key"),
        "e-mail": translate("Masking", "e-mail"),
        "card number": translate("Masking", "card number"),
        "phone": translate("Masking", "phone"),
        "identity number": translate("Masking", "identity number"),
    }.get(kind, kind)


def reducer_kind(kind: str) -> str:
    """What kind of reducer one is."""
    return {"rules": translate("Reducers", "rules"), "merge": translate("Reducers", "merge")}.get(kind, kind)


def mapping_check(name: str) -> str:
    """What a trial of a layout looked at."""
    return {
        "events": translate("Mapping", "events"),
        "first version": translate("Mapping", "first version"),
        "gaps": translate("Mapping", "gaps"),
        "ids": translate("Mapping", "ids"),
        "order": translate("Mapping", "order"),
        "payloads": translate("Mapping", "payloads"),
        "times": translate("Mapping", "times"),
        "types": translate("Mapping", "types"),
        "unique": translate("Mapping", "unique"),
    }.get(name, name)


def difference_kind(kind: str) -> str:
    """How an event differs from what was sealed."""
    return {
        "changed": translate("Seals", "changed"),
        "removed": translate("Seals", "removed"),
        "inserted": translate("Seals", "inserted"),
        "reordered": translate("Seals", "reordered"),
        "backdated": translate("Seals", "backdated"),
        "range": translate("Seals", "range"),
    }.get(kind, kind)


def progress(told: Progress) -> Progress:
    """How far a piece of work is."""
    return replace(told, text=doing(told.text))


def doing(text: str) -> str:
    """What a piece of work does just now."""
    known = _works()
    if text in known:
        return known[text]
    for start, whole in _works_on().items():
        if text.startswith(start):
            return whole.format(text[len(start) :])
    return text


def _works_on() -> Mapping[str, str]:
    """Works whose text ends in a name, by what stands before it."""
    return {
        "Looking at ": translate("Work", "Looking at {0}"),
        "Folding events of ": translate("Work", "Folding events of {0}"),
        "Groups of events of ": translate("Work", "Groups of events of {0}"),
        "Writing ": translate("Work", "Writing {0}"),
        "Reading events, ": translate("Work", "Reading events, {0}"),
    }


def _works() -> Mapping[str, str]:
    return {
        "Checking events": translate("Work", "Checking events"),
        "Checking positions": translate("Work", "Checking positions"),
        "Checking snapshots": translate("Work", "Checking snapshots"),
        "Checking the order of events": translate("Work", "Checking the order of events"),
        "Checking the store's own hashes": translate("Work", "Checking the store's own hashes"),
        "Comparing causes": translate("Work", "Comparing causes"),
        "Comparing event ids": translate("Work", "Comparing event ids"),
        "Comparing folds": translate("Work", "Comparing folds"),
        "Comparing snapshots": translate("Work", "Comparing snapshots"),
        "Comparing the newest versions": translate("Work", "Comparing the newest versions"),
        "Comparing the timelines": translate("Work", "Comparing the timelines"),
        "Counting": translate("Work", "Counting"),
        "Describing events": translate("Work", "Describing events"),
        "Exporting events": translate("Work", "Exporting events"),
        "Following the events": translate("Work", "Following the events"),
        "Gathering the report": translate("Work", "Gathering the report"),
        "Importing events": translate("Work", "Importing events"),
        "Looking at a sample": translate("Work", "Looking at a sample"),
        "Looking at the events": translate("Work", "Looking at the events"),
        "Looking at what it undoes": translate("Work", "Looking at what it undoes"),
        "Looking for aggregates": translate("Work", "Looking for aggregates"),
        "Looking for aggregates that took this path": translate("Work", "Looking for aggregates that took this path"),
        "Looking for changes": translate("Work", "Looking for changes"),
        "Looking for newer events": translate("Work", "Looking for newer events"),
        "Looking for related events": translate("Work", "Looking for related events"),
        "Looking for snapshots": translate("Work", "Looking for snapshots"),
        "Looking for snapshots without events": translate("Work", "Looking for snapshots without events"),
        "Looking for the events to prove": translate("Work", "Looking for the events to prove"),
        "Looking for the quoted events": translate("Work", "Looking for the quoted events"),
        "Looking for the text": translate("Work", "Looking for the text"),
        "Looking for versions as of a time": translate("Work", "Looking for versions as of a time"),
        "Looking for what was removed": translate("Work", "Looking for what was removed"),
        "Looking for who wrote it": translate("Work", "Looking for who wrote it"),
        "Looking through the aggregates": translate("Work", "Looking through the aggregates"),
        "Looking where it held": translate("Work", "Looking where it held"),
        "Making the demo store": translate("Work", "Making the demo store"),
        "Masking the report": translate("Work", "Masking the report"),
        "Reading event ids": translate("Work", "Reading event ids"),
        "Reading events": translate("Work", "Reading events"),
        "Reading events and snapshots": translate("Work", "Reading events and snapshots"),
        "Rebuilding aggregates": translate("Work", "Rebuilding aggregates"),
        "Replaying events": translate("Work", "Replaying events"),
        "Running reducers twice": translate("Work", "Running reducers twice"),
        "Sealing events": translate("Work", "Sealing events"),
        "Searching rules": translate("Work", "Searching rules"),
        "Summing up aggregates": translate("Work", "Summing up aggregates"),
        "Taking the digest of the events": translate("Work", "Taking the digest of the events"),
        "The database counts events": translate("Work", "The database counts events"),
        "Verifying events": translate("Work", "Verifying events"),
        "Writing the demo store": translate("Work", "Writing the demo store"),
    }
