"""A package whose modules and tasks share names."""
from .send import send as send
