"""Whatever is written, paid, credited, changed, voided and deleted in whatever order: the books add up."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from sandbox.exact_json import loads
from tests.sandbox.quickbooks_desk import Desk

ON_ACCOUNT = ("Invoice", "CreditMemo")
STOCK = Decimal(100)

SALES = (*ON_ACCOUNT, "SalesReceipt", "RefundReceipt")
VOIDABLE = ("Invoice", "SalesReceipt", "Payment")
STEPS = 30


def step_of(chance: Random) -> tuple[Any, ...]:
    first, second, amount, share = chance.randrange(4), chance.randrange(4), *chance.choices(range(10, 130, 10), k=2)
    return chance.choice(
        (
            ("sell", chance.choice((*SALES, *ON_ACCOUNT)), amount),
            ("pay", first, amount, share),
            ("credit", first, second, amount),
            ("resize", chance.choice((*SALES, *ON_ACCOUNT)), first, amount),
            ("unapply", first),
            ("void", chance.choice(VOIDABLE), first),
            ("delete", chance.choice((*SALES, "Payment")), first),
        )
    )


class Office:
    """Tries each step; what the books refuse changes nothing."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.desk.switch(delete_paid_invoice="unapplied", overapplied_payment="unapplied")

    def take(self, step: tuple[Any, ...]) -> None:
        getattr(self, step[0])(*step[1:])

    def sell(self, type_name: str, amount: int) -> None:
        account = {"DepositToAccountRef": self.desk.ref("Account", "Checking")}
        self.write(type_name, self.desk.sale(self.line(amount), **(account if type_name == "RefundReceipt" else {})))

    def pay(self, number: int, amount: int, share: int) -> None:
        invoice = self.pick("Invoice", number)
        if invoice:
            self.write("Payment", self.desk.payment(str(amount), ("Invoice", invoice, str(share))))

    def credit(self, number: int, other: int, amount: int) -> None:
        invoice, credit = self.pick("Invoice", number), self.pick("CreditMemo", other)
        if invoice and credit:
            cash = 10 if invoice["Balance"] >= 20 else 0
            share = min(amount, invoice["Balance"] - cash, credit["RemainingCredit"])
            links = ("Invoice", invoice, str(share + cash)), ("CreditMemo", credit, str(share))
            self.write("Payment", self.desk.payment(str(cash), *links))

    def resize(self, type_name: str, number: int, amount: int) -> None:
        document = self.pick(type_name, number)
        if document:
            self.write(type_name, self.desk.version(document, Line=[self.line(amount)]))

    def unapply(self, number: int) -> None:
        payment = self.pick("Payment", number)
        if payment:
            self.write("Payment", self.desk.version(payment, Line=[]))

    def void(self, type_name: str, number: int) -> None:
        document = self.pick(type_name, number)
        if document:
            self.write(type_name, self.desk.version(document), include="void")

    def delete(self, type_name: str, number: int) -> None:
        document = self.pick(type_name, number)
        if document:
            self.write(type_name, self.desk.version(document), operation="delete")

    # -- inside --------------------------------------------------------------------------------------------------

    def line(self, amount: int) -> Any:
        return self.desk.line(str(amount), "Sprocket", Qty=amount // 10)

    def pick(self, type_name: str, number: int) -> Any:
        rows = self.desk.books()[type_name]
        return rows[number % len(rows)] if rows else None

    def write(self, type_name: str, body: Any, **options: Any) -> None:
        response = self.desk.send("POST", type_name.lower(), body, **options)
        assert response.status_code in {200, 400}, response.text
        assert response.status_code == 200 or loads(response.text)["Fault"]


def check(books: Any) -> None:
    payments = books["Payment"]
    for payment in payments:
        sums = {name: shares(payment, name) for name in ON_ACCOUNT}
        assert payment["UnappliedAmt"] == payment["TotalAmt"] + sums["CreditMemo"] - sums["Invoice"] >= 0
    for name in ON_ACCOUNT:
        for document in books[name]:
            paid = [(payment["Id"], shares(payment, name, document["Id"])) for payment in payments]
            assert document["TotalAmt"] - document["Balance"] == sum(share for _, share in paid)
            assert 0 <= document["Balance"] <= document["TotalAmt"]
            linked = {link["TxnId"] for link in document["LinkedTxn"]}
            assert linked == {identifier for identifier, share in paid if share}
    assert all(memo["RemainingCredit"] == memo["Balance"] for memo in books["CreditMemo"])
    owed = sum(row["Balance"] for row in books["Invoice"]) - sum(row["Balance"] for row in books["CreditMemo"])
    (customer,) = books["Customer"]
    assert customer["Balance"] == owed - sum(payment["UnappliedAmt"] for payment in payments)
    (sprocket,) = [item for item in books["Item"] if item["Type"] == "Inventory"]
    back = quantity(books, "CreditMemo") + quantity(books, "RefundReceipt")
    assert sprocket["QtyOnHand"] == STOCK - quantity(books, "Invoice") - quantity(books, "SalesReceipt") + back


def shares(payment: Any, type_name: str, identifier: str | None = None) -> Decimal:
    links = [(line["Amount"], line["LinkedTxn"][0]) for line in payment["Line"]]
    return sum(
        (amount for amount, link in links if link["TxnType"] == type_name and identifier in {None, link["TxnId"]}),
        Decimal(0),
    )


def quantity(books: Any, type_name: str) -> Decimal:
    details = (line.get("SalesItemLineDetail", {}) for row in books[type_name] for line in row["Line"])
    return sum((Decimal(detail.get("Qty", 0)) for detail in details), Decimal(0))


@pytest.mark.parametrize("seed", range(24))
def test_the_books_add_up_after_every_step(seed: int) -> None:
    chance = Random(seed)
    office = Office()
    office.desk.prefer("SalesFormsPrefs", AutoApplyCredit=bool(seed % 2))
    for type_name in ("Invoice", "Invoice", "Invoice", "CreditMemo", "CreditMemo"):
        office.sell(type_name, 120)
    taken = []
    for _ in range(STEPS):
        taken.append(step_of(chance))
        office.take(taken[-1])
        try:
            check(office.desk.books())
        except AssertionError as error:
            error.add_note(f"after {taken}")
            raise
