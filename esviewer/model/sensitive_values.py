"""Texts that are sensitive by what they look like: e-mail addresses, card numbers, IBANs, keys.

Each kind finds where in a text its values are. All of them take a time in proportion to the text: no quantifier runs
over what another one may run over too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

Span: TypeAlias = tuple[int, int]
"""From and to in a text."""
Finder: TypeAlias = Callable[[str], Iterator[Span]]

_AT = re.compile(r"(?<=[\w.+\-'!#$*^~%\"])(?:[@＠]|%40)(?=\w)")
_NO_SPACES = "\u0e00-\u0e7f\u1100-\u11ff\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff61-\uff9f"
"""Scripts that set no spaces between words, so that an address may stand right beside other words."""
_LOCAL = re.compile(rf"(?:(?![{_NO_SPACES}])[\w.+\-'!#$*^~%])+\Z")
_LOCAL_ANY = re.compile(r"[\w.+\-'!#$*^~%]+\Z")
_QUOTED = re.compile(r'"[^"\n]{1,62}"\Z')
_DOMAIN = re.compile(
    rf"(?:(?:(?![{_NO_SPACES}_])[\w\-]){{1,63}}+\.(?=[^\W\d_])){{1,8}}+(?:(?![{_NO_SPACES}_])[^\W\d]){{2,24}}+(?:(?![{_NO_SPACES}_])[\w\-])*+"
)
_DOMAIN_ANY = re.compile(r"(?:[\w\-]{1,63}+\.(?=[^\W_])){1,8}+[^\W\d]{2,63}+")
_LONGEST_LOCAL = 64

_DIGITS = re.compile(r"\d(?:[ \-\u00a0]?\d){12,}+")
_UUID = re.compile("[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_SHORTEST_GROUP = 3
"""Digits of the groups that a card's number is written in, but for the last one's."""
_GROUP = re.compile(r"\d+")
_LETTER = re.compile("[A-Za-z]")
_CARDS: Final = (
    (("4",), (13, 16, 19)),
    (tuple(str(n) for n in range(51, 56)), (16,)),
    (tuple(str(n) for n in range(2221, 2721)), (16,)),
    (("34", "37"), (15,)),
    (("6011", "65", *(str(n) for n in range(644, 650))), (16, 19)),
    (tuple(str(n) for n in range(3528, 3590)), (16,)),
    (("36", "38", "39", *(str(n) for n in range(300, 306))), (14, 16)),
    (("62",), (16, 17, 18, 19)),
    (("5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763"), (16, 18, 19)),
)
"""How numbers of the card schemes begin, and how many digits they have."""

_IBAN_HEAD = re.compile("(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}")
_IBANS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29"
    " ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20"
    " LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29"
    " PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
    " YE30"
)
_IBAN_LENGTHS: Final = {each[:2]: int(each[2:]) for each in _IBANS.split()}
"""How long an account number of each country is (ISO 13616)."""

_PHONES = (
    re.compile(r"(?<![\w+])[+＋][1-9](?:[ .\-()/\u00a0]{0,2}\d){8,14}+(?!\d)"),
    re.compile(r"(?<![\w\-.])0(?=[\d\-]{11,12}(?![\w\-]))\d{1,4}-\d{1,4}-\d{4}(?![\w\-])"),
    re.compile(r"(?<![\w\-.])\(\d{2,5}\) ?\d{1,4}-\d{4}(?![\w\-])"),
)
_SSN = re.compile(r"(?<![\w\-.])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![\w\-])")
_JWT = re.compile(r"(?<![\w\-])eyJ[\w\-]{8,}+\.[\w\-]{4,}+\.[\w\-]*+")
_BEARER = re.compile(r"(?i)(?<![\w])(?:bearer|basic) +([A-Za-z0-9+/=._~\-]{8,}+)")
_IN_URL = re.compile(r"://[^\s/@:]{0,256}+:([^\s/@]{1,256}+)@")
_ASSIGNED = re.compile(
    r"""(?i)(?:password|passwd|pwd|secret|token|api_?key|credential|パスワード)\\?["']?\s{0,4}+"""
    r"""(?:=\s{0,4}+|:\s{0,4}+(?=\\?["']))(?:"((?:[^"\\]|\\.)++)|\\"([^"\\]++)|\\?'([^'\\]++)|([^\s"'&;,<>(){}\\]++))"""
)
_PEM = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses, international ones too, also behind a `%40`."""
    done = 0
    for at in _AT.finditer(text):
        if at.start() < done:
            continue
        before = text[max(done, at.start() - _LONGEST_LOCAL) : at.start()]
        local = _LOCAL.search(before) or _LOCAL_ANY.search(before) or _QUOTED.search(before)
        if local is None:
            continue
        domain = _DOMAIN.match(text, at.end()) or _DOMAIN_ANY.match(text, at.end())
        if domain is None:
            continue
        done = domain.end()
        yield at.start() - len(local.group().lstrip("'.")), done


def cards(text: str) -> Iterator[Span]:
    """Numbers of payment cards whose check digit is right, in groups or not."""
    for run in _DIGITS.finditer(text):
        groups = [group.span() for group in _GROUP.finditer(text, run.start(), run.end())]
        if _attached(text, groups[0][0] - 1):
            groups = groups[1:]
        if groups and _LETTER.match(text, groups[-1][1]):
            groups = groups[:-1]
        for start, end in _cards_among(text, groups):
            if not _in_uuid(text, start, end):
                yield start, end


def _cards_among(text: str, groups: list[Span]) -> Iterator[Span]:
    at = 0
    while at < len(groups):
        digits = ""
        for last in range(at, min(at + 19, len(groups))):
            start, end = groups[last]
            digits += text[start : min(end, start + 20)]
            if len(digits) > 19:
                break
            if len(digits) >= 13 and is_card(digits):
                yield groups[at][0], end
                at = last
                break
            if end - start < _SHORTEST_GROUP:
                break
        at += 1


def _in_uuid(text: str, start: int, end: int) -> bool:
    """Whether digits are but some of a UUID's."""
    around = _UUID.finditer(text, max(0, start - 36), end + 36)
    return any(found.start() < end and start < found.end() for found in around)


def _attached(text: str, before: int) -> bool:
    """Whether a letter, or a decimal point behind a digit, stands right before a number."""
    if before < 0:
        return False
    return _LETTER.match(text, before) is not None or (
        text[before] in ".," and before > 0 and text[before - 1].isdigit()
    )


def is_card(digits: str) -> bool:
    """Whether digits (of any script) are the number of a payment card: its scheme, its length, its check digit."""
    plain = "".join(str(unicodedata.digit(each)) for each in digits)
    if not any(len(plain) in lengths and plain.startswith(heads) for heads, lengths in _CARDS):
        return False
    total = 0
    for index, char in enumerate(reversed(plain)):
        digit = int(char) * (1 + index % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0 and len(set(plain)) > 1


def ibans(text: str) -> Iterator[Span]:
    """International bank account numbers of the right length and checksum, in groups or not."""
    done = 0
    for head in _IBAN_HEAD.finditer(text):
        wanted = _IBAN_LENGTHS.get(head.group()[:2].upper())
        if wanted is None or head.start() < done:
            continue
        end = _after_characters(text, head.start(), wanted)
        if end is not None and _is_iban("".join(filter(str.isalnum, text[head.start() : end]))):
            done = end
            yield head.start(), end


def _after_characters(text: str, start: int, wanted: int) -> int | None:
    """Where so many letters and digits end, single spaces between them; None where there are too few."""
    at, found = start, 0
    while found < wanted:
        if at < len(text) and text[at].isascii() and text[at].isalnum():
            found += 1
        elif at >= len(text) or text[at] not in " \u00a0" or not text[at - 1].isalnum():
            return None
        at += 1
    follows = text[at : at + 1]
    return None if follows.isascii() and follows.isalnum() else at


def _is_iban(text: str) -> bool:
    moved = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def phones(text: str) -> Iterator[Span]:
    """Phone numbers with a country's code, and those that are evidently in groups; plain digits are none."""
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            yield match.span()


def identity_numbers(text: str) -> Iterator[Span]:
    """Social security numbers of the United States, in groups."""
    for match in _SSN.finditer(text):
        yield match.span()


def keys(text: str) -> Iterator[Span]:
    """JSON Web Tokens, what follows `Bearer`, passwords in URLs and behind `password=`, and private keys."""
    for match in _JWT.finditer(text):
        yield match.span()
    for pattern in (_BEARER, _IN_URL):
        for match in pattern.finditer(text):
            yield match.span(1)
    for match in _ASSIGNED.finditer(text):
        yield match.span(match.lastindex or 0)
    at = 0
    while (begin := _PEM.search(text, at)) is not None:
        end = text.find("-----END", begin.end())
        at = len(text) if end < 0 else end
        yield begin.end(), at


KINDS: Final[dict[str, Finder]] = {
    "key": keys,
    "e-mail": emails,
    "IBAN": ibans,
    "card number": cards,
    "phone": phones,
    "identity number": identity_numbers,
}
"""What is looked for, by its name, in this order."""
_HINTS: Final = {
    "key": re.compile(r"eyJ|(?i:bearer|basic) |://|[=:]|PRIVATE KEY"),
    "e-mail": _AT,
    "IBAN": _IBAN_HEAD,
    "card number": _DIGITS,
    "phone": re.compile(r"[+＋][1-9]|\d-\d{4}"),
    "identity number": _SSN,
}


_ANY: Final = re.compile(
    r"[@＠=:]|%40|eyJ|(?i:bearer|basic) |PRIVATE KEY|[A-Za-z]{2}[0-9]{2}|[+＋][1-9]|\d-\d{4}|\d(?:[ \-\u00a0]?\d){12}"
)
"""What is in every text in which one of `_HINTS` is."""


def may_hold_any(text: str) -> bool:
    """Whether a text may have a value of some kind in it; most have none, which is told at one look."""
    return _ANY.search(text) is not None


def find(kind: str, text: str) -> list[Span]:
    """Where values of a kind are in a text, in order; those that overlap are one."""
    if _HINTS[kind].search(text) is None:
        return []
    return merged(KINDS[kind](text))


def merged(spans: Iterator[Span]) -> list[Span]:
    """Spans in order, those that overlap as one, empty ones left out."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if start == end:
            continue
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
