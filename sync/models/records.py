"""Records (a store object as we last saw it), postings (what we wrote into QuickBooks for it) and the batches they
travelled in.

A `Posting` is committed before the call that carries it, so whatever happens afterwards, the next run knows what may be
in the books.
"""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from integrations.fields import ExactJSONField
from integrations.models import BooksConnection, Integration
from integrations.words import document_in_words

TRACE_HELP = _("QuickBooks' own number of the call (intuit_tid), for its support")


class RecordKind(models.TextChoices):
    ORDER = "order", _("Order")
    REFUND = "refund", _("Refund")
    PRODUCT = "product", _("Product")
    STOCK = "stock", _("Stock level")


# What the books hold documents for; the other kinds are of the catalogue, and are no money.
DOCUMENT_KINDS = (RecordKind.ORDER, RecordKind.REFUND)
GOODS_KINDS = (RecordKind.PRODUCT, RecordKind.STOCK)


class RecordState(models.TextChoices):
    """Where a record stands. `held` waits for a setting or a person, `failed` is tried again by itself first."""

    NEW = "new", _("New")
    POSTED = "posted", _("Posted")
    SKIPPED = "skipped", _("Skipped")
    HELD = "held", _("Held")
    FAILED = "failed", _("Failed")
    IGNORED = "ignored", _("Ignored")


class Gone(models.TextChoices):
    """What the store says of an order that it does not have any more. `missing`: nothing, so nobody knows why."""

    DELETED = "deleted", _("Deleted in the store")
    MISSING = "missing", _("Not in the store any more")


# What is counted of orders that are not in the books yet, or tells whether the next sync takes them up.
_COUNTED = (
    "id", "kind", "reason", "currency", "amount", "created_in_store_at",
    "wanted", "done", "decided_revision", "decided_mirror",
)  # fmt: skip


class Record(models.Model):
    """A store object as we last saw it, and where it stands.

    Nobody works on a record directly: whatever wants it worked on raises `wanted`; a run that has dealt with it sets
    `done` to the value of `wanted` it started from, so a wish that comes in between is not lost.
    """

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="records", verbose_name=_("integration"))
    kind = models.CharField(_("kind"), max_length=10, choices=RecordKind)
    # The order that a refund belongs to.
    order = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="refunds", verbose_name=_("order")
    )
    store_ref = models.CharField(_("store id"), max_length=100)
    number = models.CharField(_("number"), max_length=100, blank=True)
    payload = ExactJSONField(editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    created_in_store_at = models.DateTimeField(_("created in the store at"))
    updated_in_store_at = models.DateTimeField(_("changed in the store at"))
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4, null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    payment_status = models.CharField(_("payment status"), max_length=60, blank=True)
    # When it was paid, as far as we know: at its creation when it was paid at first sight, else when we saw it turn.
    paid_at = models.DateTimeField(null=True, editable=False)
    gone = models.CharField(_("gone from the store"), max_length=10, choices=Gone, blank=True, editable=False)

    state = models.CharField(_("state"), max_length=10, choices=RecordState, default=RecordState.NEW)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    params = models.JSONField(default=dict, editable=False)
    # While it is held, failed or ignored: what the inbox groups it by (see `sync.causes`).
    cause = models.CharField(max_length=60, blank=True, editable=False)
    wanted = models.PositiveIntegerField(default=1, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    retry_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    # The settings and the mirror that the last decision rests on.
    decided_revision = models.PositiveIntegerField(default=0, editable=False)
    decided_mirror = models.PositiveIntegerField(default=0, editable=False)
    first_seen_at = models.DateTimeField(_("first seen at"), auto_now_add=True)

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        ordering = ["-created_in_store_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["integration", "kind", "store_ref"], name="one_record_per_store_object")
        ]
        indexes = [
            models.Index(fields=["integration", "state", "created_in_store_at"], name="record_by_state"),
            models.Index(
                fields=["integration", "created_in_store_at"], name="record_wanted", condition=Q(wanted__gt=F("done"))
            ),
            models.Index(fields=["integration", "cause"], name="record_by_cause", condition=~Q(cause="")),
            # These two hold all that the dashboard and the inbox count, so that they need not read the orders
            # themselves.
            models.Index(
                fields=["integration", "-created_in_store_at", "-id"],
                include=["kind", "state", "currency", "amount"],
                name="record_of_integration",
            ),
            models.Index(
                fields=["integration", "state", "cause"],
                include=_COUNTED,
                condition=Q(state__in=["new", "held", "failed"]),
                name="record_open",
            ),
            models.Index(fields=["-created_in_store_at", "-id"], name="record_latest"),
            models.Index(
                fields=["reason", "-created_in_store_at", "-id"], name="record_by_reason", condition=~Q(reason="")
            ),
            models.Index(fields=["number"], name="record_by_number"),
            models.Index(fields=["store_ref"], name="record_by_store_ref"),
        ]

    def __str__(self) -> str:
        called = self.number or self.store_ref
        return called if self.kind == RecordKind.ORDER else f"{called} · {self.get_kind_display()}"


class Role(models.TextChoices):
    """What a posting is to its record; customers and items belong to no record."""

    SALE = "sale", _("Sale")
    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund receipt")
    CREDIT = "credit", _("Credit memo")
    APPLICATION = "applied", _("Credit applied to its invoice")
    CUSTOMER = "customer", _("Customer")
    ITEM = "item", _("Item")


# What a record is in the books for; payments and what credits settle come along with it.
DOCUMENT_ROLES = (Role.SALE, Role.REFUND, Role.CREDIT)


class PostingState(models.TextChoices):
    """`sent` means that an answer is still owed: it, or its change, may or may not be in the books."""

    SENT = "sent", _("Sent, answer unknown")
    POSTED = "posted", pgettext_lazy("state of a document", "Posted")
    REFUSED = "refused", _("Refused")
    VOIDED = "voided", pgettext_lazy("state of a document", "Voided")


class Batch(models.Model):
    """One batch call: the request id and its postings' `bid`s are kept, so that the very same call can be made
    again."""

    books = models.ForeignKey(
        BooksConnection, models.CASCADE, related_name="batches", verbose_name=_("QuickBooks company")
    )
    request_id = models.CharField(_("request id"), max_length=36, unique=True)
    sent_at = models.DateTimeField(_("sent at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    trace = models.CharField(_("number of the call"), max_length=80, blank=True, help_text=TRACE_HELP)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        indexes = [
            models.Index(fields=["books", "sent_at"], name="batch_unanswered", condition=Q(answered_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.request_id


class Posting(models.Model):
    """One QuickBooks document or list entry that we made, are making or tried to make.

    Exactly one per (record, role, ordinal), and for customers and items exactly one per company and `key`.
    """

    books = models.ForeignKey(
        BooksConnection, models.CASCADE, related_name="postings", verbose_name=_("QuickBooks company")
    )
    record = models.ForeignKey(
        Record, models.CASCADE, null=True, blank=True, related_name="postings", verbose_name=_("record")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    ordinal = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=200, blank=True, editable=False)
    marker = models.CharField(_("marker in the note"), max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PostingState)
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="postings")
    bid = models.CharField(max_length=10, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    # All that we stated of the document, by what the books hold; a change that is not answered yet is in `change`:
    # operation, payload, proven_total, content, untold, given_back, dropped (fields that are not ours any more).
    payload = ExactJSONField(editable=False)
    change = ExactJSONField(null=True, editable=False)
    # What QuickBooks answered last (see `quickbooks.image`): tells whether anybody changed it there since.
    image = models.JSONField(default=dict, editable=False)
    # What a person decided about a difference: {"do": "overwrite" | "leave", "version": of what, "user": who}.
    decided = models.JSONField(default=dict, editable=False)
    # A change that was carried out and that no log entry tells of yet: {"action", "reason", "params"}, and what is to
    # be said besides: "also", a list of {"reason", "params"}.
    untold = models.JSONField(default=dict, editable=False)
    # A digest of what the order sold when it was posted: tells an edit from a change of status.
    content = models.CharField(max_length=64, blank=True, editable=False)
    # What refunds gave back of a receipt, or of a payment, by lowering it instead of by documents of their own: amounts
    # by the refunds' refs. Together with the total they are what came in.
    given_back = ExactJSONField(default=dict, editable=False)
    # What the books must show once it is posted; compared with the answer.
    proven_total = models.DecimalField(max_digits=19, decimal_places=4, null=True, editable=False)

    books_type = models.CharField(_("document"), max_length=20)
    books_ref = models.CharField(_("QuickBooks id"), max_length=40, blank=True)
    sync_token = models.CharField(max_length=20, blank=True, editable=False)
    doc_number = models.CharField(_("document number"), max_length=40, blank=True)
    customer_ref = models.CharField(max_length=40, blank=True, editable=False)
    txn_date = models.DateField(_("date"), null=True)
    total = models.DecimalField(_("total"), max_digits=19, decimal_places=4, null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    adopted = models.BooleanField(_("was there already"), default=False)
    fault_code = models.CharField(_("refusal code"), max_length=20, blank=True)
    fault_detail = models.CharField(_("refusal"), max_length=1000, blank=True)
    trace = models.CharField(_("number of the call"), max_length=80, blank=True, help_text=TRACE_HELP)
    posted_at = models.DateTimeField(_("posted at"), null=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "role", "ordinal"], name="one_posting_per_role", condition=Q(record__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["books", "role", "key"], name="one_posting_per_list_entry", condition=Q(record__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["books", "books_type", "books_ref"], name="posting_by_books_id"),
            models.Index(fields=["doc_number"], name="posting_by_number"),
            models.Index(fields=["books_ref"], name="posting_by_ref"),
        ]

    def __str__(self) -> str:
        return f"{document_in_words(self.books_type)} {self.doc_number or self.books_ref}".strip()

    @property
    def is_in_books(self) -> bool:
        """Whether it is there for certain; while a change of it is on its way, it is."""
        return self.state == PostingState.POSTED or (self.state == PostingState.SENT and self.change is not None)


def without_payment(integration: Integration) -> models.QuerySet[Record]:
    """The orders that were paid in the store and whose invoice was posted without any payment."""
    of_order = Posting.objects.filter(record=OuterRef("pk"), state=PostingState.POSTED)
    return Record.objects.filter(
        Exists(of_order.filter(role=Role.SALE, books_type="Invoice")),
        ~Exists(of_order.filter(role=Role.PAYMENT)),
        integration=integration,
        kind=RecordKind.ORDER,
        state=RecordState.POSTED,
        paid_at__isnull=False,
    )
