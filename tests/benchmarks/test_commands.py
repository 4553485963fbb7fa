"""Every benchmark that the README names starts."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "benchmarks" / "README.md"
NAMES = sorted(set(re.findall(r"python -m (benchmarks\.\w+)", README.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_says_how_it_is_called(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(name).main()
    assert ended.value.code == 0
    assert "usage:" in capsys.readouterr().out
