"""Run the command line by `python -m busyhour.app.cli`."""

from .start import main

main()
