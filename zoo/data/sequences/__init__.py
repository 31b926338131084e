"""Sequences: series in which the order of the steps matters."""
