"""The codes of every reason that a record can carry. Their sentences and ways out are in `sync.reason_texts`.

A code says what is the case, not which part of the program noticed. Comments name the parameters of each sentence.
"""

from enum import StrEnum


class Reason(StrEnum):
    # The order went well, and this is worth knowing.
    RECEIPT_BECAME_INVOICE = "receipt_became_invoice"  # cause: "unpaid", "partly_paid", "overpaid" or "several_tenders"
    NUMBER_SHORTENED = "number_shortened"  # number, shortened
    ROUNDING_LINE = "rounding_line"  # amount, currency
    ADOPTED = "adopted"  # number, books_type, books_id
    PAYMENT_ADDED = "payment_added"  # amount, currency
    OVERPAID = "overpaid"  # paid, total, currency
    RECEIPT_OVERPAID = "receipt_overpaid"  # paid, total, currency: since it was posted
    REFUND_WAITS = "refund_waits"  # for its order, or for an earlier refund of it
    REFUND_IN_RECEIPT = "refund_in_receipt"  # amount, before, after, currency, number: the receipt became less by it
    REFUND_RESTOCKED = "refund_restocked"  # number: a document of no money that returns the goods to stock
    REFUND_BEYOND = "refund_beyond"  # amount, currency, number: came in for more than the sale, and was never recorded
    REFUND_OF_CREDIT = "refund_of_credit"  # amount, currency, number: what was paid too much; the payment became less
    REFUND_SAID_BEFORE = "refund_said_before"  # amount, currency: of it was posted by the word of a person
    CREDIT_APPLIED_BY_BOOKS = "credit_applied_by_books"  # amount, currency, number
    SALE_UPDATED = "sale_updated"  # before, after, currency
    SALE_UPDATED_LEFT_OPEN = "sale_updated_left_open"  # before, after, amount, currency: the store never charged it
    SALE_UPDATED_LEFT_CREDIT = "sale_updated_left_credit"  # before, after, amount, currency: paid more than it is now
    SHIPPING_ADDED = "shipping_added"  # books_type, doc_number
    TRACKING_REMOVED = "tracking_removed"  # books_type, doc_number
    EMPTIED_IN_STORE = "emptied_in_store"  # doc_number, fields: "email", "shipping_method", "shipping_date"
    BUYER_CHANGED = "buyer_changed"  # books_type, doc_number, buyer, customer
    OVERWRITTEN = "overwritten"  # user, before, after, currency
    CANCELLED_AND_PAID = "cancelled_and_paid"  # books_type, doc_number: its refund asks for what went back
    CHARGED_BACK = "charged_back"  # amount, currency: what the buyer's bank took back
    PAYMENT_UNDONE = "payment_undone"  # amount, currency: in the books, and not received in the store any more
    PAID_OTHERWISE = "paid_otherwise"  # amount, balance, currency: less is open than the store received

    ITEM_EXISTS = "item_exists"  # sku, item
    ITEM_DIFFERS = "item_differs"  # product, store_price, item, books_price
    ITEM_UPDATED = "item_updated"  # product, item
    STOCK_SET = "stock_set"  # sku, product, before, after
    STOCK_COUNTED_NOW = "stock_counted_now"  # sku, product, after: the store did not count it before
    STOCK_RESTORED = "stock_restored"  # sku, product, user

    # Skipped: not meant for the books.
    BEFORE_START_DATE = "before_start_date"  # date, start_date
    STATUS_NOT_SELECTED = "status_not_selected"  # status
    FULFILLMENT_NOT_SELECTED = "fulfillment_not_selected"  # status
    ORDER_IMPORTED = "order_imported"  # brought over from another shop system
    MODULE_OFF = "module_off"  # modules: ids, all of them switched off
    AWAITS_PAYMENT = "awaits_payment"  # modules: ids of what is posted once it is paid
    ORDER_CANCELLED = "order_cancelled"
    NOTHING_SOLD = "nothing_sold"  # an order without lines and without money
    REFUNDS_OFF = "refunds_off"
    REFUND_ORDER_NOT_POSTED = "refund_order_not_posted"
    REFUND_SALE_VOIDED = "refund_sale_voided"  # number
    REFUND_NOTHING_PAID = "refund_nothing_paid"  # cancelled, and nothing was paid
    REFUND_COVERED = "refund_covered"  # it comes to nothing, or nothing is left of the sale
    REFUND_SUPERSEDED = "refund_superseded"  # the store tells of it in another way by now
    ORDER_DELETED = "order_deleted"
    SALE_VOIDED = "sale_voided"  # books_type, doc_number: the order was cancelled or deleted after it was posted

    # Skipped: a product that is no item, or whose level is not for QuickBooks to say. All: sku, product
    PRODUCT_DISABLED = "product_disabled"
    PRODUCT_GONE = "product_gone"
    PRODUCT_IS_GIFT_CARD = "product_is_gift_card"
    PRODUCT_WITHOUT_SKU = "product_without_sku"
    STOCK_OF_BUNDLE = "stock_of_bundle"
    STOCK_IN_BUNDLES = "stock_in_bundles"  # a bundle is made of it
    STOCK_IN_PLACES = "stock_in_places"
    STOCK_UNLIMITED = "stock_unlimited"
    STOCK_ITEM_MISSING = "stock_item_missing"
    STOCK_NOT_COUNTED = "stock_not_counted"

    # Held: a setting or a person decides.
    TAX_UNMAPPED = "tax_unmapped"  # taxes ("GST 5 % + QST 9.975 %"; empty for an untaxed line)
    TAX_CODE_INACTIVE = "tax_code_inactive"  # taxes, code
    TAX_RATE_MISMATCH = "tax_rate_mismatch"  # taxes, code, rates
    TAX_DIFFERS = "tax_differs"  # store_tax, books_tax, currency, code
    TAX_NOT_TAXABLE = "tax_not_taxable"  # taxes, amount, currency: tax was charged but the mapping says not taxable
    TAX_ITEM_MISSING = "tax_item_missing"  # amount, currency
    TAXES_DO_NOT_ADD_UP = "taxes_do_not_add_up"  # line_tax, order_tax, currency
    ORDER_DOES_NOT_ADD_UP = "order_does_not_add_up"  # total, computed, difference, currency
    TOTAL_UNPROVEN = "total_unproven"  # store_total, books_total, difference, cap, currency
    TOTAL_NEGATIVE = "total_negative"  # total, currency
    SPECIAL_ITEM_MISSING = "special_item_missing"  # kind ("shipping", "discount", ...), amount, currency
    MODULES_MIXED = "modules_mixed"  # on, off: ids of modules
    MODULE_ITEM_MISSING = "module_item_missing"  # module, product
    SKU_MISSING = "sku_missing"  # product
    SKU_UNUSABLE = "sku_unusable"  # sku, product: no item can be created that has it (too long, or a colon in a name)
    ITEM_MISSING = "item_missing"  # sku, product
    ITEM_AMBIGUOUS = "item_ambiguous"  # sku
    ITEM_INACTIVE = "item_inactive"  # sku
    ITEM_ACCOUNTS_MISSING = "item_accounts_missing"  # sku, accounts
    PAYMENT_ACCOUNT_MISSING = "payment_account_missing"  # method
    CURRENCY_NOT_ACCEPTED = "currency_not_accepted"  # currency, home_currency, company
    CLOSED_PERIOD = "closed_period"  # date, closed_until
    CLOSED_PERIOD_IN_BOOKS = "closed_period_in_books"  # code, detail
    NUMBER_TAKEN = "number_taken"  # number, books_type, books_id, books_total, store_total
    # An order that changed after it was posted. `wish` is what a person who leaves the document as it is decides about.
    # Where the document was compared, `version` identifies what it says, `now` and `store` are images of it as it is
    # and as the order wants it (see `quickbooks.image`, as JSON).
    EDITED_AFTER_POSTING = "edited_after_posting"  # before, after, currency, doc_number: not written by us
    CHANGED_IN_BOOKS = "changed_in_books"  # before, books_total, after, currency, doc_number, parts
    CANCELLED_AFTER_POSTING = "cancelled_after_posting"  # books_type, doc_number
    RECEIPT_OUTGROWN = "receipt_outgrown"  # doc_number, before, after, paid, currency: not paid in full by one payment
    BOOKS_TOTAL_DIFFERS = "books_total_differs"  # store_total, books_total, books_id
    BOOKS_OBJECT_INACTIVE = "books_object_inactive"  # detail
    BEFORE_STOCK_START = "before_stock_start"  # code, detail
    BOOKS_REFUSED = "books_refused"  # code, detail
    ORDER_UNREADABLE = "order_unreadable"  # detail
    REFUND_AMOUNT_UNKNOWN = "refund_amount_unknown"  # left, currency
    REFUND_UNPROVEN = "refund_unproven"  # amount, books_total, currency
    REFUND_EXCEEDS_SALE = "refund_exceeds_sale"  # amount, left, currency
    REFUND_OF_OVERPAYMENT = "refund_of_overpayment"  # amount, paid, total, currency, cause: "changed" or "closed"
    REFUND_EXCEEDS_GIFT_CARD = "refund_exceeds_gift_card"  # amount, left, currency
    REFUND_ACCOUNT_MISSING = "refund_account_missing"  # method
    REFUND_ITEM_MISSING = "refund_item_missing"
    REFUND_SALE_CHANGED = "refund_sale_changed"  # number, books_type, books_total, total, currency
    REFUND_SALE_GONE = "refund_sale_gone"  # number, books_type
    REFUND_WITHDRAWN = "refund_withdrawn"  # amount, currency, wish: it may be let be
    REFUND_TOLD_LESS = "refund_told_less"  # amount, told, currency, wish: a person said more than the store does by now
    SKU_DUPLICATE = "sku_duplicate"  # sku, product
    STOCK_AWAITS_APPROVAL = "stock_awaits_approval"  # sku, product, after
    STOCK_REJECTED = "stock_rejected"  # sku, product, after, user
    DOCUMENT_GONE = "document_gone"  # books_type, doc_number
    CHANGE_IN_CLOSED_PERIOD = "change_in_closed_period"  # doc_number, date, closed_until
    PAID_MORE_THAN_NEW_TOTAL = "paid_more_than_new_total"  # doc_number, paid, after, currency
    # before, after, amount, back, currency, doc_number: `amount` of what a receipt says came in was not given back
    RECEIVED_MORE_THAN_NEW_TOTAL = "received_more_than_new_total"
    # before, after, amount, currency, doc_number: `amount` of what is to go from an invoice, refunds took back, perhaps
    REFUNDED_BEFORE_EDIT = "refunded_before_edit"
    ORDER_MISSING = "order_missing"
    STOCK_NOT_WRITABLE = "stock_not_writable"  # detail
    STOCK_REFUSED = "stock_refused"  # sku, product, after, detail

    # Failed: tried again by itself, then a person.
    BOOKS_UNAVAILABLE = "books_unavailable"  # detail
    BOOKS_OUTCOME_UNKNOWN = "books_outcome_unknown"  # detail
    STORE_UNAVAILABLE = "store_unavailable"  # detail
    STORE_DISCONNECTED = "store_disconnected"  # detail
    BOOKS_DISCONNECTED = "books_disconnected"  # detail
    INSTALLATION_MISCONFIGURED = "installation_misconfigured"  # detail
    INTERNAL_ERROR = "internal_error"  # detail
    STORE_NOT_ALLOWED = "store_not_allowed"  # detail
    BOOKS_NOT_ALLOWED = "books_not_allowed"  # detail
    COMPANY_READ_ONLY = "company_read_only"  # detail
    RUN_INTERRUPTED = "run_interrupted"
    SETUP_UNFINISHED = "setup_unfinished"
    ANOTHER_RUN_BUSY = "another_run_busy"
    ANOTHER_RUN_TOOK_OVER = "another_run_took_over"

    # Ignored by a person.
    CHANGE_IGNORED = "change_ignored"  # user
    IGNORED_BY_PERSON = "ignored_by_person"  # user
