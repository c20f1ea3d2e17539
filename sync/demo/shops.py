"""The demo's three businesses, and who may sign in."""

from pathlib import Path

from rich.console import Console

from accounts.models import Business, Membership, Role, User
from integrations.models import Integration
from integrations.money import json_loads
from sync import setup_file
from sync.engine.run import run_integration
from sync.management.progress import ProgressBar
from sync.models import Run

ADMIN, BOOKKEEPER = "demo", "bookkeeper"
_FILES = ("quebec.json", "texas.json", "uk.json")


def set_up() -> list[Integration]:
    """The integrations, made of their setup files. One that is there already keeps what somebody changed since."""
    return [_integration(Path(__file__).with_name(name)) for name in _FILES]


def _integration(file: Path) -> Integration:
    document = json_loads(file.read_text(encoding="utf-8"))
    wanted = Integration.objects.select_related("business", "store", "books").filter(slug=document["integration"])
    if not wanted.exists():
        setup_file.apply(document)
    return wanted.get()


def let_in(password: str) -> None:
    """Whoever runs the installation, and a bookkeeper who works for the first business only; both with the password."""
    admin = _user(ADMIN, password)
    if not (admin.is_superuser and admin.is_staff):
        admin.is_superuser = admin.is_staff = True
        admin.save()
    bookkeeper = _user(BOOKKEEPER, password)
    first = Business.objects.filter(integrations__isnull=False).earliest("pk")
    Membership.objects.get_or_create(user=bookkeeper, business=first, defaults={"role": Role.BOOKKEEPER})


def _user(name: str, password: str) -> User:
    user, _created = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    if not (user.is_active and user.check_password(password)):
        user.is_active = True
        user.set_password(password)
        user.save()
    return user


def synchronise(integration: Integration, console: Console) -> Run:
    with ProgressBar(f"Syncing {integration.business}", console) as bar:
        return run_integration(integration, watcher=bar)
