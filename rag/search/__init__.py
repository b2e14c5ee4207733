"""Builds of an index, opening and following them, and finding passages for a query."""
