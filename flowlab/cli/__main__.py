"""``python -m flowlab.cli``: the same as ``flowlab``."""

from flowlab.cli import main

main()
