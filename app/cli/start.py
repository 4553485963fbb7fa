"""Where the command line begins: what holds for every command, and from the first moment on.

This file imports nothing slow, so that a signal during the imports of the commands is heard as any other.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import NoReturn

from .exit_codes import INTERNAL, STOPPED
from .stop_signals import handle
from .streams import forgive, lost


def main() -> NoReturn:
    """Run the command line; neither a signal nor a closed screen ends it with a traceback."""
    forgive()
    handle(signal.default_int_handler)
    code = STOPPED
    try:
        code = _code_of_command()
        if (loss := lost()) is not None:
            text = f"standard output could not be written ({loss.strerror}); files are whole"
            sys.stderr.write(f"busyhour: {text}.\n")
            code = code or INTERNAL
    except KeyboardInterrupt:
        sys.stderr.write("busyhour: Stopped.\n")
    handle(lambda *_: os._exit(code))  # from here on there is nothing left to stop
    gc.freeze()  # the system takes the memory back quicker than Python sweeps it: half a second of each command
    sys.exit(code)


def _code_of_command() -> int:
    """Run the command that was asked for and return its exit code."""
    try:
        from .main import main as run

        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else INTERNAL if end.code else 0
    return 0
