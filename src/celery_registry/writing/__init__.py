"""Edits to the user's own files: a registry for what is there, a task more, a drift mended, a name changed.

Law: source text and the index's facts in, changes out. Nothing is imported or run, and what an edit does not mean stays
as it is to the byte.
"""
