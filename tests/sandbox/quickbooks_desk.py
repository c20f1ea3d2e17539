"""A desk in a simulated company: speaks HTTP to the sandbox in this process, on a clock that tests move."""

from decimal import Decimal
from typing import Any

from werkzeug.test import Client, TestResponse

from sandbox.exact_json import dumps, loads
from sandbox.quickbooks.app import QuickBooks

REALMS = {
    "CA": "9341450000000001",
    "US": "9341450000000002",
    "US-no-tax": "9341450000000003",
    "GB": "9341450000000004",
    "US-manual": "9341450000000005",
    "FR": "9341450000000006",
}
MORNING = 1_790_000_000.0  # 2026-09-21, 13:33 UTC


class Clock:
    def __init__(self) -> None:
        self.time = MORNING

    def __call__(self) -> float:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += seconds


class Desk:
    def __init__(self, company: str = "US", state: Any = None, *, throttled: bool = False) -> None:
        self.clock = Clock()
        self.system = QuickBooks(state, clock=self.clock)
        self.web = Client(self.system)
        self.realm = REALMS[company]
        self.token = f"qbo_access_{self.realm}"
        if not throttled:
            self.switch(requests_per_second=None, requests_per_minute=None, batches_per_minute=None)

    # -- control -------------------------------------------------------------------------------------------------

    def control(self, method: str, path: str, body: Any = None) -> Any:
        response = self.web.open(f"/control/{path}", method=method, data=dumps(body or {}))
        assert response.status_code == 200, response.text
        return loads(response.text)

    def switch(self, **values: Any) -> None:
        self.control("PATCH", "switches", values)

    def prefer(self, group: str, **values: Any) -> None:
        self.control("PATCH", f"companies/{self.realm}/preferences", {group: values})

    def books(self) -> Any:
        return self.control("GET", f"companies/{self.realm}/books")

    def id(self, type_name: str, name: str) -> str:
        for row in self.books()[type_name]:
            if name in (row.get("Name"), row.get("DisplayName")):
                return str(row["Id"])
        raise LookupError(name)

    def ref(self, type_name: str, name: str) -> dict[str, str]:
        return {"value": self.id(type_name, name)}

    # -- API -----------------------------------------------------------------------------------------------------

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **options.pop("headers", {})}
        data = body if isinstance(body, str | bytes) or body is None else dumps(body)
        return self.web.open(
            f"/v3/company/{self.realm}/{path}", method=method, data=data, headers=headers, query_string=options
        )

    def write(self, type_name: str, fields: Any, **options: Any) -> Any:
        """The object that the answer holds; the write must have worked."""
        response = self.send("POST", type_name.lower(), fields, **options)
        assert response.status_code == 200, response.text
        return loads(response.text)[type_name]

    def refused(self, type_name: str, fields: Any, **options: Any) -> Any:
        """The one fault entry of a write that must be refused."""
        response = self.send("POST", type_name.lower(), fields, **options)
        assert response.status_code == 400, response.text
        return fault_of(response)

    def read(self, type_name: str, identifier: str) -> Any:
        response = self.send("GET", f"{type_name.lower()}/{identifier}")
        assert response.status_code == 200, response.text
        return loads(response.text)[type_name]

    def query(self, statement: str) -> Any:
        response = self.send("GET", "query", query=statement)
        assert response.status_code == 200, response.text
        return loads(response.text)["QueryResponse"]

    def rows(self, statement: str) -> list[Any]:
        return next((value for value in self.query(statement).values() if isinstance(value, list)), [])

    def batch(self, *items: Any, **options: Any) -> list[Any]:
        response = self.send("POST", "batch", {"BatchItemRequest": list(items)}, **options)
        assert response.status_code == 200, response.text
        return list(loads(response.text)["BatchItemResponse"])

    # -- documents -----------------------------------------------------------------------------------------------

    def line(self, amount: str, item: str = "Services", code: str | None = None, **detail: Any) -> Any:
        fields = {"ItemRef": self.ref("Item", item), **detail}
        if code is not None:
            fields["TaxCodeRef"] = {"value": code} if code in {"TAX", "NON"} else self.ref("TaxCode", code)
        return {"Amount": Decimal(amount), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": fields}

    def sale(self, *lines: Any, **fields: Any) -> Any:
        return {"CustomerRef": self.ref("Customer", "Store customer"), "Line": list(lines), **fields}

    def invoice(self, *lines: Any, **fields: Any) -> Any:
        return self.write("Invoice", self.sale(*(lines or [self.line("100.00")]), **fields))

    def payment(self, amount: str, *links: tuple[str, Any, str], **fields: Any) -> Any:
        """A payment's body; a link is (type, object, amount)."""
        rows = [
            {"Amount": Decimal(share), "LinkedTxn": [{"TxnId": linked["Id"], "TxnType": type_name}]}
            for type_name, linked, share in links
        ]
        customer = self.ref("Customer", "Store customer")
        return {"CustomerRef": customer, "TotalAmt": Decimal(amount), "Line": rows, **fields}

    def version(self, stored: Any, **changes: Any) -> Any:
        """The body of a sparse update."""
        return {"Id": stored["Id"], "SyncToken": stored["SyncToken"], "sparse": True, **changes}


def fault_of(response: TestResponse) -> Any:
    (entry,) = loads(response.text)["Fault"]["Error"]
    return entry
