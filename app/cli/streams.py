"""Standard output and standard error that never end the work: where nothing can be printed, only the print is lost."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
import time
from typing import Any, TextIO

NOBODY = {errno.EPIPE, errno.EIO, errno.EBADF, errno.EINVAL}
"""Errors of a stream that nobody reads any more: a closed pipe (EINVAL on Windows), a terminal that is gone."""

RETRY_S = 0.01
"""Seconds between two tries to write to a stream that does not take more at once."""


class Forgiving(io.RawIOBase):
    """A raw stream that takes everything: after its first error what is written is dropped.

    Attributes
    ----------
    failed
        The first error; None while all was written.
    """

    def __init__(self, raw: Any) -> None:
        self.raw, self.failed = raw, None
        self.name = getattr(raw, "name", "")

    failed: OSError | None

    def writable(self) -> bool:
        """Return true."""
        return True

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        with contextlib.suppress(OSError):
            return bool(self.raw.isatty())
        return False

    def fileno(self) -> int:
        """Return the number of the file behind."""
        return int(self.raw.fileno())

    def write(self, data: Any) -> int:
        """Write `data` while the stream works; returns the number of bytes taken."""
        while self.failed is None:
            try:
                taken = self.raw.write(data)
            except OSError as error:
                self.failed = error
            else:
                if taken is not None:
                    return int(taken)
                time.sleep(RETRY_S)
        return len(data)


def _forgiving(stream: TextIO | None) -> TextIO:
    """Return a stream like `stream` that never raises, neither on errors nor on characters that it cannot show."""
    if stream is None:  # it was closed before we began
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - a device
    if not isinstance(stream, io.TextIOWrapper):  # somebody put a stream of their own in its place
        return stream
    raw = getattr(stream.buffer, "raw", stream.buffer)
    return io.TextIOWrapper(
        io.BufferedWriter(Forgiving(raw)),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def forgive() -> None:
    """Put streams that never raise in the place of standard output and standard error.

    Numbers 0 to 2 of closed files are taken by the null device first: a file that the work opens would get such a
    number, and whatever a library prints would be written into that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    sys.stdout, sys.stderr = _forgiving(sys.stdout), _forgiving(sys.stderr)


def lost() -> OSError | None:
    """Return why a part of standard output was not written though somebody waits for it (a full disk)."""
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    failed = raw.failed if isinstance(raw, Forgiving) else None
    return None if failed is None or failed.errno in NOBODY else failed
