"""A simulated Ecwid store in this process, on a clock that tests move."""

from pathlib import Path
from typing import Any

from werkzeug.test import Client

from sandbox.ecwid.app import Ecwid
from sandbox.exact_json import dumps, loads

TOKEN = {"Authorization": "Bearer secret_sim_1003"}
CART = {"lines": [{"sku": "CHA-CED", "quantity": 2}], "shipping": 9.95, "payment_method": "PayPal"}
NOON = 1_790_000_000


class Clock:
    def __init__(self) -> None:
        self.seconds = float(NOON)

    def __call__(self) -> float:
        return self.seconds


class Shop:
    """Store 1003 as the app sees it (`get`, `put`, ...) and as a test moves it (`place`, `control`)."""

    def __init__(self, clock: Clock, state: Path | None = None) -> None:
        self.clock = clock
        self.system = Ecwid(state, clock=clock)
        self.client = Client(self.system)

    def call(self, method: str, path: str, **more: Any) -> Any:
        return self.client.open(f"/api/v3/1003{path}", method=method, headers=TOKEN, **more)

    def get(self, path: str, **query: Any) -> Any:
        response = self.call("GET", path, query_string=query)
        assert response.status_code == 200, response.text
        return loads(response.data)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        url = f"/control/stores/1003{path}"
        response = self.client.open(url, method=method, data=dumps(body if body is not None else {}))
        assert response.status_code == 200, response.text
        return loads(response.data)

    def place(self, **changes: Any) -> dict[str, Any]:
        placed = self.control("POST", "/orders", {"cart": {**CART, **changes}})
        assert isinstance(placed, dict)
        return placed

    def switch(self, **values: Any) -> None:
        assert self.client.patch("/control/switches", json=values).status_code == 200

    def stock(self, sku: str) -> int:
        return int(self.get("/products", sku=sku)["items"][0]["quantity"])

    def ids(self, **query: Any) -> list[str]:
        return [order["id"] for order in self.get("/orders", **query)["items"]]
