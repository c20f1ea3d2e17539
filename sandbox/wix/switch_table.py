"""What nobody could verify about the real service, as switches."""

from sandbox.switches import Switch

SWITCHES = (
    # -- amounts -------------------------------------------------------------------------------------------------
    Switch("mixed_scale", default=True, says="Amounts are written as 25, 25.0 or 25.00; off: always 25.00"),
    Switch(
        "inclusive_summary",
        default="net",
        says="The summary of an order with tax-inclusive prices shows amounts without tax, or with it",
        choices=("net", "gross"),
    ),
    Switch(
        "inclusive_discount",
        default="net",
        says="The discount in a net summary of such an order is without tax, or with it",
        choices=("net", "gross"),
    ),
    Switch(
        "inclusive_taxable",
        default="net",
        says="taxableAmount of such an order is without tax, or with it",
        choices=("net", "gross"),
    ),
    Switch(
        "tax_rounding",
        default="line",
        says="The order's tax is the sum of its lines' taxes, or rounded once for the order",
        choices=("line", "order"),
    ),
    Switch("balance_counts_refunds", default=True, says="What is refunded is owed again in balanceSummary.balance"),
    # -- orders and payments -------------------------------------------------------------------------------------
    Switch(
        "index_lag_seconds",
        default=0,
        says="Searches and queries see a write so much later than reads by id and the lists of modules",
    ),
    Switch(
        "payment_status_lag_seconds", default=0, says="An order's payment status follows its payments so much later"
    ),
    Switch(
        "refund_parts",
        default="gross",
        says="The shipping and the fees in a refund's details are told with their tax, or without it",
        choices=("gross", "net"),
    ),
    Switch("refunds_move_updated", default=True, says="A refund or a chargeback moves the order's updatedDate"),
    Switch(
        "authorized_order_status",
        default="NOT_PAID",
        says="The payment status of an order whose payment is only authorized",
        choices=("NOT_PAID", "PENDING"),
    ),
    Switch(
        "deprecated_payment_fields",
        default="present",
        says="Payments still have paymentMethod and the status inside their details",
        choices=("present", "gone"),
    ),
    Switch(
        "paging_block",
        default="metadata",
        says="The name of the paging block in an orders search",
        choices=("metadata", "pagingMetadata"),
    ),
    # -- access --------------------------------------------------------------------------------------------------
    Switch(
        "token_error_body",
        default="oauth",
        says="How a refused token request is told",
        choices=("oauth", "application", "system"),
    ),
    Switch("token_seconds", default=14_400, says="How long a token lives"),
    Switch("missing_permission_status", default=403, says="The answer to a missing permission", choices=(403, 401)),
    Switch(
        "missing_site_header_status", default=403, says="An API key with both or no site header", choices=(403, 400)
    ),
    Switch("requests_per_minute", default=200, says="Requests per instance in 60 s before 429; null is no limit"),
    Switch("retry_after_header", default=False, says="A 429 says in Retry-After how long to wait"),
    Switch("throttle_body", default="json", says="The body of a 429", choices=("json", "text")),
    Switch(
        "signed_instance_form",
        default="hmac",
        says="How the signed instance after an installation is signed",
        choices=("hmac", "jwt"),
    ),
    # -- catalogues and modules ----------------------------------------------------------------------------------
    Switch("module_absent_status", default=404, says="An API of a module that is not there", choices=(404, 403, 428)),
    Switch(
        "duplicate_sku_status", default=409, says="The answer to a SKU that is taken in Catalog V3", choices=(409, 400)
    ),
    Switch("stale_revision_code", default="INVALID_REVISION", says="The code of a stale revision in a bulk answer"),
    Switch(
        "quantity_starts_tracking", default=True, says="A quantity written to an untracked item of Catalog V3 tracks it"
    ),
    Switch(
        "event_bodies",
        default="object",
        says="The entity of an event is an object, or text of JSON under a name ending in AsJson",
        choices=("object", "text"),
    ),
)
