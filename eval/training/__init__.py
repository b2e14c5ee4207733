"""Adapters for the pinned local model: their data, their training, what they are measured by. Needs no GPU."""
