"""Facts about QuickBooks that nobody could verify, each with the value assumed here."""

from sandbox.switches import Switch

TABLE = (
    # OAuth
    Switch("access_token_seconds", 3600, "life of an access token"),
    Switch("refresh_token_grace_seconds", 0, "how long a refresh token still works after it was replaced"),
    Switch("refresh_token_rotation_seconds", 0, "a refresh replaces the refresh token only when it is this old"),
    Switch("authorization_code_seconds", 600, "life of an authorization code"),
    # Limits; null is off
    Switch("requests_per_minute", 500, "per company; null is off"),
    Switch("requests_per_second", 10, "per company; null is off"),
    Switch("batches_per_minute", 40, "per company; null is off"),
    Switch("batch_limit", 30, "items in one batch"),
    Switch("throttle_xml", default=False, says="a throttled answer has an XML body even when JSON was asked for"),
    Switch("throttle_retry_after", None, "seconds in a Retry-After header of throttled answers; null: no header"),
    # Protocol
    Switch("xml_without_accept", default=True, says="without `Accept: application/json` the answer is XML"),
    Switch("request_id_replay", default=True, says="a repeated request id gets the stored answer instead of new work"),
    Switch("request_id_seconds", 86_400, "how long the answer to a request id is kept"),
    Switch(
        "request_id_replays_failures",
        default=False,
        says="a refused request is replayed as well instead of tried again",
    ),
    Switch(
        "request_id_other_body",
        "replay",
        "the same request id with another body: the first answer again, or refused with 600",
        ("replay", "refuse"),
    ),
    Switch("batch_shuffle", default=False, says="the items of a batch answer come back in another order"),
    Switch("query_lag_seconds", 0, "a new object appears in queries and change data only after so long"),
    Switch("quantity_lag_seconds", 0, "queries and change data show a quantity on hand as it was so long ago"),
    Switch("query_projection", default=True, says="`select Id, Name from` works and gives sparse objects"),
    Switch(
        "unchanged_update_keeps_token",
        default=True,
        says="an update that changes nothing leaves SyncToken and times alone",
    ),
    Switch("strict_schema_lengths", default=True, says="where sources differ on a length, the shorter one holds"),
    Switch(
        "webhook_format",
        "cloudevents",
        "the form of webhooks: CloudEvents, or the notifications of before 2026",
        ("cloudevents", "notifications"),
    ),
    Switch("subscription_lapsed", default=False, says="all companies are read-only, writes are refused with 6190"),
    Switch(
        "void_by_operation", default=False, says="payments and sales receipts can be voided by `operation=void` as well"
    ),
    # Names and references
    Switch("forbidden_character_code", 2040, "code for `:`, tab or newline in a name", (2040, 6000)),
    Switch(
        "refuse_emoji_in_names",
        default=True,
        says="names with characters outside the basic plane are refused with 2040",
    ),
    Switch("inactive_customer_code", 610, "code for a sale to an inactive customer", (610, 6250)),
    Switch(
        "class_when_off",
        "ignored",
        "a class or location that the preferences do not allow: ignored, or refused with 6000",
        ("ignored", "refused"),
    ),
    # Sales forms
    Switch(
        "duplicate_doc_number_check",
        default=True,
        says="a document number used twice within a type is refused with 6140",
    ),
    Switch(
        "line_without_item",
        "documentation",
        "what an item line without item becomes",
        ("documentation", "default_item"),
    ),
    Switch("foreign_currency_code", 6000, "code for a foreign currency while multi-currency is off", (6000, 2220)),
    # Tax
    Switch(
        "global_tax_calculation_required",
        default=True,
        says="outside the US a sale without GlobalTaxCalculation is refused",
    ),
    Switch("tax_inclusive_bare_amount", "net", "how a line Amount without TaxInclusiveAmt is read", ("net", "gross")),
    Switch(
        "tax_override_tolerance",
        "0.05",
        "outside the US a tax line may differ from the computed tax by this or by a cent per line, whichever is"
        " more; beyond it the computed tax stands. 0: the computed tax always stands",
    ),
    Switch(
        "update_keeps_old_tax",
        "outside_us",
        "where an update of the lines that says nothing of tax keeps the old tax instead of computing it anew",
        ("outside_us", "everywhere", "nowhere"),
    ),
    Switch("exchange_rate", "1", "home units for one unit of any other currency, where a document states no rate"),
    Switch("currency_places", default=False, says="tax in a currency without cents is rounded to whole units"),
    # Payments
    Switch("payment_link_code", 6000, "code for a payment linked to what it cannot pay", (6000, 620)),
    Switch("overapplied_payment", "refused", "a payment line above the open balance", ("refused", "unapplied")),
    Switch(
        "update_below_applied",
        "unapplied",
        "an update makes an invoice or credit memo smaller than what was applied to it: the payments' excess becomes"
        " unapplied, or it is refused with 6000",
        ("unapplied", "refused"),
    ),
    Switch(
        "delete_paid_invoice",
        "refused",
        "deleting an invoice or credit memo that has payments: refused, or its payments become unapplied",
        ("refused", "unapplied"),
    ),
    Switch("send_without_address_code", 6420, "code for sending a form without an e-mail address", (6420, 2020)),
    # Stock
    Switch(
        "inventory_adjustments",
        "everywhere",
        "where stock can be adjusted without a sale; elsewhere it is refused with 5030",
        ("everywhere", "us_only", "nowhere"),
    ),
    Switch(
        "stock_moves_touch_item", default=False, says="a sale of an inventory item moves the item's LastUpdatedTime"
    ),
)
