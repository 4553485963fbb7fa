"""`batch.toml`: read and checked key by key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ...forecast.errors import InputError
from ...forecast.reading import file_bytes, text_of
from ..config.plan_toml import complaint, plan_texts, refuse_flags
from ..config.toml_syntax import toml_of
from .schema import BatchConfig

FILE = "batch.toml"


@dataclass(frozen=True)
class BatchFile:
    """A checked batch.toml and where it lies.

    Attributes
    ----------
    path
        The file; all paths in it are relative to its folder, `home`.
    sha256
        Hash of its content, in hex.
    """

    path: Path
    config: BatchConfig
    sha256: str

    @property
    def home(self) -> Path:
        """The folder of the file: published plans, runs and the pages of batches lie there."""
        return self.path.absolute().parent

    @classmethod
    def read(cls, path: Path) -> BatchFile:
        """Read a batch.toml, or the one in the folder `path`.

        Raises
        ------
        InputError
            If the file is missing, is not TOML, has an unknown key (the nearest is named) or a value out of range.
        """
        file = path / FILE if path.is_dir() else path
        content = file_bytes(file, unpack=False, mend=f"Make one with: busyhour init --batch {file.parent}")
        return cls.of(content, file)

    @classmethod
    def of(cls, content: bytes, path: Path) -> BatchFile:
        """Check the content of a file; `path` is named in errors."""
        text = text_of(path, content)
        tables = plan_texts(toml_of(text, path), path)
        if "batch" not in tables:
            raise InputError("table [batch] is missing", file=path, mend='Add it, with sites = ["sites/*"]')
        try:
            config = BatchConfig.model_validate(tables)
        except ValidationError as errors:
            raise complaint(errors, path, BatchConfig) from errors
        refuse_flags(tables, config, path)
        return cls(path, config, hashlib.sha256(content).hexdigest())
