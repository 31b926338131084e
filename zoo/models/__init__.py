"""The builders, one module per family; importing this package registers them all.

The order is the catalog's.
"""

from zoo.models import basketball as basketball
from zoo.models import forecast as forecast
from zoo.models import first as first
from zoo.models import dense as dense
from zoo.models import image as image
from zoo.models import inception as inception
from zoo.models import residual as residual
from zoo.models import applications as applications
from zoo.models import siamese_image as siamese_image
from zoo.models import sequence as sequence
from zoo.models import text as text
from zoo.models import memory as memory
from zoo.models import text_generation as text_generation
from zoo.models import siamese as siamese
from zoo.models import multimodal as multimodal
from zoo.models.registry import MODELS as MODELS

MODELS.keep()
