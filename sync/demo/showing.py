"""A statement as tables for a terminal."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from integrations.money import currency_places
from sync.demo.statement import Figure, Open, Statement
from sync.models import RecordState

_SHOWN = 6  # order numbers in one line; more are counted


def show(statement: Statement, console: Console) -> None:
    console.print(_whole(statement))


def _whole(statement: Statement) -> Group:
    parts: list[RenderableType] = [Text(), _figures(statement)]
    if statement.open:
        parts.append(_reasons(statement))
    return Group(*parts)


def _figures(statement: Statement) -> Table:
    integration = statement.integration
    currency = integration.store.currency
    table = Table(f"{integration.store} → {integration.books}", title=integration.business.name, title_justify="left")
    table.add_column("Orders", justify="right")
    table.add_column(currency, justify="right")
    for label, figure, style in _rows(statement):
        table.add_row(label, f"{figure.count:,}", _amount(figure, currency), style=style)
    return table


def _rows(statement: Statement) -> Iterator[tuple[str, Figure, str]]:
    """Each line of the table with its style."""
    yield "In the store", statement.store, ""
    for state in RecordState:
        if state != RecordState.POSTED and state in statement.by_state:
            yield f"- {state.label}", statement.by_state[state], "dim"
    yield "= To be in QuickBooks", statement.due, "bold"
    for kind in statement.sale_types:
        yield f"In QuickBooks ({kind})", statement.by_document[kind], "bold"
    difference = statement.due - statement.sales
    yield "Difference", difference, "green" if difference == Figure() else "red"
    if statement.payments.count:
        yield "Payments recorded for them", statement.payments, "dim"
    if statement.refunds.count:
        yield "Given back since", statement.refunds, "dim"


def _reasons(statement: Statement) -> Table:
    currency = statement.integration.store.currency
    table = Table("", "Order", title="Not in QuickBooks, and why", title_justify="left", show_lines=True)
    table.add_column(currency, justify="right")
    table.add_column("Why")
    for one in statement.open:
        table.add_row(
            str(one.state.label), _numbers(one), _amount(Figure(len(one.numbers), one.amount), currency), one.sentence
        )
    return table


def _numbers(one: Open) -> str:
    more = len(one.numbers) - _SHOWN
    return "\n".join([*one.numbers[:_SHOWN], *([f"and {more} more"] if more > 0 else [])])


def _amount(figure: Figure, currency: str) -> str:
    return f"{figure.amount:,.{currency_places(currency)}f}"
