"""Datasets of text, and how texts become arrays."""
