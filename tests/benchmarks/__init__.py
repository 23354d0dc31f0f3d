"""What the plugin costs: generated projects, and mypy measured with and without it in the same session."""
