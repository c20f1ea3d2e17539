"""What the sidebar holds, by task."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


def _item(title: str | Promise, icon: str, view: str, *, query: str = "", **more: Any) -> dict[str, Any]:
    """`view` is the name of one of our pages ("sync:inbox"), or of one of the admin's without its namespace."""
    link: str | Promise = reverse_lazy(view if ":" in view else f"admin:{view}")
    return {"title": title, "icon": icon, "link": format_lazy("{}?{}", link, query) if query else link, **more}


_GOODS = "product,stock"


def _shows_goods(request: HttpRequest) -> bool:
    return _shows_records(request) and request.GET.get("kind__in") == _GOODS


def _shows_orders(request: HttpRequest) -> bool:
    return _shows_records(request) and not _shows_goods(request)


def _shows_records(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("admin:sync_record_changelist"))


NAVIGATION = [
    {
        "items": [
            _item(_("Dashboard"), "dashboard", "index"),
            _item(_("Inbox"), "inbox", "sync:inbox", badge="sync.views.inbox.badge"),
            _item(_("Integrations"), "sync_alt", "integrations_integration_changelist"),
            _item(_("Setup"), "rocket_launch", "sync:setup", permission="sync.views.wizard.may_set_up"),
        ]
    },
    {
        "title": _("Orders"),
        "separator": True,
        "items": [
            _item(_("Records"), "receipt_long", "sync_record_changelist", active=_shows_orders),
            _item(_("Postings"), "fact_check", "sync_posting_changelist"),
            _item(_("Sync log"), "history", "sync_logentry_changelist"),
            _item(_("Runs"), "play_circle", "sync_run_changelist"),
        ],
    },
    {
        "title": _("Products"),
        "separator": True,
        "items": [
            _item(
                _("Products and levels"),
                "inventory_2",
                "sync_record_changelist",
                query=f"kind__in={_GOODS}",
                active=_shows_goods,
            ),
            _item(_("Stock pushes"), "move_to_inbox", "sync_stockpush_changelist"),
        ],
    },
    {
        "title": _("Mappings"),
        "separator": True,
        "items": [
            _item(_("Taxes"), "percent", "sync_taxmapping_changelist"),
            _item(_("Payment methods"), "payments", "sync_paymentmapping_changelist"),
            _item(_("Products"), "inventory_2", "sync_productmatch_changelist"),
            _item(_("Modules"), "widgets", "sync_modulesettings_changelist"),
            _item(_("Customers"), "group", "sync_customerlink_changelist"),
        ],
    },
    {
        "title": _("Connections"),
        "separator": True,
        "items": [
            _item(_("Stores"), "storefront", "integrations_storeconnection_changelist"),
            _item(_("QuickBooks companies"), "account_balance", "integrations_booksconnection_changelist"),
            _item(_("QuickBooks lists"), "list_alt", "integrations_booksobject_changelist"),
            _item(_("Messages received"), "mark_email_read", "integrations_webhookevent_changelist"),
        ],
    },
    {
        "title": _("People"),
        "separator": True,
        "items": [
            _item(_("Businesses"), "business_center", "accounts_business_changelist"),
            _item(_("Members"), "badge", "accounts_membership_changelist"),
            _item(
                _("Users"),
                "manage_accounts",
                "accounts_user_changelist",
                permission="accounts.admin_scope.runs_installation",
            ),
            _item(_("Changes of settings"), "manage_history", "sync_settingchange_changelist"),
        ],
    },
]
