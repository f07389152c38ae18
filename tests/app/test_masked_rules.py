"""Constants of rules that were found are masked as the values that they are."""


from esviewer.app.masked_rules import REMARK, shown_rules
from esviewer.app.masking import InForce, parse_masking
from esviewer.app.screen import Screen

FOUND = """
name = "inferred: user"
initial = { password = "hunter2", level = 3, salary = 5000000, mail = "ada@example.com" }

[[on]]
event = "Reset"
set = { password = "'letmein'", status = "'open'", "owner.salary" = "7000000" }
"""


def test_masked_constants_stand_as_marks() -> None:
    screen = Screen(InForce(parse_masking('names = ["salary"]', "f"), "f"))
    shown = shown_rules(FOUND, screen)
    for secret in ("hunter2", "letmein", "5000000", "7000000", "ada@"):
        assert secret not in shown
    for plain in ("open", "level = 3", "Reset"):
        assert plain in shown
    assert shown.startswith(REMARK)
    assert screen.shown("hunter2", ("password",)) in shown
    screen.reveal()
    assert shown_rules(FOUND, screen) == FOUND


def test_rules_without_masked_constants_stay_as_they_are() -> None:
    screen = Screen(InForce(parse_masking("", "f"), "f"))
    text = '[[on]]\nevent = "Opened"\nset = { status = "\'open\'", n = "1" }\n'
    assert shown_rules(text, screen) == text
