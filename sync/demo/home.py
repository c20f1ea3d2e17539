"""The folder in which the demo keeps all it has: database, simulators, keys and logs. Deleting it begins anew."""

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cryptography.fernet import Fernet

from sync.demo.systems import NAMES, settings_for

# Ports that are easy to remember; whichever is taken is replaced by any free one.
_USUAL_PORTS = {"web": 8000, "ecwid": 8801, "quickbooks": 8802, "wix": 8803}
_HOST = "127.0.0.1"


class InUse(Exception):
    """Another demo runs from this folder."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What must be the same at the next start: the secrets of the installation, and the password to sign in with."""

    secret_key: str
    encryption_key: str
    password: str


@dataclass(frozen=True, slots=True)
class Home:
    """One demo's folder. `make` it before anything else."""

    folder: Path

    def make(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def database(self) -> Path:
        return self.folder / "tillbridge.sqlite3"

    @property
    def simulators(self) -> Path:
        return self.folder / "sandbox"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else uses the folder meanwhile. Raises InUse. The lock ends with the process, however that ends."""
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InUse from None
            yield

    def keys(self) -> Keys:
        """Made at the first start, then kept."""
        file = self.folder / "keys.json"
        if not file.exists():
            keys = {
                "secret_key": secrets.token_urlsafe(50),
                "encryption_key": Fernet.generate_key().decode(),
                "password": secrets.token_urlsafe(9),
            }
            # Written aside and moved, so that a demo that is killed right now does not leave half a file.
            draft = file.with_suffix(".new")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(keys), encoding="utf-8")
            draft.replace(file)
        return Keys(**json.loads(file.read_text(encoding="utf-8")))

    def environment(self, ports: Mapping[str, int]) -> dict[str, str]:
        """The settings of the demo's own installation, whatever the environment or a .env file say of a real one."""
        keys = self.keys()
        simulators = {name: f"http://{_HOST}:{ports[name]}" for name in NAMES}
        return {
            **settings_for(simulators),
            "DEBUG": "false",
            "SECRET_KEY": keys.secret_key,
            "FIELD_ENCRYPTION_KEYS": keys.encryption_key,
            "BASE_URL": f"http://{_HOST}:{ports['web']}",
            "ALLOWED_HOSTS": f"{_HOST},localhost",
            "DATABASE_URL": f"sqlite:///{quote(str(self.database))}",
            "BROKER_URL": "",
            "EMAIL_URL": "consolemail://",
            "LOG_LEVEL": "WARNING",
            "NO_PROXY": f"{_HOST},localhost",
            "no_proxy": f"{_HOST},localhost",
        }


def free_ports() -> dict[str, int]:
    """A port for each listener, by name."""
    return {name: _free_port(usual) for name, usual in _USUAL_PORTS.items()}


def _free_port(usual: int) -> int:
    port = _bound(usual) or _bound(0)
    if port is None:
        raise OSError(f"no port is free on {_HOST}")
    return port


def _bound(port: int) -> int | None:
    """The port that a listener would get for this one (0: any); None when it is taken."""
    with closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except OSError:
            return None
        return int(listener.getsockname()[1])


def process_environment(home: Home) -> dict[str, str]:
    """This process's environment with the demo's settings on top."""
    return {**os.environ, **home.environment(free_ports())}
