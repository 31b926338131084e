"""The recipes, one module per family; importing this package registers them all."""

from zoo.recipes import basketball as basketball
