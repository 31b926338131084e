"""The builders, one module per family; importing this package registers them all.

The order is the catalogue's.
"""

from zoo.architectures import basketball as basketball
from zoo.architectures import dense as dense
from zoo.architectures import image as image
from zoo.architectures import inception as inception
from zoo.architectures import residual as residual
from zoo.architectures import applications as applications
from zoo.architectures import siamese_image as siamese_image
from zoo.architectures import sequence as sequence
from zoo.architectures import text as text
from zoo.architectures import siamese as siamese
from zoo.architectures import multimodal as multimodal
