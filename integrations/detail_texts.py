"""What our adapters say in the details of an error, in the reader's language.

Adapters know no Django and write English, which is also what is stored and logged. What is found here is translated
when a person is to read it; a provider's own words stay as they are.
"""

import re
from collections.abc import Iterator
from functools import cache

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

_TEXTS = (
    # Network and answers
    _("%(call)s got no usable answer"),
    _("%(call)s was redirected"),
    _("%(call)s did not answer an object"),
    _("%(call)s cannot be sent: %(why)s"),
    _("%(host)s must be reached over https"),
    _("too many requests"),
    _("the answer is not JSON"),
    _("the answer holds no %(what)s"),
    _("the list %(path)s came without items"),
    _("the list %(path)s came without total"),
    _("the list %(path)s does not keep still"),
    _("a batch was answered without its items"),
    _("a count came back without totalCount"),
    _("a query was answered without QueryResponse"),
    _("a row of a query has no Id"),
    _("changes were answered without CDCResponse"),
    _("nothing answers at this address: the API address is probably wrong"),
    _("it is busy, or asks to be left alone for a while"),
    # Access
    _("the access token is not accepted"),
    _("access was refused without a reason"),
    _("the request was refused without a reason"),
    _(
        "this app may not use the company: connect it again as one of the company's administrators "
        "(if that does not help, the app's keys belong to another environment)"
    ),
    _("the QuickBooks connection is waiting to be connected again"),
    _("the consent is no longer good"),
    _("the consent has expired or was withdrawn"),
    _("the token belongs to other app keys (development or production)"),
    _("the token was not revoked"),
    _("the token answer lacks its token or its store"),
    _("the token endpoint is not available"),
    _("the token endpoint refused the request"),
    _("the token endpoint answers with a redirect"),
    _("the token endpoint did not answer: %(why)s"),
    _("the token endpoint gave no usable answer: %(why)s"),
    _("no usable answer"),
    _("the app's client id or secret is wrong"),
    _("Ecwid refuses this app's client id, secret or return address"),
    _("the app's id or secret is not set"),
    _("the API key is not accepted"),
    _("the app's public key cannot be read"),
    _("the site was disconnected here"),
    _("the token answer lacks its token or its end"),
    _("Wix gives no token: the app is no longer installed"),
    _("the site has no Wix Stores"),
    # What orders and lists hold
    _("%(what)s is missing"),
    _("%(what)s is not a date: %(value)s"),
    _("%(what)s is not a time: %(value)s"),
    _("%(what)s is not a time"),
    _("%(what)s is not a number: %(value)s"),
    _("%(what)s is not a number"),
    _("%(what)s is not an object"),
    _("%(what)s is not a list of objects"),
    _("%(what)s without %(field)s"),
    _("the currency is missing"),
    _("the product has no id"),
    _("the product lies in several places"),
    _("the store keeps no level of this product"),
    _("the site counts all variants of a product or none"),
    _("the price of cycle %(cycle)s is missing"),
    _("the plan tells nothing of a cycle that is over"),
    _("the company does not tell its home currency"),
    _("the store's profile has no currency"),
    _("there is another entry named “%(name)s”, which does not fit here"),
)
# Most parameters are one word: a field's name, an address. These are not.
_SHAPES = {"call": r"[A-Z]+ \S+", "name": ".+", "value": ".+", "why": ".+"}
_PARAMETER = re.compile(r"%\\\((\w+)\\\)s")
# " (HTTP 503, code 610, 1-63f0...)": the facts that an error adds to its message.
_FACTS = r"(?P<facts_> \((?:HTTP \d|code |\d-)[^()]*\))?"


def detail_in_words(detail: str) -> str:
    """A detail in the active language; as it is where the words are not ours."""
    for text, pattern in _patterns():
        found = pattern.fullmatch(detail)
        if found:
            values = found.groupdict(default="")
            return gettext(text) % values + values["facts_"]
    return detail


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(_compiled())


def _compiled() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The most telling texts first: those with the fewest parameters."""
    for text in sorted(_TEXTS, key=lambda text: text.count("%(")):
        body = _PARAMETER.sub(_group, re.escape(text))
        yield text, re.compile(body + _FACTS, re.DOTALL)


def _group(parameter: re.Match[str]) -> str:
    shape = _SHAPES.get(parameter[1], r"\S+")
    return f"(?P<{parameter[1]}>{shape}?)"
