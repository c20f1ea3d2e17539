"""What nobody could verify about the real shop, as switches."""

from sandbox.ecwid.cart import Rules
from sandbox.switches import Switch, Switches

SWITCHES = (
    Switch(
        "forbidden_body",
        default="empty",
        says="A wrong token is answered 403 with this body",
        choices=("empty", "json"),
    ),
    Switch("account_state", default="active", says="402 unless active", choices=("active", "no_api_plan", "suspended")),
    Switch("requests_per_minute", default=600, says="Requests per token in 60 s before 429; null is no limit"),
    Switch(
        "bad_tokens_per_minute", default=20, says="Requests with bad tokens per address before a block; null is never"
    ),
    Switch("bad_token_block_seconds", default=3600, says="How long such a block lasts, for good tokens too"),
    Switch("throttle_body", default="json", says="The body of a 429", choices=("json", "empty")),
    Switch("retry_after_header", default=True, says="A 429 says in Retry-After how long to wait"),
    Switch("batch_seconds", default=0, says="A batch says that it is in progress for so long"),
    Switch("batch_calls_count", default=True, says="Each call of a batch counts against the limit of requests"),
    Switch("refuse_limit_over_100", default=False, says="limit=500 is answered 400 instead of being cut to 100"),
    Switch("max_offset", default=None, says="An offset beyond this is answered 400; null is no limit"),
    Switch("orders_newest_first", default=True, says="Orders are listed newest first; off: oldest first"),
    Switch("exclusive_upper_dates", default=False, says="createdTo and updatedTo leave their own second out"),
    Switch("ids_match_prefix", default=False, says="ids= also finds text ids that begin with the given text"),
    Switch("index_lag_seconds", default=0, says="Searches see writes this much later; reads by id are always current"),
    Switch(
        "new_order_between_pages", default=False, says="A new order arrives before each later page of an order list"
    ),
    Switch(
        "order_leaves_between_pages",
        default=False,
        says="An order of an earlier page is touched before each later page",
    ),
    Switch("manual_refund_writes_row", default=False, says="Setting REFUNDED by hand adds a row to refunds[]"),
    Switch("stock_taken_when_paid", default=True, says="An order that is paid later takes its goods from stock then"),
    Switch("restock_on_delete", default=False, says="Deleting an order puts its goods back"),
    Switch("refuse_unlimited_delta", default=False, says="A relative stock write on an unlimited product is a 400"),
    Switch(
        "bundle_stock_write",
        default="ignored",
        says="Writing the stock of a bundle, whose level follows from its components",
        choices=("ignored", "refused"),
    ),
    Switch(
        "multi_location_stock_write",
        default="refused",
        says="Writing a quantity where stock lies in several locations: 409, nothing happens, or the first one gets it",
        choices=("refused", "ignored", "accepted"),
    ),
    Switch("unique_skus", default=True, says="A second product with a SKU is refused with 409"),
    Switch("tax_before_promotions", default=False, says="Gross shops compute tax before promotions are taken off"),
    Switch("exempt_prices_net", default=False, says="Gross shops take the tax out of prices for exempt buyers"),
    Switch(
        "free_shipping_shows_as",
        default="coupon",
        says="Free delivery by coupon: inside couponDiscount, as a rate of 0, or nowhere",
        choices=("coupon", "rate", "unexplained"),
    ),
    Switch("lines_rounded", default=True, says="Lines are rounded before the subtotal; off: the subtotal as a whole"),
    Switch("oauth_error_status", default=400, says="The status of a refused code exchange", choices=(400, 401, 403)),
    Switch("oauth_returns_state", default=False, says="The consent page hands `state` back"),
)


def cart_rules(switches: Switches) -> Rules:
    return Rules(
        tax_before_promotions=switches["tax_before_promotions"],
        exempt_prices_net=switches["exempt_prices_net"],
        shipping_discount=switches["free_shipping_shows_as"],
        lines_rounded=switches["lines_rounded"],
    )
