"""Lock files that leave nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from busyhour.app.folders import locks
from busyhour.app.folders.locks import held


def test_a_lock_whose_file_was_removed_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holder removes the file at its end; whoever has opened that file before takes the lock of the next one."""
    path, taken = tmp_path / "lock", []

    class Late(FileLock):
        def acquire(self, *args: Any, **kwargs: Any) -> Any:
            got = super().acquire(*args, **kwargs)
            taken.append(path)
            if len(taken) == 1:
                path.unlink()
            return got

    monkeypatch.setattr(locks, "FileLock", Late)
    with held(path, 5.0):
        assert len(taken) == 2
        with pytest.raises(TimeoutError), held(path, 0.0):
            pass
    assert not path.exists()
