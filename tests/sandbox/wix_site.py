"""A simulated Wix in this process, on a clock that tests move."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from sandbox.exact_json import dumps, loads
from sandbox.wix.access import APP_ID, APP_SECRET
from sandbox.wix.app import Wix
from sandbox.wix.schema import ANSWERS, problems
from tests.sandbox.ecwid_shop import Clock

MUGS = [{"sku": "MUG", "quantity": 3}, {"sku": "POSTER"}]


def amount(money: dict[str, Any]) -> Decimal:
    return Decimal(money["amount"])


def amounts(found: dict[str, Any], *names: str) -> tuple[str, ...]:
    """Each to the cent, whatever its scale was."""
    return tuple(f"{amount(found[name]):.2f}" for name in names)


class Site:
    """One site as the app sees it (`get`, `post`, ...) and as a test moves it (`place`, `control`)."""

    def __init__(self, key: str = "harbor", clock: Clock | None = None, state: Path | None = None) -> None:
        self.key = key
        self.clock = clock or Clock()
        self.system = Wix(state, clock=self.clock)
        self.client = Client(self.system)
        self.token = ""

    def on(self, key: str) -> "Site":
        """Another site of the same system."""
        other = Site.__new__(Site)
        other.__dict__.update(self.__dict__, key=key, token="")
        return other

    @property
    def instance_id(self) -> str:
        return self.system.site(self.key).instance_id

    @property
    def site_id(self) -> str:
        return self.system.site(self.key).id

    def ask_token(self, **changes: Any) -> Any:
        body = {"grant_type": "client_credentials", "client_id": APP_ID, "client_secret": APP_SECRET}
        return self.client.post("/oauth2/token", json={**body, "instance_id": self.instance_id, **changes})

    def call(self, method: str, path: str, body: Any = None, *, headers: Any = None, **query: Any) -> Any:
        if headers is None:
            self.token = self.token or self.ask_token().json["access_token"]
            headers = {"Authorization": self.token}
        sent = {} if body is None else {"data": dumps(body)}
        return self.client.open(path, method=method, headers=headers, query_string=query, **sent)

    def get(self, path: str, **query: Any) -> Any:
        return self._good(self.call("GET", path, **query))

    def post(self, path: str, body: Any = None) -> Any:
        return self._good(self.call("POST", path, body or {}))

    def patch(self, path: str, body: Any) -> Any:
        return self._good(self.call("PATCH", path, body))

    def refused(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """The status, and the code of the refusal or the rule that was violated."""
        response = self.call(method, path, body, **query)
        assert response.status_code >= 400, response.text
        details = loads(response.data)["details"]
        if "applicationError" in details:
            return response.status_code, details["applicationError"]["code"]
        if "validationError" in details:
            return response.status_code, details["validationError"]["fieldViolations"][0]["violatedRule"]
        return response.status_code, None

    def search(self, **asked: Any) -> Any:
        return self.post("/ecom/v1/orders/search", {"search": asked})

    def order(self, order_id: str) -> Any:
        return self.get(f"/ecom/v1/orders/{order_id}")["order"]

    def money_of(self, order_id: str) -> Any:
        return self.get(f"/ecom/v1/payments/orders/{order_id}")["orderTransactions"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        response = self.client.open(f"/control/sites/{self.key}{path}", method=method, data=dumps(body or {}))
        assert response.status_code == 200, response.text
        return loads(response.data)

    def place(self, lines: Any = None, **cart: Any) -> Any:
        return self.control("POST", "/orders", {"cart": {"lines": lines or MUGS, **cart}})

    def switch(self, **values: Any) -> None:
        assert self.client.patch("/control/switches", json=values).status_code == 200

    def stock(self, sku: str) -> int:
        return int(self.control("GET", "/stock")[sku]["quantity"])

    @staticmethod
    def _good(response: Any) -> Any:
        assert response.status_code == 200, response.text
        return loads(response.data)


def as_declared(kind: str, value: Any) -> list[str]:
    """What in an answer is not as the API declares it."""
    return list(problems(ANSWERS[kind], value))
