"""What build servers read: SARIF 2.1.0 and JUnit XML as their schemas ask for, whatever a store's texts are."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from esviewer.audit.finding import Finding, Severity
from esviewer.audit.registry import ALL
from esviewer.model.instant import parse
from esviewer.report.audit import AuditReport
from esviewer.report.forms.junit import junit_pieces
from esviewer.report.forms.sarif import sarif_pieces
from esviewer.report.model import StoreFacts

CHECKED = {"version-gap", "actor-missing", "position-gap", "time-missing"}
HOSTILE = "日本 <b>&\"' \x00\x1b\ud800\ufffe]]> %41"


def _object(required: str, **properties: object) -> dict[str, object]:
    return {"type": "object", "required": required.split(), "properties": properties, "additionalProperties": False}


def _list(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


TEXT = {"type": "string", "minLength": 1}
MESSAGE = _object("text", text=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
URI = {"type": "string", "format": "uri-reference", "pattern": "^[A-Za-z0-9_.~%-]+$"}
INDEX = {"type": "integer", "minimum": 0}
RULE = _object(
    "id shortDescription fullDescription help defaultConfiguration",
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=_object("level", level=LEVEL),
)
LOGICAL = _object("fullyQualifiedName kind", name=TEXT, fullyQualifiedName=TEXT, kind={"const": "object"})
PHYSICAL = _object("artifactLocation", artifactLocation=_object("uri index", uri=URI, index=INDEX))
RESULT = _object(
    "ruleId level message locations partialFingerprints properties",
    ruleId=TEXT,
    ruleIndex=INDEX,
    level=LEVEL,
    message=MESSAGE,
    locations=_list(_object("", physicalLocation=PHYSICAL, logicalLocations=_list(LOGICAL))),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    properties={"type": "object", "required": ["aggregate_type", "version", "position", "evidence"]},
)
NOTIFICATION = _object("level message", level=LEVEL, message=MESSAGE)
INVOCATION = _object(
    "executionSuccessful",
    executionSuccessful={"type": "boolean"},
    endTimeUtc={"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"},
    toolExecutionNotifications=_list(NOTIFICATION),
)
DRIVER = _object("name version rules", name=TEXT, version=TEXT, rules={**_list(RULE), "uniqueItems": True})
RUN = _object(
    "tool results",
    tool=_object("driver", driver=DRIVER),
    invocations=_list(INVOCATION),
    artifacts=_list(_object("location", location=_object("uri", uri=URI, description=MESSAGE))),
    results=_list(RESULT),
)
SARIF = _object("version runs", **{"$schema": {"type": "string"}, "version": {"const": "2.1.0"}, "runs": _list(RUN)})
"""Of the standard's schema what is used here, and nothing else: an object that it knows no property of is refused."""


def report_of(text: str, findings: int = 3) -> AuditReport:
    """An audit with `text` in every place that a store fills."""
    found = [
        Finding("version-gap", Severity.ERROR, f"{text} is missing.", text, text, 7, 70, {text: [text, 2**70]}),
        Finding("actor-missing", Severity.WARNING, text, text, None, 3, text),
        Finding("position-gap", Severity.INFO, text, position=9),
    ]
    return AuditReport(
        StoreFacts(text, text, text, text, text),
        "1.0",
        parse("2026-11-22T14:34:00.5+09:00"),
        12,
        2,
        [kind() for kind in ALL if kind.name in CHECKED],
        found[:findings],
        not_checked={"head-mismatch": text},
        remarks=[text],
    )


@pytest.mark.parametrize("text", ["shop.db", HOSTILE])
@pytest.mark.parametrize("findings", [0, 3])
def test_sarif(text: str, findings: int) -> None:
    written = "".join(sarif_pieces(report_of(text, findings))).encode()
    # Lone surrogates are escapes there, which this validator doesn't take.
    log = json.loads(written.replace(b"\\ud800", b"?"))
    wrong = [(each.message, each.instance_path) for each in jsonschema_rs.Draft7Validator(SARIF).iter_errors(log)]
    assert wrong == []
    (run,) = log["runs"]
    assert [each["level"] for each in run["results"]] == ["error", "warning", "note"][:findings]
    assert [each["level"] for each in run["invocations"][0]["toolExecutionNotifications"]] == ["warning", "note"]
    assert run["invocations"][0]["endTimeUtc"] == "2026-11-22T05:34:00Z"
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert (
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            == run["artifacts"][0]["location"]["uri"]
        )


ATTRIBUTES = {
    "testsuites": set(),
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "timestamp"},
    "testcase": {"name", "classname"},
    "failure": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
    "system-err": set(),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase", "system-err"},
    "testcase": {"failure", "skipped", "system-out"},
}
"""Of Jenkins's junit-10.xsd what is used here; all attributes are always there."""


@pytest.mark.parametrize("text", ["shop.db", HOSTILE])
@pytest.mark.parametrize("findings", [0, 3])
def test_junit(text: str, findings: int) -> None:
    root = ElementTree.fromstring("".join(junit_pieces(report_of(text, findings))).encode())
    assert root.tag == "testsuites"
    for each in root.iter():
        assert set(each.attrib) == ATTRIBUTES[each.tag]
        assert {child.tag for child in each} <= CHILDREN.get(each.tag, set())
    (suite,) = root
    cases = suite.findall("testcase")
    names = [case.attrib["name"] for case in cases]
    assert len(names) == len(set(names)) == int(suite.attrib["tests"]) == len(CHECKED) + 1
    failed = {case.attrib["name"]: failure.attrib for case in cases for failure in case.findall("failure")}
    assert len(failed) == int(suite.attrib["failures"])
    expected = {
        "version-gap": {"message": "1 finding", "type": "error"},
        "actor-missing": {"message": "1 finding", "type": "warning"},
    }
    assert failed == (expected if findings else {})
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped")) == 1
    assert len(suite.findall("testcase/system-out")) == (1 if findings else 0)
    assert (suite.findtext("system-err") or "").startswith(text[:2])
