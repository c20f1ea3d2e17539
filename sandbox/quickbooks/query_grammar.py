"""Reads a query statement. No OR, no parentheses but those of IN, no joins."""

import re
from dataclasses import dataclass

from sandbox.quickbooks.faults import QboError

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:\\.|[^'\\])*')
    | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
    | (?P<operator><=|>=|=|<|>)
    | (?P<mark>[(),*])
    | (?P<word>[A-Za-z_][\w.]*)
    )""",
    re.VERBOSE,
)
_OPERATORS = ("=", "<", ">", "<=", ">=", "in", "like")
_DEFAULT_LIMIT = 100


@dataclass(frozen=True)
class Condition:
    name: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    name: str
    descending: bool


@dataclass(frozen=True)
class Query:
    """`columns` is empty for `*`; `start` counts from 1."""

    entity: str
    columns: tuple[str, ...]
    counts: bool
    conditions: tuple[Condition, ...]
    orders: tuple[Order, ...]
    start: int = 1
    limit: int = _DEFAULT_LIMIT


def parse(statement: str) -> Query:
    """Raises QboError 4000 for what is no statement."""
    return _Parser(_tokens(statement)).query()


def _tokens(statement: str) -> list[tuple[str, str]]:
    tokens = []
    position = 0
    text = statement.strip().rstrip(";")
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _syntax(f"unexpected text near {text[position : position + 20]!r}")
        kind = match.lastgroup or ""
        tokens.append((kind, match.group(kind)))
        position = match.end()
    return tokens


def _syntax(reason: str) -> QboError:
    return QboError(4000, f"QueryParserError: {reason}")


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def query(self) -> Query:
        self._expect("select")
        columns, counts = self._columns()
        self._expect("from")
        entity = self._take("word")
        conditions = self._conditions() if self._accept("where") else ()
        orders = self._orders() if self._accepts_order() else ()
        start = self._integer() if self._accept("startposition") else 1
        limit = self._integer() if self._accept("maxresults") else _DEFAULT_LIMIT
        if self._at < len(self._tokens):
            raise _syntax(f"unexpected {self._tokens[self._at][1]!r}")
        return Query(entity, columns, counts, conditions, orders, start, limit)

    def _columns(self) -> tuple[tuple[str, ...], bool]:
        if self._accept("count"):
            for mark in ("(", "*", ")"):
                self._expect(mark)
            return (), True
        columns = [self._column()]
        while self._accept(","):
            columns.append(self._column())
        return (() if columns == ["*"] else tuple(columns)), False

    def _column(self) -> str:
        return "*" if self._accept("*") else self._take("word")

    def _conditions(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._accept("and"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        name = self._take("word")
        operator = self._next()[1].lower()
        if operator not in _OPERATORS:
            raise _syntax(f"unexpected {operator!r} after {name}")
        values = self._list() if operator == "in" else (self._literal(),)
        return Condition(name, operator, values)

    def _list(self) -> tuple[str, ...]:
        self._expect("(")
        values = [self._literal()]
        while self._accept(","):
            values.append(self._literal())
        self._expect(")")
        return tuple(values)

    def _literal(self) -> str:
        kind, text = self._next()
        if kind == "string":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number" or text.lower() in {"true", "false"}:
            return text
        raise _syntax(f"unexpected {text!r} where a value belongs")

    def _accepts_order(self) -> bool:
        if self._accept("orderby"):
            return True
        if self._accept("order"):
            self._expect("by")
            return True
        return False

    def _orders(self) -> tuple[Order, ...]:
        orders = [self._order()]
        while self._accept(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        name = self._take("word")
        descending = self._accept("desc")
        if not descending:
            self._accept("asc")
        return Order(name, descending)

    def _integer(self) -> int:
        kind, text = self._next()
        if kind != "number" or not re.fullmatch(r"-?\d+", text):
            raise _syntax(f"unexpected {text!r} where a number belongs")
        return int(text)

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _syntax("the statement ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, kind: str) -> str:
        found, text = self._next()
        if found != kind:
            raise _syntax(f"unexpected {text!r}")
        return text

    def _accept(self, word: str) -> bool:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")
        if kind == "string" or text.lower() != word:
            return False
        self._at += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            near = self._tokens[self._at][1] if self._at < len(self._tokens) else "the end"
            raise _syntax(f"expected {word} near {near!r}")
