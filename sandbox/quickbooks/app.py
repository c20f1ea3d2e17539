"""The simulated QuickBooks as one WSGI app: OAuth, API and control API on one port."""

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from sandbox.quickbooks import answers, events
from sandbox.quickbooks.api import Api
from sandbox.quickbooks.companies import seed_company
from sandbox.quickbooks.control import Control
from sandbox.quickbooks.oauth import OAuth
from sandbox.quickbooks.regions import REGIONS
from sandbox.quickbooks.replay import Replays
from sandbox.quickbooks.store import Books
from sandbox.quickbooks.switches import TABLE
from sandbox.quickbooks.throttle import Throttle
from sandbox.quickbooks.tokens import Tokens
from sandbox.routing import Route
from sandbox.serving import System
from sandbox.webhooks import Event, Message


class QuickBooks(System):
    name = "quickbooks"
    switch_table = TABLE
    webhook_rules = events.RULES

    def prepare(self) -> None:
        self._companies = {region.realm: self._new_books(region.realm) for region in REGIONS}
        self._tokens = Tokens(self.documents, self.switches, self.timestamp)
        self._throttle = Throttle(self.switches, self.timestamp)
        self._replays = Replays(self.documents, self.switches, self.timestamp)
        self._api = Api(self._companies, self._tokens, self._throttle, self._replays, self._count)

    def routes(self) -> Iterable[Route]:
        yield from Control(self._companies, self._tokens).routes()
        yield from OAuth(self._tokens, self._companies).routes()
        yield from self._api.routes()

    def seed(self, options: Mapping[str, Any]) -> None:  # noqa: ARG002 - there is nothing to choose yet
        for table in (self._tokens, self._throttle, self._replays):
            table.clear()
        for region in REGIONS:
            books = self._companies[region.realm]
            books.clear()
            seed_company(books, region)
            self._tokens.seed(region.realm)

    def restore(self, documents: Iterable[tuple[str, str, Any]]) -> None:
        for kind, key, value in documents:
            if kind in self._companies:
                self._companies[kind].restore(key, value)
            elif kind == "replay":
                self._replays.restore(key, value)
            else:
                self._tokens.restore(kind, key, value)

    def error_answer(self, status: int, message: str) -> Response:
        return answers.system_fault(status, message, self.now())

    def throttled_answer(self) -> Response:
        return self._api.throttled()

    def expired_token_answer(self) -> Response:
        return answers.not_authenticated("expired", self.now())

    def unknown_route_answer(self, request: Request) -> Response:
        return self._api.unknown(request)

    def finish(self, request: Request, response: Response) -> Response:
        wants_json = "application/json" in request.headers.get("Accept", "")
        if (
            not wants_json
            and self.switches["xml_without_accept"]
            and request.path.startswith("/v3/")
            and response.mimetype == "application/json"
        ):
            response = answers.as_xml(response)
        response.headers["intuit_tid"] = answers.new_tid()
        return response

    def _new_books(self, realm: str) -> Books:
        return Books(realm, self.documents, self.switches, self.now, self._tell)

    def _tell(self, realm: str, type_name: str, identifier: str, operation: str) -> None:
        """Only companies that are connected tell anything."""
        if self.webhooks.listened_to and events.is_told(type_name) and self._tokens.is_connected(realm):
            self.webhooks.note(events.event(realm, type_name, identifier, operation, self.now()))

    def webhook_messages(self, told: list[Event], signature: str) -> Iterable[Message]:
        return events.messages(told, signature, self.switches["webhook_format"], self.now())

    def webhook_event(self, given: Mapping[str, Any]) -> Event:
        """{"realm", "name", "id", "operation"}, and for a merge {"deletedId"}."""
        more = {"deletedId": given["deletedId"]} if "deletedId" in given else {}
        return events.event(given["realm"], given["name"], str(given["id"]), given["operation"], self.now(), **more)

    def _count(self, name: str, amount: int) -> None:
        self.counts[name] += amount
