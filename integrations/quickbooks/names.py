"""What QuickBooks accepts as text: lengths, forbidden characters, and how a name is made to fit, always the same way.

Where the published lengths and QuickBooks' own schema differ, the shorter one is kept.
"""

import re
import unicodedata

CUSTOMER_NAME = 100  # 500 may pass, but a name is also copied to a field of 110 for cheques
COMPANY_NAME = 100
ITEM_NAME = 100
SKU = 100
GIVEN_NAME = 25
FAMILY_NAME = 15
EMAIL = 100
PHONE = 21
DOC_NUMBER = 21
PAYMENT_REFERENCE = 21
SHIP_METHOD = 30
TRACKING_NUMBER = 31
ADDRESS_LINE = 500
CITY = REGION = COUNTRY = 255
POSTAL_CODE = 30
DESCRIPTION = 4000
PRIVATE_NOTE = 4000
MEMO = 1000

_KEPT_CONTROLS = "\n\t"
_EMOJI_GLUE = "\u200d\ufe0f"  # what remains of an emoji once its picture is taken out
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\]+\.[^@\s.,;:<>()\[\]\"\\]+")


def clean_text(text: str, limit: int) -> str:
    """Free text: line breaks stay; characters that QuickBooks has refused (emoji, control characters) go."""
    if text.isascii() and text.isprintable():  # as most are, and there are a hundred for each order
        return text.strip()[:limit].rstrip()
    kept = (char for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n")) if _is_accepted(char))
    return "".join(kept).strip()[:limit].rstrip()


def clean_name(text: str, limit: int) -> str:
    """The name of a customer: one line, no colon, blanks collapsed, cut to the limit."""
    one_line = clean_text(text.replace("\r", " "), len(text)).replace(":", " - ")
    return " ".join(one_line.split())[:limit].rstrip()


def clean_item_name(text: str, limit: int = ITEM_NAME) -> str:
    """Items and accounts take no double quote either; two single ones read the same (12'')."""
    return clean_name(text.replace('"', "''"), limit)


def with_suffix(name: str, suffix: str, limit: int) -> str:
    """`name (suffix)` within the limit; it is the name that is cut. A suffix with no room beside it stands alone."""
    ending = f" ({clean_name(suffix, limit)})"
    head = clean_name(name, limit)[: max(0, limit - len(ending))].rstrip()
    return f"{head}{ending}" if head else clean_name(suffix, limit)


def fitting(text: str, limit: int) -> str:
    """The cleaned text when it fits, else nothing: half a family name or telephone number is a wrong one."""
    name = clean_name(text, len(text) + 2 * text.count(":"))
    return name if len(name) <= limit else ""


def phone(text: str) -> str:
    """A telephone number, without its blanks where they are too many; empty when it does not fit."""
    number = fitting(text, len(text))
    return number if len(number) <= PHONE else fitting("".join(number.split()), PHONE)


def email(text: str) -> str:
    """A plausible e-mail address, or nothing: QuickBooks refuses the whole document for a bad one."""
    address = text.strip()
    dots_ok = ".." not in address and not address.startswith(".") and ".@" not in address and "@." not in address
    return address if len(address) <= EMAIL and address.isascii() and dots_ok and _EMAIL.fullmatch(address) else ""


def _is_accepted(char: str) -> bool:
    if char in _KEPT_CONTROLS:
        return True
    return (
        ord(char) <= 0xFFFF and char not in _EMOJI_GLUE and unicodedata.category(char) not in {"Cc", "Cs", "Co", "Cn"}
    )
