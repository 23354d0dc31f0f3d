"""Small programs, each held by every front to one expected list."""
