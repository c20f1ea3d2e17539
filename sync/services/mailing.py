"""Mails that are sent once and never harm what they tell about: a mail server that fails is tried again later."""

import logging
import smtplib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from sync.models.health import Claim

C = TypeVar("C", bound=Claim)

logger = logging.getLogger(__name__)

# A process that claimed a mail and died gives it up after this; sending takes far less.
CLAIM_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Recipient:
    """`language`: empty for the installation's own."""

    address: str
    language: str = ""


def mail_send(
    recipients: Iterable[Recipient],
    *,
    template: str,
    subject: Callable[[], str],
    context: Callable[[], Mapping[str, Any]],
) -> bool:
    """Mail `template` (.txt and .html in templates/mail) to each recipient in their language; whether anybody got it.

    `subject` and `context` are called while the recipient's language is active. Recipients do not see each other.
    """
    sent = False
    for recipient in recipients:
        with translation.override(recipient.language or settings.LANGUAGE_CODE):
            message = _message(recipient.address, template, subject(), dict(context()))
        try:
            sent = bool(message.send()) or sent
        except smtplib.SMTPRecipientsRefused:
            logger.warning("the mail server refuses the recipient of a %s mail", template)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            # The next recipient would have to wait for the same failure; ValueError is an address that cannot be one.
            logger.warning("a %s mail could not be sent: %s", template, error)
            if not isinstance(error, ValueError):
                break
    return sent


def _message(address: str, template: str, subject: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    subject = " ".join(subject.split())
    context |= {"subject": subject, "base_url": settings.BASE_URL}
    message = EmailMultiAlternatives(subject, render_to_string(f"mail/{template}.txt", context), to=[address])
    message.attach_alternative(render_to_string(f"mail/{template}.html", context), "text/html")
    return message


def claimed(rows: QuerySet[C], *, now: datetime) -> list[C]:
    """Those of the rows that are ours to mail about: nobody else gets them until `claimed_at` is None again, or old."""
    free = rows.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM_LASTS))
    return [row for row in free if free.filter(pk=row.pk).update(claimed_at=now)]
