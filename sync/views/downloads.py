"""Files that are written while they are sent."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils import timezone, translation


def csv_download(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    """A CSV file of these lines, made in the reader's language."""
    response = StreamingHttpResponse(
        in_language(lines, translation.get_language()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="tillbridge-{name}-{timezone.now():%Y-%m-%d}.csv"'
    return response


def in_language(lines: Iterator[str], language: str | None) -> Iterator[str]:
    """Each line made in this language: by the time a response is sent, the request's own is no longer active."""
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line
