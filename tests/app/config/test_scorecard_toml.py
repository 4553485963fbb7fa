"""`scorecard.toml`: every key is optional, unknown ones and values out of range are refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from busyhour.app.config.scorecard_toml import ScorecardConfig, read_scorecard_toml, scorecard_config
from busyhour.forecast.errors import InputError

PATH = Path("scorecard.toml")


def test_without_a_file_all_is_default(tmp_path: Path) -> None:
    """Nothing is put together, four thousand draws, scorers as assumed."""
    config, file = read_scorecard_toml(tmp_path)
    assert file is None
    assert config == ScorecardConfig()
    assert config.quality is None


def test_a_file_is_kept_as_it_was(tmp_path: Path) -> None:
    """What was read goes into the run."""
    (tmp_path / "scorecard.toml").write_text(
        'quality = 0.3\n[scale."mean wait"]\nworst = 60\nbest = 5\n', encoding="utf-8"
    )
    config, file = read_scorecard_toml(tmp_path)
    assert file is not None
    assert config.scale["mean wait"].scale.share(60).item() == 0.0
    assert config.quality == 0.3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("qualtiy = 0.3", "Did you mean 'quality'"),
        ("quality = 30", "quality"),
        ("draws = 5", "draws"),
        ("quality = true", "not a number"),
        ("[scorers]\nshare = 1.0", "scorers.share"),
        ("[scale.wait]\nworst = 1\nbest = 1", "scale.wait"),
        ("[scale.wait]\nworst = 1", "best is missing"),
        ("[scale.wait]\nworst = nan\nbest = 1", "scale.wait.worst"),
    ],
)
def test_mistakes_are_told(text: str, words: str) -> None:
    """Key, value and how to mend it."""
    with pytest.raises(InputError) as error:
        scorecard_config(tomllib.loads(text), PATH)
    assert words in str(error.value)
