"""The Accounting API: every request is authenticated, throttled, and answered in QuickBooks' envelope."""

from collections.abc import Callable, Iterable, Mapping

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Request, Response

from sandbox.exact_json import dumps, loads
from sandbox.quickbooks import answers, cdc, query
from sandbox.quickbooks.attachments import file_metadata
from sandbox.quickbooks.batch import run_batch
from sandbox.quickbooks.faults import QboError, inactive_or_gone, missing, unsupported
from sandbox.quickbooks.replay import Replays, check_request_id, fingerprint
from sandbox.quickbooks.sending import PRINTABLE, pdf, send
from sandbox.quickbooks.store import TYPES, Books, Json
from sandbox.quickbooks.throttle import BATCH_LANES, REQUEST_LANES, Lane, Throttle
from sandbox.quickbooks.tokens import Tokens
from sandbox.quickbooks.writes import check_id, create, verb_for
from sandbox.routing import Route, json_answer

_ROOT = "/v3/company/<realm>"
_SINGLETONS = ("CompanyInfo", "Preferences")
_MAX_FILES = 20


class Api:
    def __init__(
        self,
        companies: Mapping[str, Books],
        tokens: Tokens,
        throttle: Throttle,
        replays: Replays,
        count: Callable[[str, int], None],
    ) -> None:
        self._companies = companies
        self._tokens = tokens
        self._throttle = throttle
        self._replays = replays
        self._count = count

    def routes(self) -> Iterable[Route]:
        yield Route("GET", f"{_ROOT}/query", self._guarded(self._query))
        yield Route("POST", f"{_ROOT}/query", self._guarded(self._query))
        yield Route("POST", f"{_ROOT}/batch", self._guarded(self._batch, BATCH_LANES))
        yield Route("GET", f"{_ROOT}/cdc", self._guarded(self._cdc))
        yield Route("POST", f"{_ROOT}/upload", self._guarded(self._upload))
        yield Route("GET", f"{_ROOT}/preferences", self._guarded(self._reader("Preferences", "1")))
        yield Route("GET", f"{_ROOT}/companyinfo/<identifier>", self._guarded(self._reader("CompanyInfo", "1")))
        for type_name in TYPES:
            if type_name not in _SINGLETONS:
                path = f"{_ROOT}/{type_name.lower()}"
                yield Route("POST", path, self._guarded(self._writer(type_name)))
                yield Route("GET", f"{path}/<identifier>", self._guarded(self._reader(type_name)))
            if type_name in PRINTABLE:
                yield Route("GET", f"{path}/<identifier>/pdf", self._guarded(self._printer(type_name)))
                yield Route("POST", f"{path}/<identifier>/send", self._guarded(self._mailer(type_name)))

    def unknown(self, request: Request) -> Response:
        """A path that leads nowhere; the gateway checks the token first."""
        realm = request.path.split("/")[3] if request.path.startswith("/v3/company/") else ""
        if realm:
            refusal = self._refusal(request, realm, REQUEST_LANES)
            if refusal is not None:
                return refusal
        error = unsupported(f"Could not find resource for relative : {request.path}")
        return json_answer(answers.fault_body(error, self._any_books().now()), 400)

    # -- who may -------------------------------------------------------------------------------------------------

    def _guarded(
        self, work: Callable[..., Response], lanes: tuple[Lane, ...] = REQUEST_LANES
    ) -> Callable[..., Response]:
        def handle(request: Request, realm: str, **arguments: str) -> Response:
            refusal = self._refusal(request, realm, lanes)
            if refusal is not None:
                return refusal
            books = self._companies[realm]
            try:
                return work(request, books, **arguments)
            except QboError as error:
                return json_answer(answers.fault_body(error, books.now()), 400)

        return handle

    def _refusal(self, request: Request, realm: str, lanes: tuple[Lane, ...]) -> Response | None:
        now = self._any_books().now()
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        granted = self._tokens.realm_of(token) if scheme.lower() == "bearer" else None
        if granted is None:
            return answers.not_authenticated(token, now)
        if granted != realm:
            return answers.not_authorized(now)
        if not self._throttle.admit(realm, lanes):
            self._count("throttled", 1)
            return self.throttled()
        return None

    def throttled(self) -> Response:
        books = self._any_books()
        return answers.throttled(
            books.now(),
            as_xml=books.switches["throttle_xml"],
            retry_after=books.switches["throttle_retry_after"],
        )

    def _any_books(self) -> Books:
        return next(iter(self._companies.values()))

    # -- reading -------------------------------------------------------------------------------------------------

    def _reader(self, type_name: str, fixed_id: str | None = None) -> Callable[..., Response]:
        def read(_request: Request, books: Books, identifier: str = "") -> Response:
            return _enveloped(books, {type_name: _existing(books, type_name, fixed_id or identifier)})

        return read

    def _printer(self, type_name: str) -> Callable[..., Response]:
        def show(_request: Request, books: Books, identifier: str) -> Response:
            return Response(pdf(_existing(books, type_name, identifier)), content_type="application/pdf")

        return show

    def _query(self, request: Request, books: Books) -> Response:
        text = request.args.get("query") or request.get_data(as_text=True)
        return _enveloped(books, {"QueryResponse": query.answer(books, text)})

    def _cdc(self, request: Request, books: Books) -> Response:
        sections = cdc.changes(books, request.args.get("entities"), request.args.get("changedSince"))
        return _enveloped(books, {"CDCResponse": [{"QueryResponse": sections}]})

    # -- writing -------------------------------------------------------------------------------------------------

    def _writer(self, type_name: str) -> Callable[..., Response]:
        def write(request: Request, books: Books) -> Response:
            request_id = request.args.get("requestid")
            check_request_id(request_id)
            mark = fingerprint(f"{request.full_path}\n{request.get_data(as_text=True)}")
            kept = self._replays.find(books.realm, request_id, mark)
            if kept is not None:
                return Response(kept.text, kept.status, content_type="application/json")
            text, status = _written(request, books, type_name)
            self._replays.keep(books.realm, request_id, (text, status), mark)
            return Response(text, status, content_type="application/json")

        return write

    def _mailer(self, type_name: str) -> Callable[..., Response]:
        def mail(request: Request, books: Books, identifier: str) -> Response:
            document = _existing(books, type_name, identifier)
            return _enveloped(books, {type_name: send(books, type_name, document, request.args.get("sendTo"))})

        return mail

    def _batch(self, request: Request, books: Books) -> Response:
        body = _object_of(request)
        self._count("batch_items", len(body.get("BatchItemRequest") or ()))
        items = run_batch(books, self._replays, body, request.args.get("requestid"))
        return _enveloped(books, {"BatchItemResponse": items})

    def _upload(self, request: Request, books: Books) -> Response:
        contents = sorted(name for name in request.files if name.startswith("file_content_"))
        if not 0 < len(contents) <= _MAX_FILES:
            raise missing("file_content_01")
        return _enveloped(books, {"AttachableResponse": [_uploaded(request, books, name) for name in contents]})


def _existing(books: Books, type_name: str, identifier: str) -> Json:
    found = books.find(type_name, identifier)
    if found is None:
        check_id(identifier)
        raise inactive_or_gone()
    return found


def _written(request: Request, books: Books, type_name: str) -> tuple[str, int]:
    """The answer to a write as JSON text, with its status."""
    try:
        body = _object_of(request)
        options = _options(request)
        verb = verb_for(books, type_name, body, request.args.get("operation"), options)
        return dumps(_envelope(books, {type_name: verb(books, type_name, body, options)})), 200
    except QboError as error:
        return dumps(answers.fault_body(error, books.now())), 400


def _uploaded(request: Request, books: Books, content_name: str) -> Json:
    """One file's answer; its refusal stays inside the answer as a whole."""
    metadata_name = content_name.replace("content", "metadata")
    metadata: FileStorage | str | None = request.files.get(metadata_name) or request.form.get(metadata_name)
    try:
        return {"Attachable": create(books, "Attachable", file_metadata(metadata, request.files[content_name]))}
    except QboError as error:
        return {"Fault": error.fault()}


def _object_of(request: Request) -> Json:
    try:
        body = loads(request.get_data())
    except ValueError:
        raise QboError(2010, "Property Name:Malformed JSON is not supported") from None
    if not isinstance(body, dict):
        raise QboError(2010, "Property Name:the body must be a JSON object")
    return body


def _options(request: Request) -> frozenset[str]:
    return frozenset(word for value in request.args.getlist("include") for word in value.split(",") if word)


def _envelope(books: Books, content: Json) -> Json:
    return {**content, "time": answers.answer_time(books.now())}


def _enveloped(books: Books, content: Json) -> Response:
    return json_answer(_envelope(books, content))
