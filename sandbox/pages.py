"""The few HTML pages of the simulators (consent, proxy errors): plain, readable, no script."""

from html import escape

from werkzeug.wrappers import Response

_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font: 17px/1.5 system-ui, sans-serif; color: #1c2733; background: #f3f5f7; margin: 0; }}
main {{ max-width: 34rem; margin: 8vh auto; background: #fff; padding: 2rem; border-radius: .6rem;
        box-shadow: 0 1px 4px #0003; }}
h1 {{ font-size: 1.4rem; margin-top: 0; }} label {{ display: block; padding: .35rem 0; }}
button {{ font: inherit; padding: .5rem 1.4rem; margin: 1rem .5rem 0 0; border: 1px solid #5b6b7a;
         border-radius: .4rem; background: #fff; cursor: pointer; }}
button.primary {{ background: #14663a; border-color: #14663a; color: #fff; }}
.note {{ color: #566472; font-size: .9rem; }}
</style></head><body><main><h1>{title}</h1>{body}</main></body></html>
"""


def html_page(title: str, body: str, status: int = 200) -> Response:
    """`body` is HTML already; `title` is plain text."""
    page = _FRAME.format(title=escape(title), body=body)
    return Response(page, status, content_type="text/html; charset=utf-8")
