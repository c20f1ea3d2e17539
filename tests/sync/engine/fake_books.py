"""A company in memory behind the QuickBooks client's interface: it keeps what is written and fails as it is told."""

import re
from collections import deque
from dataclasses import dataclass, field

from integrations.errors import OutcomeUnknown, TemporaryError
from integrations.quickbooks.client import BatchAnswer
from integrations.quickbooks.faults import Fault, QuickBooksRefused

_NAME = {"Customer": "DisplayName", "Item": "Name"}


@dataclass
class Batch:
    """One batch call as it arrived."""

    request_id: str
    names: list[str]


@dataclass
class FakeBooks:
    """`trouble` holds what becomes of the next batch calls: functions of (books, items), tried before the work is done.

    `replay` says whether a request id that was answered before gets the same answer again.
    """

    replay: bool = True
    trouble: deque = field(default_factory=deque)
    refusals: dict = field(default_factory=dict)  # name -> fault
    rows: list = field(default_factory=list)  # (entity, object)
    batches: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    _answered: dict = field(default_factory=dict)

    def batch(self, items, request_id):
        self.batches.append(Batch(request_id, [name_of(item.payload) for item in items]))
        if self.trouble:
            answers = self.trouble.popleft()(self, items)
            if answers is not None:
                return answers
        if not (self.replay and request_id in self._answered):
            self._answered[request_id] = {item.bid: self.write(item) for item in items}
        return self._answered[request_id]

    def write(self, item):
        if item.operation != "create":
            return self._change(item)
        fault = self.refusals.get(name_of(item.payload)) or self._taken(item)
        if fault is not None:
            return BatchAnswer(item.bid, fault=fault, trace="1-tid")
        return BatchAnswer(item.bid, object=self.add(item.entity, **item.payload), trace="1-tid")

    def _taken(self, item):
        field_name = _NAME.get(item.entity)
        names = [row[field_name].casefold() for entity, row in self.rows if entity == item.entity and field_name]
        if field_name and item.payload[field_name].casefold() in names:
            return Fault("6240", "Duplicate Name Exists Error")
        return None

    def _change(self, item):
        """A sparse update, or a void."""
        [row] = [row for row in self.held(item.entity) if row["Id"] == item.payload["Id"]]
        if row["SyncToken"] != item.payload["SyncToken"]:
            return BatchAnswer(item.bid, fault=Fault("5010", "Stale Object Error"), trace="1-tid")
        stated = {"TotalAmt": 0} if item.operation == "void" else item.payload
        row |= {**stated, "SyncToken": str(int(row["SyncToken"]) + 1)}
        return BatchAnswer(item.bid, object=dict(row), trace="1-tid")

    def add(self, entity, **row):
        """Something that is in the books."""
        made = {**row, "Id": str(100 + len(self.rows)), "SyncToken": "0"}
        self.rows.append((entity, made))
        return made

    def query(self, entity, where=""):
        self.asked.append((entity, where))
        for kind, row in list(self.rows):
            if kind == entity and _fits(row, where):
                yield row

    def held(self, entity):
        return [row for kind, row in self.rows if kind == entity]


def name_of(payload):
    names = (payload.get(name) for name in ("DocNumber", "DisplayName", "Name", "PrivateNote"))
    return next((name for name in names if name), f"change of {payload.get('Id')}")


def _fits(row, where):
    between = re.fullmatch(r"TxnDate >= '(.*?)' AND TxnDate <= '(.*?)'", where)
    if between:
        return between[1] <= row["TxnDate"] <= between[2]
    one_of = re.fullmatch(r"(\w+) IN \((.*)\)", where)
    return row.get(one_of[1]) in re.findall(r"'((?:\\.|[^'])*)'", one_of[2])


# -- trouble -----------------------------------------------------------------------------------------------------------


def lost_before_the_work(_books, _items):
    """The connection breaks, and nothing was done."""
    raise OutcomeUnknown("no usable answer")


def lost_after(*names):
    """Only these were done (all of them, if none is named), and the answer is lost."""

    def trouble(books, items):
        for item in items:
            if not names or name_of(item.payload) in names:
                books.write(item)
        raise OutcomeUnknown("no usable answer")

    return trouble


def unclear(*names):
    """The work is done, but the answer does not mention these."""

    def trouble(books, items):
        answers = {item.bid: books.write(item) for item in items}
        silent = {item.bid for item in items if name_of(item.payload) in names}
        return {
            bid: BatchAnswer(bid, fault=Fault("no_answer", "not mentioned")) if bid in silent else answer
            for bid, answer in answers.items()
        }

    return trouble


def refused_as_a_whole(_books, _items):
    fault = Fault("2010", "Request has invalid or unsupported property")
    raise QuickBooksRefused("the request is wrong", 400, "2010", faults=(fault,))


def unreachable(_books, _items):
    raise TemporaryError("nothing was sent")
