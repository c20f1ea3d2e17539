"""A site that answers each path with what is prepared for it, and remembers what it was asked."""

import json
from typing import Any

import requests

from integrations.http import Transport
from integrations.wix.access import AppAccess
from integrations.wix.client import WixClient
from integrations.wix.store import WixStore
from tests.integrations.ecwid.fakes import FakeSession, FakeTime, answer

API = "https://wix.test"
TOKEN = {"access_token": "OauthNG.JWS.one", "token_type": "Bearer", "expires_in": 14400}
ABSENT = answer({"message": "", "details": {}}, 403)
UNKNOWN = answer({"message": "not found", "details": {}}, 404)


class Site:
    """`routes` are answers by "METHOD path": a body, a response, several in turn, or a callable that is asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Any] = {"POST /oauth2/token": TOKEN}
        self.session = FakeSession(self._answer)
        self.time = FakeTime()

    def __setitem__(self, route: str, told: Any) -> None:
        self.routes[route] = told

    def _answer(self, call: dict[str, Any]) -> requests.Response:
        told = self.routes.get(f"{call['method']} {call['path']}", UNKNOWN)
        if isinstance(told, list):
            told = told.pop(0) if len(told) > 1 else told[0]
        if callable(told):
            told = told(call)
        if isinstance(told, Exception):
            raise told
        return told if isinstance(told, requests.Response) else answer(told)

    def asked(self, route: str) -> list[Any]:
        """The bodies that were sent to a route, or the parameters where there was no body."""
        method, _space, path = route.partition(" ")
        calls = [call for call in self.session.calls if (call["method"], call["path"]) == (method, path)]
        return [json.loads(call["data"]) if call["data"] else call["params"] for call in calls]

    @property
    def transport(self) -> Transport:
        return Transport(session=self.session, clock=self.time.clock)

    def access(self, **options: Any) -> AppAccess:
        mine = {"api_url": API, "app_id": "app", "app_secret": "secret", "instance_id": "instance-1"}
        return AppAccess(**{**mine, **options}, transport=self.transport)

    def client(self, **options: Any) -> WixClient:
        return WixClient(**{"api_url": API, "access": self.access(), "transport": self.transport, **options})

    def store(self) -> WixStore:
        return WixStore(self.client(), now=self.time.clock.now)
