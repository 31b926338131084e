"""Blocks: functions from a tensor to a tensor, made of plain Keras layers.

A model that holds them saves and reloads without the zoo. The name of each of a block's layers
begins with the block's name; the layer that joins its branches carries that name alone.
"""

from zoo.models.blocks.convolution import conv_relu as conv_relu
from zoo.models.blocks.fire import fire_module as fire_module
from zoo.models.blocks.inception import inception_module as inception_module
from zoo.models.blocks.residual import added_skip as added_skip
from zoo.models.blocks.residual import residual_identity as residual_identity
from zoo.models.blocks.residual import residual_projection as residual_projection
