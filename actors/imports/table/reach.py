"""How an institution is reached, as sheets write it: several numbers in a cell, mailboxes with words around them."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from actors.imports.table.letters import says_nothing, squeezed
from actors.imports.table.reasons import Reason, reason
from portal.core.phones import BETWEEN, EXTENSION, SPREADSHEET, normalise_phone

FAX = re.compile(r"\b(?:t[ée]l[ée]copie(?:ur)?|fax)\b|(?:ال|(?<!ال))(?:فاكس|ناسوخ)", re.IGNORECASE)
FAX_APART = re.compile(rf"{BETWEEN.pattern}|(?={FAX.pattern})", re.IGNORECASE)
#: a letter between two digits: O for 0, l for 1; whoever typed it must say what was meant
LETTER_INSIDE = re.compile(r"\d[\s.\-]*[^\W\d_]+[\s.\-]*\d")
BETWEEN_MAILS = re.compile(r"[;,،؛|/\n]+")
MAIL_LABEL = re.compile(
    r"^(?:(?:e-?mail|mail|courriel|mél)\s*:|mailto:|[^\W\d_\x00-\x7f ]+(?: [^\W\d_\x00-\x7f ]+)*\s*:)\s*", re.IGNORECASE
)
ANGLE = re.compile(r"^[^<>]*<([^<>]+)>$")
LONGEST_MAIL = 254
LONGEST_ADDRESS = 200

_check_url = URLValidator(schemes=["http", "https"])


def without_fax(text: str) -> tuple[str, list[str]]:
    """The cell without what it calls fax numbers, and these."""
    pieces = [piece.strip() for piece in FAX_APART.split(squeezed(text)) if piece and piece.strip()]
    faxes = [piece for piece in pieces if FAX.search(piece)]
    return (" / ".join(piece for piece in pieces if piece not in faxes), faxes) if faxes else (text, [])


def read_phones(text: str, key: str = "phone") -> tuple[list[str], list[Reason]]:
    """The numbers in a cell as E.164, each once, and what is to be said about them."""
    if not text.strip():
        return [], []
    if says_nothing(text):
        return [], [reason("phone_none" if key == "phone" else "said_none", key, text)]
    written = squeezed(text)
    pieces = [written] if SPREADSHEET.match(written) else [piece for piece in BETWEEN.split(written) if piece.strip()]
    numbers: dict[str, None] = {}
    reasons = []
    for piece in pieces:
        try:
            numbers[_phone(piece)] = None
        except ValidationError as error:
            code = "phone_shortened" if error.code == "shortened" else "phone_not_understood"
            reasons.append(reason(code, key, piece.strip()))
    if len(numbers) > 1:
        reasons.append(reason("phone_several", key, text.strip(), kept=list(numbers)))
    return list(numbers), reasons


def _phone(piece: str) -> str:
    if LETTER_INSIDE.search(EXTENSION.sub("", piece)) and not SPREADSHEET.match(piece.strip()):
        raise ValidationError("", code="invalid")
    return normalise_phone(piece)


def read_mails(text: str, key: str = "email") -> tuple[list[str], list[Reason]]:
    """The addresses in a cell in small letters, each once, and what is to be said about them."""
    if not text.strip():
        return [], []
    if says_nothing(text):
        return [], [reason("email_none", key, text)]
    mails: dict[str, None] = {}
    reasons = []
    for piece in BETWEEN_MAILS.split(MAIL_LABEL.sub("", squeezed(text))):
        found = _mails(piece)
        mails.update(dict.fromkeys(found))
        if not found and piece.strip():
            reasons.append(reason("email_not_understood", key, piece.strip()))
    if len(mails) > 1:
        reasons.append(reason("email_several", key, text.strip(), kept=list(mails)))
    elif mails and not reasons and (mail := next(iter(mails))) != text.strip().lower():
        reasons.append(reason("email_repaired", key, text.strip(), kept=mail))
    return list(mails), reasons


def _mails(piece: str) -> list[str]:
    """The addresses of a piece without a separator; none where one word of it is no address."""
    piece = ANGLE.sub(r"\1", piece.strip())
    mails = [MAIL_LABEL.sub("", word).rstrip(".").lower() for word in piece.split()]
    return mails if mails and all(map(_is_mail, mails)) else []


def _is_mail(text: str) -> bool:
    if not text.isascii() or len(text) > LONGEST_MAIL:
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def read_website(text: str) -> tuple[str, list[Reason]]:
    """The address of a website with its scheme; '' with a reason for what is none."""
    written = squeezed(text)
    if not written:
        return "", []
    if says_nothing(written):
        return "", [reason("said_none", "website", written)]
    address = written if "://" in written else f"https://{written}"
    try:
        _check_url(address)
    except ValidationError:
        return "", [reason("website_not_understood", "website", written)]
    if len(address) > LONGEST_ADDRESS:
        return "", [reason("website_not_understood", "website", written)]
    return address, [] if address == written else [reason("website_completed", "website", written, kept=address)]
