"""The French catalogue, and what it must hold: the texts of code and templates, found as makemessages finds them."""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "locale" / "fr" / "LC_MESSAGES"
# How often each function's arguments are texts, and whether the first is a context.
_MARKS = {
    "_": (1, False),
    "gettext": (1, False),
    "gettext_lazy": (1, False),
    "gettext_noop": (1, False),
    "ngettext": (2, False),
    "ngettext_lazy": (2, False),
    "pgettext": (1, True),
    "pgettext_lazy": (1, True),
    "npgettext": (2, True),
    "npgettext_lazy": (2, True),
}
_STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL_IN_TEMPLATE = re.compile(rf"(?<![\w.])(_|n?p?gettext)\(((?:\s*{_STRING}\s*,?)+)", re.DOTALL)


@dataclass(frozen=True, order=True)
class Text:
    """What is translated: a singular, with a plural and a context where there are some."""

    singular: str
    plural: str = ""
    context: str = ""


@dataclass
class Message:
    """An entry of the catalogue."""

    text: Text
    french: list[str]
    flags: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.text.singular!r} -> {self.french}"


# -- the texts of the program ------------------------------------------------------------------------------------------


def texts_of_the_program() -> set[Text]:
    return texts_below(*(ROOT / name for name in ("accounts", "config", "integrations", "sync", "templates")))


def texts_below(*folders: Path) -> set[Text]:
    """What code and templates mark for translation in these folders, or files."""
    files = [file for folder in folders for file in [folder, *folder.rglob("*")]]
    readers = {".py": _texts_of_python, ".html": _texts_of_template, ".txt": _texts_of_template}
    return {text for file in files if file.suffix in readers for text in readers[file.suffix](file)}


def _texts_of_python(file: Path) -> Iterator[Text]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            _refuse_other_names(node, file)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            arguments = node.args[: _strings_of(name)] if name in _MARKS else []
            if arguments and not isinstance(arguments[0], ast.Name):  # a name looks up what is marked elsewhere
                yield _text(name, [_literal(argument, file) for argument in arguments])


def _refuse_other_names(node: ast.ImportFrom, file: Path) -> None:
    """Only the names above, and _, are found when texts are collected."""
    odd = [one.asname for one in node.names if one.asname not in (None, "_") and one.name in _MARKS]
    assert not odd, f"{file}, line {node.lineno}: texts given to {odd} are not collected"


def _literal(argument: ast.expr, file: Path) -> str:
    """The string; texts that are put together cannot be translated."""
    assert isinstance(argument, ast.Constant), f"{file}, line {argument.lineno}: give the whole text with parameters"
    return str(argument.value)


def _texts_of_template(file: Path) -> Iterator[Text]:
    code = templatize(file.read_text(encoding="utf-8"), origin=str(file))
    for name, arguments in _CALL_IN_TEMPLATE.findall(code):
        strings = [ast.literal_eval(one) for one in re.findall(_STRING, arguments, re.DOTALL)]
        yield _text(name, strings[: _strings_of(name)])


def _strings_of(name: str) -> int:
    texts, has_context = _MARKS[name]
    return texts + has_context


def _text(name: str, strings: list[str]) -> Text:
    context = strings.pop(0) if _MARKS[name][1] else ""
    return Text(*strings, context=context)


# -- the catalogue -----------------------------------------------------------------------------------------------------


def messages() -> list[Message]:
    """The entries of django.po, without its header and without what is commented out."""
    blocks = (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n")
    return [message for message in map(_message, blocks) if message.text.singular]


def _message(block: str) -> Message:
    fields: dict[str, str] = {}
    flags: set[str] = set()
    name = ""
    for line in block.splitlines():
        if line.startswith("#,"):
            flags.update(flag.strip() for flag in line[2:].split(","))
        elif not line.startswith("#"):
            keyword, _, string = line.partition('"')
            name = keyword.strip() or name
            fields[name] = fields.get(name, "") + ast.literal_eval(f'"{string}')
    text = Text(fields.get("msgid", ""), fields.get("msgid_plural", ""), fields.get("msgctxt", ""))
    return Message(text, [fields[name] for name in fields if name.startswith("msgstr")], flags)


def compiled() -> dict[str | tuple[str, int], str]:
    """What django.mo holds: French by source text, or by source text and number of the plural form."""
    with (FOLDER / "django.mo").open("rb") as file:
        catalogue = dict(gettext.GNUTranslations(file)._catalog)
    return {key: french for key, french in catalogue.items() if key not in ("", ("", 0))}


def as_compiled(message: Message) -> dict[str | tuple[str, int], str]:
    """A message as a compiled catalogue holds it."""
    source = message.text.singular
    if message.text.context:
        source = f"{message.text.context}\x04{source}"
    if message.text.plural:
        return {(source, number): french for number, french in enumerate(message.french)}
    return {source: message.french[0]}
