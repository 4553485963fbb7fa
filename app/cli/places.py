"""What a command may write: whether that stands is read from the disk, whatever went wrong in between."""

from __future__ import annotations

from pathlib import Path

State = tuple[int, int] | None


class Places:
    """Files and folders that the command at hand may write, as they were before.

    All are written under another name and renamed, so what was put in place is another file than before.
    """

    def __init__(self) -> None:
        self._before: dict[Path, State] = {}

    def forget(self) -> None:
        """Begin a command."""
        self._before.clear()

    def may_write(self, *paths: Path) -> None:
        """Remember how `paths` are before the command writes there."""
        self._before |= {path: _state(path) for path in paths}

    @property
    def said(self) -> str:
        """The sentence that tells what was put in place so far."""
        new = [str(path) for path, was in self._before.items() if _state(path) not in (was, None)]
        if not new:
            return "Earlier results are untouched."
        return f"Written so far, each file whole: {', '.join(new)}."


def _state(path: Path) -> State:
    """Return what changes when another file or folder takes the name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
