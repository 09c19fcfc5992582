"""Normalisation of values and of weights."""

import math

import keras
import numpy
import torch
import torch.nn.functional as F
from torch.nn.utils.parametrizations import _SpectralNorm

from activations import activate, draw_activation
from convolutions import convolved
from dense_layers import draw_shape
from layer_file import LayerCase


def batch_norm(draw):
    shape = several_values(draw, draw_shape(draw, 4))
    channels = shape[-1]
    options = draw.options(
        0.5,
        momentum=lambda: draw.number(0.5, 0.99),
        epsilon=lambda: draw.number(0.001, 0.1),
        center=lambda: draw.chance(0.3),
        scale=lambda: draw.chance(0.3),
        convention=lambda: draw.pick(["keras", "pytorch", "pytorch"]),
        activation=lambda: draw_activation(draw),
        trainable=lambda: draw.chance(0.5),
    )
    parameters = {}
    if options.get("scale", True):
        parameters["gamma"] = draw.normal(channels, mean=1)
    if options.get("center", True):
        parameters["beta"] = draw.normal(channels)
    state = {"movingMean": draw.normal(channels), "movingVariance": draw.uniform(0.3, 3, channels)}
    inputs = [draw.normal(*shape, mean=1)]
    residual = draw.chance(0.25)
    if residual:
        inputs.append(draw.normal(*shape))
    by_keras = options.get("convention", "keras") == "keras"

    def forward(given):
        normalize = by_the_rules_of_keras if by_keras else by_the_rules_of_pytorch
        y = normalize(given, options)
        return activate(given, y + given.inputs[1] if residual else y, options.get("activation", "linear"))

    oracle = "keras" if by_keras else "torch"
    return LayerCase("batchNorm", options, inputs, forward, parameters, state, training=draw.chance(0.75), oracle=oracle)


def several_values(draw, shape):
    """At least 6 for each channel: of 2, the gradient is a small difference of large numbers."""
    while math.prod(shape[:-1]) < 6:
        shape[draw.integer(0, len(shape) - 2)] += 1
    return shape


def by_the_rules_of_keras(given, options):
    settings = {key: options[key] for key in ("momentum", "epsilon", "center", "scale", "trainable") if key in options}
    settings.setdefault("momentum", 0.9)  # ours; Keras' own is 0.99
    layer = keras.layers.BatchNormalization(**settings)
    layer.build(given.x.shape)
    names = [name for name in ("gamma", "beta") if name in given.parameters]
    moving = [given.state["movingMean"], given.state["movingVariance"]]
    values = [given.parameters[name] for name in names]
    # A layer that is not trainable counts all its values among the others.
    trained, others = (values, moving) if options.get("trainable", True) else ([], values + moving)
    y, changed = layer.stateless_call(trained, others, given.x, training=given.training)
    if given.training:
        given.new_state["movingMean"], given.new_state["movingVariance"] = changed[-2:]
    return y


def by_the_rules_of_pytorch(given, options):
    mean, variance = (given.state[name].clone() for name in ("movingMean", "movingVariance"))
    training = given.training and options.get("trainable", True)
    y = F.batch_norm(
        given.x.movedim(-1, 1),
        mean,
        variance,
        given.parameters.get("gamma"),
        given.parameters.get("beta"),
        training=training,
        momentum=1 - options.get("momentum", 0.99),
        eps=options.get("epsilon", 1e-3),
    ).movedim(1, -1)
    if given.training:
        given.new_state["movingMean"], given.new_state["movingVariance"] = mean, variance
    return y


def draw_scale_and_center(draw, shape):
    """Options that all normalisations have, and their parameters."""
    options = draw.options(
        0.5,
        epsilon=lambda: draw.number(0.001, 0.1),
        center=lambda: draw.chance(0.3),
        scale=lambda: draw.chance(0.3),
    )
    parameters = {}
    if options.get("scale", True):
        parameters["gamma"] = draw.normal(*shape, mean=1)
    if options.get("center", True):
        parameters["beta"] = draw.normal(*shape)
    return options, parameters


def by_layer_of_keras(layer):
    """forward of a layer of Keras whose variables are gamma and beta."""

    def forward(given):
        layer.build(given.x.shape)
        values = [given.parameters[name] for name in ("gamma", "beta") if name in given.parameters]
        return layer.stateless_call(values, [], given.x)[0]

    return forward


def draw_places(draw, channels):
    """Signals, images or more, with at least 6 values for each channel and sample."""
    sizes = [draw.integer(2, 5) for _ in range(draw.integer(1, 3))]
    while math.prod(sizes) < 6:
        sizes[-1] += 1
    return [draw.integer(1, 3), *sizes, channels]


def group_norm(draw):
    groups = draw.integer(1, 4)
    channels = groups * draw.integer(1, 3)
    if draw.chance(0.15):
        groups, channels = 32, draw.pick([32, 64])
    options, parameters = draw_scale_and_center(draw, [channels])
    layer = keras.layers.GroupNormalization(groups, **options)
    if groups != 32 or draw.chance(0.3):
        options["groups"] = groups
    x = draw.normal(*draw_places(draw, channels), mean=1)
    return LayerCase("groupNorm", options, [x], by_layer_of_keras(layer), parameters, training=draw.chance(0.5), oracle="keras")


def instance_norm(draw):
    channels = draw.integer(1, 6)
    options, parameters = draw_scale_and_center(draw, [channels])

    def forward(given):
        # F.instance_norm's own gradient is wrong (2.15.0) for one image with its channels last.
        y = F.group_norm(
            given.x.movedim(-1, 1),
            channels,
            weight=given.parameters.get("gamma"),
            bias=given.parameters.get("beta"),
            eps=options.get("epsilon", 1e-3),
        )
        return y.movedim(1, -1)

    x = draw.normal(*draw_places(draw, channels), mean=1)
    return LayerCase("instanceNorm", options, [x], forward, parameters, training=draw.chance(0.5))


def layer_norm(draw):
    shape = [draw.integer(1, 4), *(draw.integer(2, 4) for _ in range(draw.integer(0, 2))), draw.integer(6, 12)]
    count = draw.integer(1, len(shape) - 1)
    axes = list(range(len(shape) - count, len(shape)))
    options, parameters = draw_scale_and_center(draw, [shape[axis] for axis in axes])
    layer = keras.layers.LayerNormalization(axis=axes, **options)
    if count > 1 or draw.chance(0.4):
        written = draw.pick([axes, [axis - len(shape) for axis in axes]])
        options["axis"] = written[0] if count == 1 and draw.chance(0.5) else written
    x = draw.normal(*shape, mean=1)
    return LayerCase("layerNorm", options, [x], by_layer_of_keras(layer), parameters, training=draw.chance(0.5), oracle="keras")


def local_response_norm(draw):
    options = draw.options(
        0.6,
        size=lambda: draw.integer(1, 7),
        alpha=lambda: draw.number(0.01, 1),
        beta=lambda: draw.number(0.3, 1.2),
        k=lambda: draw.number(0.5, 3),
        averaged=lambda: draw.chance(0.6),
    )
    size, alpha = options.get("size", 5), options.get("alpha", 1e-4)
    # PyTorch takes the mean of the squares.
    alpha = alpha if options.get("averaged", False) else alpha * size
    scale = draw.pick([1, 10])

    def forward(given):
        return F.local_response_norm(
            given.x.movedim(-1, 1), size, alpha, options.get("beta", 0.75), options.get("k", 2)
        ).movedim(1, -1)

    shape = [draw.integer(1, 3), draw.integer(1, 4), draw.integer(1, 4), draw.integer(1, 9)]
    return LayerCase("localResponseNorm", options, [draw.normal(*shape, scale=scale)], forward)


def unit_normalization(draw):
    layer = keras.layers.UnitNormalization()

    def forward(given):
        given.keep_clear(given.x.norm(dim=-1), 0)
        return layer(given.x)

    # Two numbers at least: a vector of one has no direction to change, and a gradient of rounding errors.
    shape = draw_shape(draw, 4)
    shape[-1] += 1
    return LayerCase("unitNormalization", {}, [draw.normal(*shape)], forward, oracle="keras")


def draw_inner_layer(draw):
    """A layer with a kernel: its record, its input's shape, its kernel's shape, and what it computes with a kernel."""
    filters, batch = draw.integer(1, 5), draw.integer(1, 3)
    use_bias = draw.chance(0.7)
    options = {} if use_bias else {"useBias": False}
    if draw.chance(0.5):
        channels = draw.integer(1, 6)
        record = {"type": "dense", "options": {"units": filters, **options}}
        return record, [batch, channels], [channels, filters], lambda x, kernel: x @ kernel
    window, channels = {"kernelSize": draw.pair(1, 3)}, draw.integer(1, 3)
    record = {"type": "conv2d", "options": {"filters": filters, **window, **options}}
    height, width = window["kernelSize"] if isinstance(window["kernelSize"], list) else [window["kernelSize"]] * 2
    shape = [batch, height + draw.integer(0, 3), width + draw.integer(0, 3), channels]
    return record, shape, [height, width, channels, filters], lambda x, kernel: convolved(x, kernel, window, 1)


def with_bias(record, draw, parameters):
    if record["options"].get("useBias", True):
        kernel = next(iter(parameters.values()))
        parameters["bias"] = draw.normal(kernel.shape[-1])
    return parameters


def weight_norm(draw):
    record, shape, kernel_shape, compute = draw_inner_layer(draw)
    parameters = with_bias(record, draw, {"kernelV": draw.normal(*kernel_shape)})
    parameters["kernelG"] = draw.normal(kernel_shape[-1], mean=1)

    def forward(given):
        v, g = given.parameters["kernelV"], given.parameters["kernelG"]
        kernel = torch._weight_norm(v.reshape(-1, len(g)), g[None], 1).reshape(v.shape)
        return compute(given.x, kernel) + given.parameters.get("bias", 0)

    x = draw.normal(*shape)
    return LayerCase("weightNorm", {"layer": record}, [x], forward, parameters, training=draw.chance(0.5))


def spectral_norm(draw):
    record, shape, kernel_shape, compute = draw_inner_layer(draw)
    parameters = with_bias(record, draw, {"kernel": draw.normal(*kernel_shape)})
    matrix = parameters["kernel"].reshape(-1, kernel_shape[-1])
    left, _, right = numpy.linalg.svd(matrix)
    near = lambda vector: vector + draw.normal(len(vector), scale=0.1)
    length_one = lambda vector: (vector / numpy.linalg.norm(vector)).astype(numpy.float32)
    state = {"kernelU": length_one(near(right[0])), "kernelV": length_one(near(left[:, 0]))}
    options = {"layer": record, **draw.options(0.5, iterations=lambda: draw.integer(1, 4))}
    if draw.chance(0.3):
        options["epsilon"] = draw.number(0.1, 1)

    def by_formula(given, rows):
        """PyTorch takes the larger of length and epsilon, we their sum."""
        u, v = given.state["kernelU"], given.state["kernelV"]
        fixed = rows.detach()
        for _ in range(options.get("iterations", 1) if given.training else 0):
            v = fixed @ u / ((fixed @ u).norm() + options["epsilon"])
            u = fixed.T @ v / ((fixed.T @ v).norm() + options["epsilon"])
        if given.training:
            given.new_state = {"kernelU": u, "kernelV": v}
        return rows / (v @ rows @ u)

    def by_pytorch(given, rows):
        # PyTorch begins with its u, Keras and we with v: so the matrix is given turned round.
        norm = _SpectralNorm(rows.detach(), options.get("iterations", 1), 0, 1e-12)
        norm._u.copy_(given.state["kernelV"])
        norm._v.copy_(given.state["kernelU"])
        norm.train(given.training)
        normalized = norm(rows)
        if given.training:
            given.new_state = {"kernelU": norm._v, "kernelV": norm._u}
        return normalized

    def forward(given):
        kernel = given.parameters["kernel"]
        normalize = by_formula if "epsilon" in options else by_pytorch
        normalized = normalize(given, kernel.reshape(-1, kernel.shape[-1])).reshape(kernel.shape)
        return compute(given.x, normalized) + given.parameters.get("bias", 0)

    x, training = draw.normal(*shape), draw.chance(0.7)
    oracle = "formula" if "epsilon" in options else "torch"
    return LayerCase("spectralNorm", options, [x], forward, parameters, state, training, oracle)


FAMILIES = {
    batch_norm: 32,
    group_norm: 10,
    layer_norm: 10,
    instance_norm: 8,
    local_response_norm: 10,
    unit_normalization: 3,
    weight_norm: 8,
    spectral_norm: 12,
}
