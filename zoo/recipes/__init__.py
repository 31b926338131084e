"""The recipes, one module per family; importing this package registers them all."""

from zoo.recipes import basketball as basketball
from zoo.recipes import dense as dense
from zoo.recipes import image as image
from zoo.recipes import memory as memory
from zoo.recipes import multimodal as multimodal
from zoo.recipes import sequence as sequence
from zoo.recipes import siamese as siamese
from zoo.recipes import text as text
from zoo.recipes.registry import RECIPES as RECIPES

RECIPES.keep()
