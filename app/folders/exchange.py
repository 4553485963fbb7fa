"""Two names of one folder exchanged in one step, on systems that can; Python's own library has no call for that."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_HERE = -100
"""AT_FDCWD of Linux: paths are those of the process."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux's renameat2, and RENAME_SWAP of macOS' renamex_np."""
CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM})
"""What systems and file systems say that have no such call."""


def exchange(a: Path, b: Path) -> bool:
    """Let the paths `a` and `b` change places at once; False where the system or the file system cannot.

    Raises
    ------
    OSError
        As `os.rename` does.
    """
    sys.audit("busyhour.exchange", str(a), str(b))  # as `os.rename` tells what it is about to do
    names = os.fsencode(a), os.fsencode(b)
    library = ctypes.CDLL(None, use_errno=True) if sys.platform in ("linux", "darwin") else None
    if hasattr(library, "renameat2"):
        failed = _called(library, "renameat2", _HERE, names[0], _HERE, names[1], ctypes.c_uint(_EXCHANGE))
    elif hasattr(library, "renamex_np"):
        failed = _called(library, "renamex_np", *names, ctypes.c_uint(_EXCHANGE))
    else:
        return False
    if failed in CANNOT:
        return False
    if failed:
        raise OSError(failed, os.strerror(failed), str(a), None, str(b))
    return True


def _called(library: ctypes.CDLL | None, name: str, *arguments: object) -> int:
    """Call a function of the system's library; return 0, or the number of its error."""
    return ctypes.get_errno() if getattr(library, name)(*arguments) else 0
