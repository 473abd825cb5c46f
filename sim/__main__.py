"""`python -m sim` is `prisonflow`."""

from sim.cli import main

main()
