"""Pairs of pictures, as two eyes see them."""
