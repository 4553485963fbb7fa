"""Run the command line by `python -m busyhour.app.cli`."""

from .main import main

main()
