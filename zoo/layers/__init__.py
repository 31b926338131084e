"""Blocks: functions from a tensor to a tensor, made of plain Keras layers.

A model that holds them saves and reloads without the zoo. The name of each of a block's layers
begins with the block's name; the layer that joins its branches carries that name alone.
"""

from zoo.layers.convolution import conv_relu as conv_relu
from zoo.layers.fire import fire_module as fire_module
from zoo.layers.inception import inception_module as inception_module
from zoo.layers.residual import added_skip as added_skip
from zoo.layers.residual import residual_identity as residual_identity
from zoo.layers.residual import residual_projection as residual_projection
