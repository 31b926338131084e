"""The builders, one module per family; importing this package registers them all."""

from zoo.architectures import basketball as basketball
