"""dense, activation, prelu, maxout."""

import keras
import torch.nn.functional as F

from activations import PLAIN, activate, draw_activation
from layer_file import LayerCase
from penalties import add_penalties, constraints_of, draw_regularization

NAMES = {"kernel": "kernel", "bias": "bias"}


def draw_shape(draw, most_axes=3):
    """A batch of vectors, of signals or of images."""
    return [draw.integer(1, 4), *(draw.integer(1, 5) for _ in range(draw.integer(0, most_axes - 1))), draw.integer(1, 9)]


def dense(draw):
    shape, units = draw_shape(draw), draw.integer(1, 9)
    options = {"units": units}
    options.update(draw.options(0.6, activation=lambda: draw_activation(draw), useBias=lambda: draw.chance(0.3)))
    use_bias = options.get("useBias", True)
    options.update(draw_regularization(draw, {"kernel": [shape[-1], units]}, use_bias))
    parameters = {"kernel": draw.normal(shape[-1], units, scale=shape[-1] ** -0.5)}
    if use_bias:
        parameters["bias"] = draw.normal(units)

    def forward(given):
        z = given.x @ given.parameters["kernel"]
        y = activate(given, z + given.parameters["bias"] if use_bias else z, options.get("activation", "linear"))
        add_penalties(given, options, y, NAMES)
        return y

    constraints = constraints_of(options, NAMES)
    return LayerCase("dense", options, [draw.normal(*shape)], forward, parameters, training=draw.chance(0.7), constraints=constraints)


def activation(draw):
    """Every function in turn, most with options."""
    options = {"activation": draw_activation(draw, fused=0)}
    forward = lambda given: activate(given, given.x, options["activation"])
    return LayerCase("activation", options, [draw.normal(*draw_shape(draw, 4), scale=draw.pick([1, 3]))], forward)


def plain_activations():
    """Every function once, by its name, with its default options."""
    return [(lambda draw, kind=kind: plain_activation(draw, kind)) for kind in PLAIN]


def plain_activation(draw, kind):
    forward = lambda given: activate(given, given.x, kind)
    return LayerCase("activation", {"activation": kind}, [draw.normal(*draw_shape(draw, 4), scale=2)], forward)


def prelu(draw):
    shape = draw_shape(draw, 4)
    axes = list(range(1, len(shape)))
    options = draw.options(0.7, sharedAxes=lambda: draw.pick([[], axes, axes[:1], "allButLast"]))
    shared = options.get("sharedAxes", "allButLast")
    shared = axes[:-1] if shared == "allButLast" else shared
    alpha = [1 if axis in shared else shape[axis] for axis in axes]

    def forward(given):
        given.keep_clear(given.x, 0)
        layer = keras.layers.PReLU(shared_axes=shared or None)
        layer.build(shape)
        return layer.stateless_call([given.parameters["alpha"]], [], given.x)[0]

    return LayerCase("prelu", options, [draw.normal(*shape)], forward, {"alpha": draw.normal(*alpha)}, oracle="keras")


def maxout(draw):
    shape, pieces = draw_shape(draw), draw.integer(1, 4)
    options = {"pieces": pieces}
    parameters, use_bias = {}, False
    if draw.chance(0.6):
        options["units"] = draw.integer(1, 5)
        width = options["units"] * pieces
        if draw.chance(0.5):
            options["useBias"] = draw.chance(0.4)
        use_bias = options.get("useBias", True)
        options.update(draw_regularization(draw, {"kernel": [shape[-1], width]}, use_bias, share=0.2))
        parameters["kernel"] = draw.normal(shape[-1], width, scale=shape[-1] ** -0.5)
        if use_bias:
            parameters["bias"] = draw.normal(width)
    else:
        shape[-1] = pieces * draw.integer(1, 4)

    def forward(given):
        z = given.x @ given.parameters["kernel"] if parameters else given.x
        z = z + given.parameters["bias"] if use_bias else z
        grouped = z.reshape(*shape[:-1], -1, pieces)
        if pieces > 1:
            best = grouped.topk(2, -1).values
            given.keep_clear(best[..., 0] - best[..., 1], 0)
        y = grouped.max(-1).values
        add_penalties(given, options, y, NAMES)
        return y

    constraints = constraints_of(options, NAMES)
    return LayerCase("maxout", options, [draw.normal(*shape)], forward, parameters, training=draw.chance(0.5), constraints=constraints)


FAMILIES = {dense: 24, activation: 14, **{family: 1 for family in plain_activations()}, prelu: 8, maxout: 10}
