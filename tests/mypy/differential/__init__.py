"""One program, many edits, five ways to run mypy: after each edit all must print the same lines."""
