"""Which tax code the taxes on a line become (T1, T5)."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import product

from integrations.books import NON_TAXABLE, TAXABLE
from integrations.commerce import TaxShare
from integrations.money import plain
from sync.translate.settings import TaxMapping, match_key

_Tax = tuple[str, Decimal | None]  # the compared form of a name, and the rate
_NAME_AND_RATE = re.compile(r"(?P<name>.*\S)\s+(?P<rate>\d+(?:[.,]\d+)?)\s*%?")


def combined(shares: Sequence[TaxShare]) -> tuple[TaxShare, ...]:
    """The taxes of a line as a combination: each tax once, in an order that does not depend on the store's."""
    amounts: dict[tuple[str, Decimal], list[TaxShare]] = {}
    for share in shares:
        rate = Decimal(-1) if share.rate is None else share.rate
        amounts.setdefault((match_key(share.name), rate), []).append(share)
    return tuple(
        TaxShare(same[0].name, same[0].rate, sum((share.amount for share in same), Decimal(0)))
        for _, same in sorted(amounts.items(), key=lambda item: item[0])
    )


def rate_text(rate: Decimal) -> str:
    """A rate as people write it: 8.25, 20, 5.5."""
    text = plain(rate)
    return text.rstrip("0").rstrip(".") if "." in text else text


def tax_tokens(shares: Sequence[TaxShare]) -> tuple[str, ...]:
    """The taxes on a line as a mapping row names them: name and rate."""
    return tuple(
        share.name if share.rate is None else f"{share.name} {rate_text(share.rate)}" for share in combined(shares)
    )


def taxes_text(shares: Sequence[TaxShare]) -> str:
    """The taxes on a line for people: "GST 5 % + QST 9.975 %", always in the same order."""
    return " + ".join(map(_share_text, combined(shares)))


def _share_text(share: TaxShare) -> str:
    if share.rate is None or rate_text(share.rate) in share.name.replace(",", "."):
        return share.name
    return f"{share.name} {rate_text(share.rate)} %"


@lru_cache(maxsize=4096)
def _name_and_rate(token: str) -> tuple[str, Decimal] | None:
    """ "VAT 5,50 %" as ("vat", 5.50); None when the token does not end in a rate."""
    found = _NAME_AND_RATE.fullmatch(token.strip())
    return (match_key(found["name"]), Decimal(found["rate"].replace(",", "."))) if found else None


def _names_rate(token: str, tax: _Tax) -> bool | None:
    """Whether a row's token names the tax with its rate (True), by name only (False), or not at all (None)."""
    name, rate = tax
    if match_key(token) == name:
        return False
    return True if rate is not None and _name_and_rate(token) == (name, rate) else None


def _rates_named(tokens: Sequence[str], taxes: tuple[_Tax, ...]) -> int | None:
    """How many rates a row names when it fits the combination one to one; None when it does not fit."""
    if not tokens:
        return 0
    fits = []
    for index, tax in enumerate(taxes):
        rated = _names_rate(tokens[0], tax)
        if rated is None:
            continue
        others = _rates_named(tokens[1:], taxes[:index] + taxes[index + 1 :])
        if others is not None:
            fits.append(rated + others)
    return max(fits, default=None)


def mapped_code(shares: Sequence[TaxShare], rows: Sequence[TaxMapping]) -> str | None:
    """The code of the row for exactly this combination. Rows that name rates win over rows that name taxes only; rows
    for which nobody has chosen a code yet do not count."""
    row = mapped_row(shares, rows)
    return row.code if row is not None else None


def mapped_row(shares: Sequence[TaxShare], rows: Sequence[TaxMapping]) -> TaxMapping | None:
    """The row that `mapped_code` takes its code from."""
    return _row_for(tuple((match_key(share.name), share.rate) for share in shares), tuple(rows))


@lru_cache(maxsize=1024)
def _row_for(taxes: tuple[_Tax, ...], rows: tuple[TaxMapping, ...]) -> TaxMapping | None:
    """Remembered, because the same few combinations come with every line of every order."""
    best: TaxMapping | None = None
    most = -1
    for row in rows:
        if not row.code or len(row.taxes) != len(taxes):
            continue
        rated = _rates_named(row.taxes, taxes)
        if rated is not None and rated > most:
            best, most = row, rated
    return best


def names_taxes(tokens: Sequence[str], text: str) -> bool:
    """Whether a row names the taxes of a `taxes_text`, which leaves out a rate that the name itself ends in."""
    parts = text.split(" + ") if text else []
    if len(parts) != len(tokens):
        return False
    return any(_rates_named(tokens, taxes) is not None for taxes in product(*map(_readings, parts)))


def _readings(part: str) -> set[_Tax]:
    """What "VAT 20 %" may mean: that name, that name at 20 %, or "VAT" at 20 %."""
    named: set[_Tax] = {(match_key(part), None)}
    rated = _name_and_rate(part)
    return named | {rated, (match_key(part), rated[1])} if rated else named


def us_code(shares: Sequence[TaxShare], rows: Sequence[TaxMapping]) -> str | None:
    """The same for a US company, which only asks taxable or not: state, county and city tax need no row for every way
    they meet on a line, and a line without taxes is not taxable unless a row says so."""
    code = mapped_code(shares, rows)
    if code is not None:
        return code
    each = [mapped_code([share], rows) for share in shares]
    if None in each:
        return None
    return TAXABLE if TAXABLE in each else NON_TAXABLE
