"""How accounts of each provider are connected, in whose words, and where their own pages are: one row for each, and
nothing that stands between stores and books names one itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.errors import NotAllowed, ReconnectNeeded, RemoteError
from integrations.models import BooksConnection, BooksProvider, StoreConnection, StoreProvider


@dataclass(frozen=True, slots=True)
class Way:
    """`view` is the page's name, `first` stands on the button for another account, `again` on that of one that is
    connected. `is_form`: a page on which something is typed; the others lead out to the provider."""

    view: str
    first: str | Promise
    again: str | Promise
    is_form: bool = False


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a store's own administration; `ref` is what an order is called there, as a pattern.

    How sure: seen in use, not promised by anybody; a page that is gone shows the list or the start page instead.
    """

    orders: str
    order: str
    ref: str = ".+"


@dataclass(frozen=True, slots=True)
class Provider:
    """`credentials` are the keys of what opens an account; `opened_by_app`: without any, our app opens it where that is
    installed. `hint` says which way is whose. `refused` and `disconnected` are sentences for `connect_texts.say`; the
    former is empty where nothing is typed, and `refused_by` is how the provider says it. `parted`: by each way an
    account has another name, and can be renewed by that way only."""

    name: str
    side: str  # of an integration: store or books
    ways: tuple[Way, ...]
    credentials: tuple[str, ...]
    hint: str | Promise
    disconnected: str | Promise
    refused: str | Promise = ""
    refused_by: tuple[type[RemoteError], ...] = (ReconnectNeeded,)
    parted: bool = False
    opened_by_app: bool = False
    pages: Pages | None = None


_AGAIN = _("Connect again")

PROVIDERS: Mapping[str, Provider] = {
    StoreProvider.ECWID.value: Provider(
        name="Ecwid",
        side="store",
        ways=(
            Way("connect:ecwid_start", _("Connect an Ecwid store"), _AGAIN),
            Way("connect:ecwid_token", _("Connect with an Ecwid token"), _("New secret token"), is_form=True),
        ),
        credentials=("access_token",),
        hint=_(
            "The first button asks Ecwid for access. The second is for a custom app of your own store, which has a "
            "store id and a secret token."
        ),
        disconnected=_(
            "“%(name)s” is disconnected and its token is deleted. To withdraw the access itself, remove the app in the "
            "store's control panel."
        ),
        refused=_("%(name)s does not accept this token for this store: compare both with its control panel."),
        pages=Pages(
            orders="https://my.ecwid.com/store/{store}#orders",
            order="https://my.ecwid.com/store/{store}#order:id={ref}&return=orders",
        ),
    ),
    StoreProvider.WIX.value: Provider(
        name="Wix",
        side="store",
        ways=(
            Way("connect:wix_start", _("Connect a Wix site"), _AGAIN),
            Way("connect:wix_key", _("Connect with a Wix API key"), _("New API key"), is_form=True),
        ),
        credentials=("api_key",),
        parted=True,
        opened_by_app=True,
        hint=_(
            "The first button adds the app to one of your Wix sites. The second is for sites to which no app can be "
            "added: Wix sends no messages about those, so that orders come with the next scheduled sync."
        ),
        disconnected=_(
            "“%(name)s” is disconnected and is not read any more. To withdraw the access itself, remove the app under "
            "Manage Apps in the site's dashboard, or the key in the API Keys Manager of your Wix account."
        ),
        refused=_(
            "%(name)s does not accept this key for this site. Compare both, and look in the API Keys Manager whether "
            "the key reaches the site and may read its orders."
        ),
        refused_by=(ReconnectNeeded, NotAllowed),
        # What its modules sell by themselves has pages of its own.
        pages=Pages(
            orders="https://manage.wix.com/dashboard/{store}/ecom-platform/orders-list",
            order="https://manage.wix.com/dashboard/{store}/ecom-platform/order-details/{ref}",
            ref="[0-9a-f-]+",
        ),
    ),
    BooksProvider.QUICKBOOKS.value: Provider(
        name="QuickBooks",
        side="books",
        ways=(Way("connect:quickbooks_start", _("Connect a QuickBooks company"), _AGAIN),),
        credentials=("access_token", "refresh_token"),
        hint=_("Intuit asks which company you mean and whether Tillbridge may read and write its books."),
        disconnected=_("“%(name)s” is disconnected. What was posted stays; orders wait until you connect it again."),
    ),
}


def providers_of(side: str) -> list[Provider]:
    """Whose accounts may be that side of an integration."""
    return [provider for provider in PROVIDERS.values() if provider.side == side]


def ways_again(connection: StoreConnection | BooksConnection) -> list[Way]:
    """How this account can be connected again."""
    provider = PROVIDERS[connection.provider]
    if not provider.parted or not isinstance(connection, StoreConnection) or not connection.profile:
        return list(provider.ways)
    return [way for way in provider.ways if way.is_form == is_by_key(connection)]


def own_id(store: StoreConnection) -> str:
    """By which the store's own administration knows it; empty where that has not been told."""
    told = str(store.profile.get("site_id") or "")
    return told or ("" if PROVIDERS[store.provider].parted else store.account_id)


def is_by_key(connection: StoreConnection) -> bool:
    """Whether a site was connected by its merchant's key: it is then known as the site, not as an installation. What
    opens it is not looked at, and may have been forgotten."""
    return bool(connection.profile.get("site_id") == connection.account_id)
