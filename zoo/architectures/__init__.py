"""The builders, one module per family; importing this package registers them all."""

from zoo.architectures import basketball as basketball
from zoo.architectures import dense as dense
from zoo.architectures import sequence as sequence
from zoo.architectures import text as text
from zoo.architectures import siamese as siamese
