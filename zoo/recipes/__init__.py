"""The recipes, one module per family; importing this package registers them all."""

from zoo.recipes import basketball as basketball
from zoo.recipes import dense as dense
from zoo.recipes import digits as digits
from zoo.recipes import first as first
from zoo.recipes import forecast as forecast
from zoo.recipes import image as image
from zoo.recipes import memory as memory
from zoo.recipes import multimodal as multimodal
from zoo.recipes import sequence as sequence
from zoo.recipes import siamese as siamese
from zoo.recipes import text as text
from zoo.recipes import text_generation as text_generation
from zoo.recipes.registry import RECIPES as RECIPES

RECIPES.keep()
