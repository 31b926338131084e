"""Shared training utilities; they see models and data only as arguments."""
