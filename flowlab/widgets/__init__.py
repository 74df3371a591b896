"""Notebook front ends: thin. What a run does is decided in :mod:`flowlab.run`, how it looks in :mod:`flowlab.show`."""
