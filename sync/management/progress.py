"""A run's progress on a terminal; elsewhere nothing is drawn."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sync.models import LogEntry


class ProgressBar:
    """Watches a run (see `sync.engine.run.Watcher`) inside a `with` block."""

    def __init__(self, label: str, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(label, total=0)
        self._total = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    def expect(self, records: int) -> None:
        self._total += records
        self._progress.update(self._task, total=self._total)

    def saw(self, entry: LogEntry) -> None:  # noqa: ARG002 - what a watcher is told
        self._progress.advance(self._task)
