"""Datasets of vectors: classes in clouds, two views of a class, a linear map."""
