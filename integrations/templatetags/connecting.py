"""How accounts are connected, and what they last said, for the pages that show it."""

from django import template

from integrations.detail_texts import detail_in_words
from integrations.providers import providers_of, ways_again

register = template.Library()

register.simple_tag(providers_of)
register.filter(ways_again)
register.filter(detail_in_words)
