"""What a membership covers was sold with the membership: its line stays, at nothing, and no money comes in for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.commerce import OrderLine
from integrations.doubts import Doubt, Unexplained
from integrations.money import ZERO, total_of


@dataclass(frozen=True, slots=True)
class Covered:
    """The lines after that, and what it takes off the order's total and off its tax."""

    lines: tuple[OrderLine, ...]
    total: Decimal
    tax: Decimal
    doubts: tuple[Doubt, ...]


def covered_by(memberships: Mapping[str, Decimal], lines: Sequence[OrderLine], *, included: bool) -> Covered:
    """`memberships` are amounts by the ids of line items. Some lines cost nothing already, and some memberships pay
    another amount than that of their line: nobody can tell what that means, so it stays as a difference."""
    costs = {line.ref: line.charged + (ZERO if included else line.tax) for line in lines}
    paid = {f"item:{item}": amount for item, amount in memberships.items() if costs.get(f"item:{item}") != 0}
    whole = {ref for ref, amount in paid.items() if costs.get(ref) == amount}
    odd = [amount for ref, amount in paid.items() if ref not in whole]
    return Covered(
        lines=tuple(
            replace(line, gross=ZERO, discount=ZERO, unit_price=ZERO, taxes=()) if line.ref in whole else line
            for line in lines
        ),
        total=total_of(paid.values()),
        tax=total_of(line.tax for line in lines if line.ref in whole),
        doubts=tuple(Doubt.of(Unexplained.MEMBERSHIP, paid=amount) for amount in odd),
    )
