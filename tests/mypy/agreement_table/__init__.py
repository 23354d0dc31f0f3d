"""Declared x actual x how it is registered x how its name is given, as programs with a right and a wrong side."""
