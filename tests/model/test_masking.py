"""Masking of values, paths, changes, events and texts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model import masking
from esviewer.model.change import Change, apply
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps
from esviewer.model.masking import NOTHING, USUAL, Masker, Masking, ValuePattern
from esviewer.model.sensitive_names import sensitive
from esviewer.model.sensitive_values import KINDS, find, may_hold_any
from esviewer.model.values import MISSING, Number, copied, same

SALT = b"salt of the tests"


def masker(**rules: object) -> Masker:
    return Masker(Masking(**rules), SALT)


def _words(text: str) -> list[str]:
    return text.split()


SENSITIVE = _words(
    "password userPassword PASSWORD_HASH pass passwd pwd token access_token refreshTokens"
    " apiKey APIKey api-key X-Api-Key Authorization ssn iban IBANNumber cardNumber card_no"
    " creditCardNumber cvv CVV2 pin e-mail eMail E_MAIL email customer.email phoneNumbers"
    " homePhone phone1 tel birthDate date_of_birth DOB birthday address address2"
    " shippingAddress addresses billing_address_line_1 zipCode fullName full_name FirstName"
    " lastName customerName accountHolder.name secretKey credentials cookies 氏名 住所 電話番号"
    " ﾒｰﾙｱﾄﾞﾚｽ 顧客メールアドレス 生年月日 パスワード お届け先住所 Straße Rechnungsadresse contraseña Prénom"
    " Contraseñas Пароль ＰＡＳＳＷＯＲＤ 密码 비밀번호 resetPasswordToken passwort motDePasse"
)
HARMLESS = _words(
    "tokenCount maxTokens totalTokens token_type numberOfTokens passwordChangedAt"
    " passwordPolicy emailVerified emailCount creditCardType addressId ipAddress mac_address"
    " microphone headphone secretary compass passenger tokenize author bypass passed"
    " product_name name cookiePolicy publicKey key keys mailbox mailing pinned spinCount state"
    " country total quantity メール件数 住所変更日 商品名 version sku hasPassword isEmail 数量 description"
    " balance"
)


@pytest.mark.parametrize("name", SENSITIVE)
def test_names_that_look_sensitive(name: str) -> None:
    assert sensitive(name) is not None


@pytest.mark.parametrize("name", HARMLESS)
def test_names_that_do_not(name: str) -> None:
    assert sensitive(name) is None


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("e-mail", "write to ada@example.com, please", ["ada@example.com"]),
        ("e-mail", "メールはhanako@example.co.jpです。", ["hanako@example.co.jp"]),
        ("e-mail", "花子@例え.jp", ["花子@例え.jp"]),
        ("e-mail", "josé.müller+x@exämple.de!", ["josé.müller+x@exämple.de"]),
        ("e-mail", "?e=x%40y.org&b", ["x%40y.org"]),
        ("e-mail", "hanako＠example.jp", ["hanako＠example.jp"]),
        ("e-mail", "by/ada@example.com. Then bob@a.b.co.uk", ["ada@example.com", "bob@a.b.co.uk"]),
        ("e-mail", "a@1.2.example.org a@b-.c", ["a@1.2.example.org"]),
        ("e-mail", "x@y.com,z@w.org", ["x@y.com", "z@w.org"]),
        ("e-mail", "2@4.50 each, @mention, a@b", []),
        ("card number", "paid with 4111 1111 1111 1111 today", ["4111 1111 1111 1111"]),
        ("card number", "12 4111-1111-1111-1111 99", ["4111-1111-1111-1111"]),
        ("card number", "カード4111111111111111です", ["4111111111111111"]),
        ("card number", "3782 822463 10005", ["3782 822463 10005"]),
        ("card number", "４１１１１１１１１１１１１１１１", ["４１１１１１１１１１１１１１１１"]),
        ("card number", "4111111111111112 0.4111111111111111 a4111111111111111 1732406400000", []),
        ("IBAN", "to DE89 3704 0044 0532 0130 00 AND more", ["DE89 3704 0044 0532 0130 00"]),
        ("card number", "c580f57a-fd26-47e1-4111-111111111111 41111111-1111-1111-4111-111111111111", []),
        ("IBAN", "c580f57a-de89-3704-0044-053201300000", []),
        ("IBAN", "gb29nwbk60161331926819", ["gb29nwbk60161331926819"]),
        ("IBAN", "DE89370400440532013001 XX12345", []),
        ("phone", "+81 90-1234-5678 or 03-1234-5678", ["+81 90-1234-5678", "03-1234-5678"]),
        ("phone", "01-02-2026 2026-11-24 +12345, 0123456789", []),
        ("identity number", "123-45-6789 000-12-3456", ["123-45-6789"]),
        ("key", "Authorization: Bearer abcdefghijk.lmn", ["abcdefghijk.lmn"]),
        ("key", "https://user:hunter2@host/x", ["hunter2"]),
        ("key", "password=hunter2&x=1", ["hunter2"]),
        ("key", '{"password":"hun\\"ter2"}', ['hun\\"ter2']),
        ("key", "the password: change it; secret: none", []),
        ("key", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.sig", ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.sig"]),
    ],
)
def test_texts_that_look_sensitive(kind: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find(kind, text)] == found


def test_marks_are_comparable_salted_and_typed() -> None:
    one = masker()
    assert one.mark("x") == masker().mark("x") != Masker(salt=b"other").mark("x")
    kinds = [1, "1", 1.0, True, "true", Decimal("1"), Number("1.0"), None, "null", b"1"]
    assert len({one.mark(each) for each in kinds}) == len(kinds)
    assert Masker().mark("x") != Masker().mark("x")
    assert one.is_mark(one.mark("x"))
    assert not one.is_mark(Masker(salt=b"other").mark("x"))


def test_a_name_masks_all_below_it_and_field_names_stay() -> None:
    one = masker()
    found = one.value({"address": {"city": "Basel", "lines": ["a", 2]}, "id": "o-1", "email": None, "phone": ""})
    assert found == {
        "address": {"city": one.mark("Basel"), "lines": [one.mark("a"), one.mark(2)]},
        "id": "o-1",
        "email": None,
        "phone": "",
    }
    assert one.counts == {"name: address": 3}
    assert one.said() == ["masked: 3 values by rule name: address"]


def test_flags_and_counts_stay_where_only_the_name_says_so() -> None:
    assert masker().value({"password": True, "tokens": 5, "token": 5}) == {
        "password": True,
        "tokens": 5,
        "token": masker().mark(5),
    }
    assert masker(paths=("/positive",)).value({"positive": True, "x": None}) == {
        "positive": masker().mark(True),
        "x": None,
    }


def test_keys_that_are_values() -> None:
    one = masker(key_paths=("/by_person",))
    mark = one.mark
    assert one.value(
        {
            "users": {"ada@example.com": {"orders": 1}},
            "phones": {"home": {"x": 1}},
            "secret": {"hunter": 1},
            "address": {"city": "x", "Main St. 5": 1},
            "by_person": {"Ada": 2},
        }
    ) == {
        "users": {mark("ada@example.com"): {"orders": 1}},
        "phones": {mark("home"): {"x": mark(1)}},
        "secret": {mark("hunter"): mark(1)},
        "address": {"city": mark("x"), mark("Main St. 5"): mark(1)},
        "by_person": {mark("Ada"): 2},
    }
    assert one.path(("users", "ada@example.com", "orders")) == ("users", mark("ada@example.com"), "orders")
    assert one.pointer("/users/ada@example.com/a~1b") == f"/users/{mark('ada@example.com')}/a~1b"


def test_only_what_is_sensitive_in_a_text() -> None:
    one = masker()
    text = one.text("Ask ada@example.com or bob@example.com about 4111 1111 1111 1111.")
    assert text == (
        f"Ask {one.mark('ada@example.com')} or {one.mark('bob@example.com')} about {one.mark('4111 1111 1111 1111')}."
    )
    assert one.value({"note": "ada@example.com"})["note"] == one.mark("ada@example.com")


def test_numbers_that_are_cards() -> None:
    one = masker()
    assert one.value([4111111111111111, 4111111111111112, 4111111111111111.0, Decimal("4111111111111111")]) == [
        one.mark(4111111111111111),
        4111111111111112,
        one.mark(4111111111111111.0),
        one.mark(Decimal("4111111111111111")),
    ]
    assert one.value([float("nan"), float("inf"), Decimal("sNaN"), 10**30, 10**400])[3:] == [10**30, 10**400]
    assert one.number(5, ("total",)) == 5
    assert one.number(5, ("cvv",)) is None


def test_rules_of_the_user() -> None:
    class Digits:
        def finditer(self, text: str):
            import re

            return re.finditer("KD-[0-9]{3}", text)

    one = masker(
        names=("customer ref", "memo*"),
        paths=("/items/*/note", "/deep/**"),
        shown_names=("city",),
        shown_paths=("/contact/email",),
        values=(ValuePattern("customer number", Digits()),),
    )
    mark = one.mark
    assert one.value(
        {
            "customerRef": "r",
            "CUSTOMER_REF": "r",
            "memoText": None,
            "items": [{"note": "n", "x": 1}],
            "deep": {"a": [1]},
            "address": {"city": "Basel", "street": "s"},
            "contact": {"email": "not an address", "phone": "1"},
            "text": "see KD-123.",
        }
    ) == {
        "customerRef": mark("r"),
        "CUSTOMER_REF": mark("r"),
        "memoText": mark(None),
        "items": [{"note": mark("n"), "x": 1}],
        "deep": {"a": [mark(1)]},
        "address": {"city": "Basel", "street": mark("s")},
        "contact": {"email": "not an address", "phone": mark("1")},
        "text": f"see {mark('KD-123')}.",
    }
    with pytest.raises(ValueError, match="starts with /"):
        Masking(paths=("x",))
    with pytest.raises(ValueError, match="no kind of values"):
        Masking(kinds=frozenset(["x"]))


def test_texts_that_look_like_marks_are_none() -> None:
    one = masker()
    forged = "‹masked 0123456789abcd›"
    assert one.text(f"x {forged}") == f"x {one.mark(forged)}"
    assert one.counts == {"text that looks like a mark": 1}


def event(**changed: object) -> Event:
    plain: dict[str, object] = {
        "position": 7,
        "aggregate_id": "user-ada@example.com",
        "aggregate_type": "user",
        "version": 1,
        "event_id": "e-1",
        "type": "Registered",
        "schema_version": 1,
        "timestamp": None,
        "data": {"full_name": "Ada"},
        "metadata": {"user": "ada@example.com", "ip": "10.0.0.1"},
    }
    return Event(**{**plain, **changed})  # type: ignore[arg-type]


def test_events() -> None:
    one = masker()
    assert one.event(event()).as_json() == {
        **event().as_json(),
        "aggregate_id": one.mark("user-ada@example.com"),
        "data": {"full_name": one.mark("Ada")},
        "metadata": {"user": one.mark("ada@example.com"), "ip": "10.0.0.1"},
    }
    broken = one.event(event(data=None, error="not JSON", raw=b"hunter2"))
    assert "masked" in broken.error
    assert b"hunter2" not in broken.raw
    assert one.counts["unreadable payload"] == 1


def test_ids_of_the_aggregate_types_that_a_rule_names() -> None:
    one = masker(aggregate_types=("us*",))
    found = one.event(event(aggregate_id="Ada", data={"by": "Ada", "text": "Ada came", "more": "Adas"}))
    assert found.data["more"] == "Adas"
    assert found.data["text"] == f"{found.aggregate_id} came"
    short = masker(aggregate_types=("user",))
    for each in "0123456789abcdef":
        short.aggregate_id(each, "user")
    marked = short.text("write to ada@example.com, 7")
    assert marked == f"write to {short.mark('ada@example.com')}, {short.mark('7')}"
    assert short.text(marked) == marked
    assert found.data["by"] == found.aggregate_id == one.mark("Ada")
    assert one.event(event(aggregate_id="o-1", aggregate_type="order")).aggregate_id == "o-1"


def test_evidence() -> None:
    one = masker()
    assert one.evidence(
        {
            "paths": [{"path": "/password", "replayed": "a", "stored": "b"}, {"path": "/u/a@b.co", "stored": 5}],
            "state": {"email": "x", "balance": -1},
            "version": 3,
            "at": ["/u/a@b.co"],
        }
    ) == {
        "paths": [
            {"path": "/password", "replayed": one.mark("a"), "stored": one.mark("b")},
            {"path": f"/u/{one.mark('a@b.co')}", "stored": 5},
        ],
        "state": {"email": one.mark("x"), "balance": -1},
        "version": 3,
        "at": [f"/u/{one.mark('a@b.co')}"],
    }


SECRETS = ("hunter2-SECRET", "ada.SECRET@example.com", "4111 1111 1111 1111", "DE89370400440532013000", "SECRET-佐藤")
KEYS = st.sampled_from([
    "id", "items", "total", "note", "password", "email", "fullName", "氏名", "address", "phones", "tokens", "by", "0",
    "ada.SECRET@example.com", "a/b~c", "",
])  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(SECRETS),
    st.sampled_from(SECRETS).map("text {} here".format),
    st.just(4111111111111111),
    st.decimals(allow_nan=False, allow_infinity=False).map(str).map(Number),
    st.binary(max_size=4),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)
RULES = st.sampled_from(
    [{}, {"paths": ("/items/*", "/note")}, {"names": ("by",), "shown_names": ("address",)}, {"key_paths": ("/by",)}]
)


@settings(max_examples=150, deadline=None)
@given(OBJECTS, RULES)
def test_masking_twice_is_masking_once(value: dict[str, object], rules: dict[str, object]) -> None:
    one = masker(**rules)
    once = one.value(value)
    counted = one.counts.total()
    assert same(one.value(once), once)
    assert one.counts.total() == counted


@settings(max_examples=150, deadline=None)
@given(OBJECTS, RULES)
def test_the_value_given_stays_and_nothing_is_masked_without_rules(value: dict[str, object], rules: dict) -> None:
    before = copied(value)
    masker(**rules).value(value)
    assert same(value, before)
    assert same(Masker(NOTHING, SALT).value(value), before)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_a_text_without_anything_sensitive_stays(text: str) -> None:
    if not any(find(kind, text) for kind in KINDS):
        assert masker().text(text) == text


@settings(max_examples=150, deadline=None)
@given(OBJECTS, st.sampled_from(["password", "e-mail", "氏名", "secret_key", "住所"]), st.sampled_from(SECRETS[:1]))
def test_a_secret_below_a_sensitive_name_is_nowhere(value: dict[str, object], name: str, secret: str) -> None:
    hidden = {name: {"x": [secret, {secret: secret}], "y": secret}, "rest": value, secret[:0] + "z": [{name: secret}]}
    value_of = str(masker().value({name: hidden[name], "z": hidden["z"]}))
    assert secret not in value_of
    everything = dumps(masker().value({**hidden, "list": list(SECRETS[1:4])}))
    assert not any(each in everything for each in SECRETS[1:4])


@settings(max_examples=200, deadline=None)
@given(OBJECTS, st.lists(st.tuples(KEYS, st.one_of(KEYS, st.none()), VALUES), max_size=6), RULES)
def test_masked_changes_of_a_masked_state_give_the_masked_state(
    state: dict[str, object], edits: list[tuple[str, str | None, object]], rules: dict[str, object]
) -> None:
    one = masker(**rules)
    masked = one.value(copied(state))
    for first, second, new in edits:
        path: tuple[str | int, ...] = (first,)
        here: object = state.get(first, MISSING)
        if second is not None and isinstance(here, dict):
            path, here = (first, second), here.get(second, MISSING)
        elif isinstance(here, list):
            path, here = (first, len(here)), MISSING
        change = Change(path, here, new)
        masked = apply(masked, [one.change(change)])
        state = apply(state, [change])
    assert same(masked, one.value(state))


@settings(max_examples=100, deadline=None)
@given(VALUES, VALUES)
def test_equal_marks_for_equal_values_alone(left: object, right: object) -> None:
    one = masker(paths=("/x",))
    assert same(one.value(left, ("x",)), one.value(right, ("x",))) == (
        same(one.value(left, ("x",)), one.value(copied(left), ("x",))) and same(left, right)
    )


@pytest.mark.parametrize(
    "text",
    ["a" * 200_000, "@" * 200_000, "a@" * 100_000, "a@a." * 50_000, "1 " * 100_000, "4111 " * 40_000, "1" * 200_000,
     "eyJaaaaaaaa." * 20_000, "+1" * 100_000, "DE89 " * 40_000, "password=" * 20_000, 'password"' * 20_000,
     "://a:" * 40_000, "basic " * 30_000, "-----BEGIN PRIVATE KEY-----" * 8_000, "01-1-" * 40_000, "‹masked " * 30_000,
     '"a' * 100_000 + "@", "password" + " " * 200_000],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_hostile_texts_come_to_an_end(text: str) -> None:
    # Anything worse than a time in proportion to the text would take minutes here.
    one = masker()
    assert one.text(one.text(text)) == one.text(text)


def test_deep_and_wide_values() -> None:
    deep: object = "ada@example.com"
    for _ in range(200):
        deep = {"x": deep}
    assert "ada@" not in dumps(masker().value(deep))
    wide = {f"key{number}": number for number in range(20_000)}
    assert masker().value(wide) == wide


SAMPLES = [
    "a@example.com", "a＠example.com", "a%40example.com", "4111 1111 1111 1111", "DE89370400440532013000",
    "+49 30 12345678", "090-1234-5678", "(03) 1234-5678", "078-05-1120", "Bearer abcdefgh1", "https://a:b@c",
    "password=x", "token: 'x'",
    "eyJhbGciOiJI.eyJzdWIi.x", "-----BEGIN PRIVATE KEY-----x",
]  # fmt: skip
PIECES = st.lists(st.one_of(st.sampled_from(SAMPLES), st.text(max_size=8)), max_size=4).map("".join)


@settings(max_examples=300, deadline=None)
@given(text=PIECES)
def test_the_first_look_passes_over_nothing(text: str):
    if any(find(kind, text) for kind in KINDS):
        assert may_hold_any(text)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_first_look_sees_each_kind(sample: str):
    assert any(find(kind, sample) for kind in KINDS)
    assert may_hold_any(sample)


def test_objects_with_ever_new_keys_are_masked_alike(monkeypatch: pytest.MonkeyPatch):
    objects = [{f"k{number % 7}": {"password": "x", f"n{number}": "a@example.com"}} for number in range(50)]
    known = Masker(USUAL, b"salt")
    expected = [known.value(each) for each in objects]
    monkeypatch.setattr(masking, "_MOST_KEPT", 3)
    few = Masker(USUAL, b"salt")
    assert [few.value(each) for each in objects] == expected
    assert few.counts == known.counts

