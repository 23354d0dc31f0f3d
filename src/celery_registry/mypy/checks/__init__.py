"""What is checked, one file for each form a user can write.

Law: a check reads facts, lets mypy judge, and reports through ``emit``; it never looks for facts itself.
"""
