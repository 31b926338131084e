"""Blocks: functions from a tensor to a tensor, made of plain Keras layers.

A model that holds them saves and reloads without the zoo. Every layer's name begins with the
block's name, and the block's last layer carries that name itself.
"""

from zoo.layers.convolution import conv_relu as conv_relu
from zoo.layers.fire import fire_module as fire_module
from zoo.layers.inception import inception_module as inception_module
from zoo.layers.residual import residual_identity as residual_identity
from zoo.layers.residual import residual_projection as residual_projection
