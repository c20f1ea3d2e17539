"""Shipping and handling that are taxed in parts.

Where goods of different tax rates travel together, Ecwid may tax the delivery in proportion: part of it at the rate of
one item, part at that of another. One line then carries taxes that were never charged on the same money, and no tax
code of the books fits it. Such a line is cut into one line per set of taxes that the items carry together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.commerce import OrderLine, TaxShare
from integrations.ecwid.lines import HANDLING, SHIPPING
from integrations.ecwid.tax_shares import Shares, sum_of, without_unapplied
from integrations.money import ZERO, allocate, round_half_up, total_of

_Key = tuple[str, Decimal | None]
_Set = frozenset[_Key]


@dataclass(frozen=True, slots=True)
class _Group:
    """Taxes that lie on the same part of the delivery, and what the items that carry them cost."""

    shares: Shares
    weight: Decimal

    @property
    def rate(self) -> Decimal:
        return total_of(share.rate or ZERO for share in self.shares)

    @property
    def base(self) -> Decimal:
        """The net amount of which the shares are the tax; nothing can be told from a rate of zero."""
        return sum_of(self.shares) * 100 / self.rate if self.rate else ZERO


def cut_by_tax(lines: Sequence[OrderLine], *, contained: bool, places: int) -> list[OrderLine]:
    """The lines, with shipping and handling cut where different parts of them are taxed differently."""
    items = [line for line in lines if line.ref.startswith("item:")]
    cut: list[OrderLine] = []
    for line in lines:
        if line.ref in {SHIPPING, HANDLING}:
            cut += _parts_of(line, items, contained=contained, places=places)
        else:
            cut.append(line)
    return cut


def _parts_of(line: OrderLine, items: Sequence[OrderLine], *, contained: bool, places: int) -> list[OrderLine]:
    """The line or its parts. Taxes listed at nothing are left out only now: on a small part a low rate is no cent."""
    groups = _groups(line, items, contained=contained, places=places)
    parts = _cut(line, groups, contained=contained, places=places) if len(groups) > 1 else [line]
    return [
        replace(part, taxes=without_unapplied(part.taxes, part.charged, contained=contained, places=places))
        for part in parts
    ]


def _groups(line: OrderLine, items: Sequence[OrderLine], *, contained: bool, places: int) -> list[_Group]:
    """The parts of the line; fewer than two when it is taxed as a whole or the items do not explain it."""
    net = line.charged - (line.tax if contained else ZERO)
    if not line.taxes or net <= 0 or any(share.rate is None for share in line.taxes):
        return []
    groups = _by_items(line.taxes, items, places)
    rates = [group.rate for group in groups if group.rate]
    rest = net - total_of(group.base for group in groups)
    # A cent of rounding per item, seen through the lowest rate, is this much of net amount.
    slack = max(len(items), 1) * Decimal(1).scaleb(-places) * 100 / min(rates, default=Decimal(100))
    is_whole = abs(rest) <= slack
    if rest < -slack or (is_whole and sum(bool(group.shares) for group in groups) < 2):
        return []
    return groups if is_whole or len(rates) < len(groups) else []


def _by_items(shares: Shares, items: Sequence[OrderLine], places: int) -> list[_Group]:
    """The shares grouped as the items carry them; nothing when the items leave open what belongs to whom."""
    known = {_key(share): share for share in shares}
    weights: dict[_Set, Decimal] = {}
    for item in items:
        carried = frozenset(_key(share) for share in item.taxes if _key(share) in known)
        weights[carried] = weights.get(carried, ZERO) + max(item.charged, ZERO)
    parts = _parts(known, weights, places) if known.keys() == frozenset().union(*weights) else {}
    groups = [_Group(part, weights[carried]) for carried, part in parts.items()]
    return sorted(groups, key=lambda group: min((list(known).index(_key(one)) for one in group.shares), default=99))


def _parts(known: Mapping[_Key, TaxShare], sets: Iterable[_Set], places: int) -> dict[_Set, Shares]:
    """What of each tax falls on each set of taxes; nothing where that cannot be told.

    A tax that one set alone carries tells how much of the delivery that set covers, and so its part of the taxes that
    it has in common with others (books with GST alone beside goods with GST and QST); what is left tells of the next.
    """
    left, waiting = {key: share.amount for key, share in known.items()}, list(sets)
    parts: dict[_Set, Shares] = {}
    while waiting:
        shared = Counter(key for one in waiting for key in one)
        one, net = next(((one, _net(one, left, shared)) for one in waiting if _is_told(one, shared)), (None, ZERO))
        if one is None:
            return {}
        taken = {
            key: left[key] if shared[key] == 1 else min(round_half_up(net * (key[1] or ZERO) / 100, places), left[key])
            for key in one
        }
        left |= {key: left[key] - part for key, part in taken.items()}
        parts[one] = tuple(replace(share, amount=taken[key]) for key, share in known.items() if key in one)
        waiting.remove(one)
    return parts


def _is_told(one: _Set, shared: Mapping[_Key, int]) -> bool:
    """Whether the set's net amount follows from a tax of its own, or need not be known."""
    return not any(rate for _, rate in one) or any(rate and shared[name, rate] == 1 for name, rate in one)


def _net(one: _Set, left: Mapping[_Key, Decimal], shared: Mapping[_Key, int]) -> Decimal:
    """As its highest own rate tells it, which is the least rounded."""
    own = max((key for key in one if key[1] and shared[key] == 1), key=lambda key: key[1] or ZERO, default=None)
    return left[own] * 100 / (own[1] or Decimal(1)) if own else ZERO


def _key(share: TaxShare) -> _Key:
    return share.name, share.rate


def _cut(line: OrderLine, groups: Sequence[_Group], *, contained: bool, places: int) -> list[OrderLine]:
    taxes = [sum_of(group.shares) if contained else ZERO for group in groups]
    nets = allocate(line.charged - total_of(taxes), _weights(line, groups, contained=contained), places)
    charged = [net + tax for net, tax in zip(nets, taxes, strict=True)]
    discounts = allocate(line.discount, charged, places)
    refs = [line.ref, *(f"{line.ref}:{number}" for number in range(2, len(groups) + 1))]
    return [
        replace(line, ref=ref, gross=part + discount, unit_price=part + discount, discount=discount, taxes=group.shares)
        for ref, part, discount, group in zip(refs, charged, discounts, groups, strict=True)
        if part or group.rate
    ]


def _weights(line: OrderLine, groups: Sequence[_Group], *, contained: bool) -> list[Decimal]:
    """The net amounts that the taxes tell; what they leave goes to the untaxed and zero-rated by the items' value, and
    by halves where a coupon left them none."""
    untaxed = [group.weight for group in groups if not group.rate]
    rest = max(line.charged - (line.tax if contained else ZERO) - total_of(group.base for group in groups), ZERO)
    whole = total_of(untaxed)
    return [
        group.base if group.rate else rest * group.weight / whole if whole else rest / len(untaxed) for group in groups
    ]
