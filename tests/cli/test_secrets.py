"""The last guard of passwords."""

import pytest

from esviewer.cli.secrets import concealed, secrets_in


@pytest.mark.parametrize(
    "argument",
    [
        "postgresql://me:sesame@host/db",
        "postgresql://me:sesame@host/db?x=a@b",
        "postgresql:/me:sesame@host/db",
        "postgresql//me:sesame@host/db",
        "postgresql://:sesame@host/db",
        "postgresql://me@host/db?password=sesame&x=1",
        "postgresql://me@host/db?passwrd=sesame",
        "host=localhost password=sesame",
        "postgresql://me:ses%61me@host/db",
        "postgresql://me:sesame@more@host/db",
        "postgresql://me:open sesame@host/db",
    ],
)
def test_a_password_is_in_nothing_that_is_said(argument: str) -> None:
    secrets = secrets_in(["info", argument, "--debug"])

    for text in (argument, f"There is no file {argument}. Check.", argument.replace("//", "/")):
        said = concealed(text, secrets)
        assert "sesame" not in said
        assert "ses%61me" not in said
        assert "***" in said
    if "open" not in argument and "more" not in argument:
        assert concealed("driver says: 'sesame' refused", secrets) == "driver says: '***' refused"


def test_short_passwords_are_hidden_in_their_place_only() -> None:
    secrets = secrets_in(["postgresql://me:a@host/db"])

    assert concealed("a fault at postgresql://me:a@host/db", secrets) == "a fault at postgresql://me:***@host/db"


def test_what_is_no_secret_stays() -> None:
    text = "There is no file /home/me/shop.db. Ask me@example.org at 12:30, or see https://example.org:80/x."

    assert concealed(text, secrets_in(["info", "/home/me/shop.db"])) == text
    assert concealed("postgresql can't", secrets_in(["postgresql://me:postgres@h/d"])) == "postgresql can't"
