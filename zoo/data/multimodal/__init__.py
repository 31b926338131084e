"""Rows of several kinds of input: numbers, words and a picture."""
