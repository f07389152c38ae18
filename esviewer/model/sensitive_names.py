"""Names that say that what they name is sensitive: `password`, `cardNumber`, `date_of_birth`, `氏名`.

A name is taken apart into words whatever its spelling (camelCase, snake_case, kebab-case, spaces, widths, accents), and
words that follow one another are looked up together, so that `tokenCount` and `microphone` name nothing sensitive.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from typing import Final

_LONGEST = 200
"""Characters of the longest text that counts as a name."""
_MOST_WORDS = 5
_CASED = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])")
_SPLIT = re.compile(r"[\W_\d]+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Sensitive:
    """Why a name is sensitive."""

    kind: str
    """What it names, such as `password`."""
    secret: bool
    """Whether all below it is secret, keys too: what is below an address has field names as keys, which may be read."""
    plural: bool
    """Whether it names several, so that the keys right below it may be values themselves."""


_TERMS: Final = {
    "password": "password passwd pwd passphrase passcode passwort kennwort motdepasse contrasena senha wachtwoord"
    " userpass userpassword пароль",
    "secret": "secret credential clientsecret securityanswer secretanswer recoverycode backupcode otp totp",
    "token": "token jwt bearer accesstoken refreshtoken sessionid sessionkey sessiontoken csrf xsrf",
    "key": "apikey accesskey privatekey secretkey encryptionkey signingkey sharedkey masterkey sshkey apisecret",
    "authorization": "authorization authheader authorizationheader cookie setcookie proxyauthorization xapikey",
    "identity number": "ssn socialsecurity socialsecuritynumber socialsecurityno nationalid nationalidnumber"
    " nationalinsurance nationalinsurancenumber passport passportnumber passportno driverlicense driverslicense"
    " driverlicence driverslicence drivinglicence drivinglicense taxid taxnumber taxpayerid mynumber"
    " individualnumber aadhaar personnummer steuernummer steuerid cpf",
    "bank account": "iban bankaccount bankaccountnumber bankaccountno kontonummer",
    "card number": "cardnumber cardno cardnum creditcard creditcardnumber debitcard debitcardnumber ccnumber ccnum"
    " paymentcard cardpan primaryaccountnumber kartennummer kreditkarte cvv cvv2 cvc cvn cardcode securitycode"
    " cardsecuritycode cardverification pincode pinnumber",
    "e-mail": "email emailaddress mailaddress emailaddr mailaddr correo courriel recipientemail",
    "phone": "phone phonenumber telephone telephonenumber mobilephone mobilenumber cellphone cellnumber telnumber"
    " telno msisdn faxnumber telefon telefonnummer telefono telefone telefoon telephonenum phoneno handynummer"
    " telefonszam телефон",
    "birth date": "birthdate dateofbirth birthday dob birthyear placeofbirth birthplace geburtsdatum geburtstag"
    " geburtsort datedenaissance fechadenacimiento fechanacimiento datadenascimento datanascimento datadinascita"
    " geboortedatum birthdt датарождения",
    "address": "address addr streetaddress addressline streetname postaladdress postalcode postcode zipcode adresse"
    " anschrift direccion endereco indirizzo adres codepostal postleitzahl домашнийадрес адрес",
    "name of a person": "fullname firstname lastname surname givenname familyname middlename maidenname forename"
    " nickname legalname realname personname patientname employeename contactname recipientname beneficiaryname"
    " holdername cardholder cardholdername accountholder accountholdername accountholdersname customername guestname"
    " passengername payername payeename ownername namekana kananame furigana vorname nachname familienname prenom"
    " nomdefamille apellido cognome voornaam achternaam sobrenome nomecompleto nombrecompleto фамилия",
}
_WHOLE: Final = {
    "password": "pw pass",
    "card number": "pin pan",
    "e-mail": "mail mails mailto",
    "phone": "tel mobile mobiles fax handy",
    "address": "street zip plz strasse",
    "authorization": "auth",
}
"""Names that are sensitive by themselves, but too short a word to mean anything inside of others."""
_ENDINGS: Final = {
    "password": "passwort kennwort",
    "address": "adresse anschrift",
    "phone": "telefonnummer handynummer",
    "birth date": "geburtsdatum",
    "name of a person": "vorname nachname",
}
"""Where languages write compounds in one word, such as Rechnungsadresse."""
_SCRIPTS: Final = {
    "password": "パスワード 暗証番号 合言葉 秘密の質問 密码 密碼 口令 비밀번호 암호",
    "token": "トークン 令牌 토큰",
    "key": "秘密鍵 APIキー 密钥 密鑰",
    "identity number": "マイナンバー 個人番号 旅券番号 パスポート番号 免許証番号 保険証番号 身份证"
    " 身分證 주민등록번호 여권번호",
    "bank account": "口座番号 银行账号 銀行帳號 계좌번호",
    "card number": "カード番号 クレジットカード セキュリティコード 银行卡 信用卡 카드번호",
    "e-mail": "メール 電子メール 邮箱 郵箱 电子邮件 電子郵件 이메일",
    "phone": "電話 携帯 FAX番号 ファックス番号 电话 手机 手機 전화 휴대폰 휴대전화",
    "birth date": "生年月日 誕生日 出生日期 生日 생년월일 생일",
    "address": "住所 郵便番号 番地 所在地 届け先 お届け先 地址 邮编 郵遞區號 주소 우편번호",
    "name of a person": "氏名 姓名 お名前 フリガナ ふりがな 성명 이름",
}
"""Where words are not set apart: found anywhere in a name."""
_SECRET_KINDS: Final = frozenset({"password", "secret", "token", "key", "authorization"})

_NOT_AFTER: Final = _set(
    "count counts counter type types kind status state verified confirmed confirmation valid validity validated changed"
    " change changes updated created expired expires expire expiry expiration ttl lifetime length size limit limits"
    " max min policy policies strength attempts attempt tries retries failures failed required requirement enabled"
    " disabled allowed format version index at on when time timestamp usage used id ids template subject sent provider"
    " label validator validation rule rules requested request balance budget cost price rate total model brand"
    " issuer scheme network bucket endpoint uri url known present missing optin consent notifications"
    " notification preference preferences field fields column name names hint visible preferred"
)
"""A word after a sensitive one that says that this names something about it."""
_NOT_BEFORE: Final = _set(
    "max min num number count total has is can should must needs require requires input output prompt completion"
    " used remaining average avg public"
)
_NO_ADDRESS_AFTER: Final = _set(
    "ip ipv mac memory bind listen host server web contract http url network remote socket internet dns peer"
)
"""Before `address`: one of a machine."""
_ABOUT: Final = re.compile(
    "(?:数|件数|回数|枚数|文字数|日時|変更日|登録日|更新日|送信日|発行日|種別|種類|区分|状態|フラグ|有無|ID|id|設定|可否|形式|名称|会社|ソフト)$"
)
"""Ends of names in Japanese that say the same as `_NOT_AFTER`."""


def _lookup(table: dict[str, str]) -> dict[str, str]:
    return {_folded(term): kind for kind, terms in table.items() for term in terms.split()}


def _folded(text: str) -> str:
    """Lower case without accents and widths; the marks of Japanese kana stay."""
    flat = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in flat if not "\u0300" <= c <= "\u036f")).casefold()


_BY_TERM = _lookup(_TERMS)
_BY_WHOLE = _lookup(_WHOLE)
_BY_ENDING = _lookup(_ENDINGS)
_BY_PART = _lookup(_SCRIPTS)


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, without digits, accents and widths."""
    flat = unicodedata.normalize("NFKC", name)
    return tuple(word for part in _SPLIT.split(flat) for word in map(_folded, _CASED.split(part)) if word)


def joined(name: str) -> str:
    """A name in the one spelling in which `itemRef`, `item_ref` and `Item Ref` are the same; digits stay."""
    return re.sub(r"[\W_]+", "", _folded(unicodedata.normalize("NFKC", name)))


def sensitive(name: str) -> Sensitive | None:
    """Why a name is sensitive, None when it is not."""
    if len(name) > _LONGEST:
        return None
    # Numbered names are many, and their numbers say nothing.
    return _sensitive(name.rstrip("0123456789") if name.isascii() else name)


@lru_cache(maxsize=8192)
def _sensitive(name: str) -> Sensitive | None:
    found = words(name)
    return _by_words(found) or _by_script(name)


def _by_words(found: tuple[str, ...]) -> Sensitive | None:
    if not found:
        return None
    whole = "".join(found)
    if whole in _BY_WHOLE:
        return _said(_BY_WHOLE[whole], whole)
    for start in range(len(found)):
        text = ""
        # The longest is what is meant: a `card number type` is no card number, but neither is it a `card`.
        best: tuple[int, str, str] | None = None
        for end in range(start, min(start + _MOST_WORDS, len(found))):
            text += found[end]
            kind = _kind(text)
            if kind is not None:
                best = (end, kind, text)
        if best is not None and not _only_about(found, start, best[0], best[1]):
            return _said(best[1], best[2])
    return None


def _kind(text: str) -> str | None:
    kind = _BY_TERM.get(text) or _BY_TERM.get(_singular(text))
    if kind is None:
        kind = next((kind for ending, kind in _BY_ENDING.items() if text.endswith(ending)), None)
    return kind


def _singular(text: str) -> str:
    if text.endswith("sses"):
        return text[:-2]
    return text[:-1] if text.endswith("s") and not text.endswith("ss") else text


def _said(kind: str, text: str) -> Sensitive:
    return Sensitive(kind, kind in _SECRET_KINDS, _singular(text) != text and text not in _BY_TERM)


def _only_about(found: tuple[str, ...], start: int, end: int, kind: str) -> bool:
    """Whether the words around a sensitive one say that not it is named, but something about it."""
    before = found[start - 1] if start else ""
    after = found[end + 1 : end + 2]
    if before in _NOT_BEFORE or (before == "of" and found[start - 2 : start - 1] == ("number",)):
        return True
    if kind == "address" and before in _NO_ADDRESS_AFTER:
        return True
    return bool(after) and after[0] in _NOT_AFTER


def _by_script(name: str) -> Sensitive | None:
    if name.isascii():
        return None
    text = _folded(name)
    if _ABOUT.search(unicodedata.normalize("NFKC", name)):
        return None
    for part, kind in _BY_PART.items():
        if part in text:
            return Sensitive(kind, kind in _SECRET_KINDS, False)
    return None


class Names:
    """Names that a user wrote down, each whatever its spelling; `*` and `?` stand for any piece and one character."""

    def __init__(self, patterns: tuple[str, ...] = ()) -> None:
        self._whole = frozenset(joined(each) for each in patterns if not _is_glob(each))
        self._globs = [re.compile(translate(_joined_glob(each))) for each in patterns if _is_glob(each)]

    def __contains__(self, name: str) -> bool:
        if not self._whole and not self._globs:
            return False
        if len(name) > _LONGEST:
            name = name[:_LONGEST]
        text = joined(name)
        return text in self._whole or any(glob.match(text) for glob in self._globs)


def _is_glob(text: str) -> bool:
    return "*" in text or "?" in text


def _joined_glob(text: str) -> str:
    return "".join(each if each in "*?" else joined(each) for each in re.split(r"([*?])", text))
