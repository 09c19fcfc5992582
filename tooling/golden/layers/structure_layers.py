"""Layers that move, join and scale values."""

import keras
import torch
import torch.nn.functional as F

from dense_layers import draw_shape
from draw import both
from layer_file import LayerCase
from windows import MODES, pad


def draw_image(draw, low=2, high=6, channels=4):
    return [draw.integer(1, 3), draw.integer(low, high), draw.integer(low, high), draw.integer(1, channels)]


def draw_sides(draw, most):
    """Rows and columns at the sides: the option, and [top, bottom, left, right]."""
    top, bottom, left, right = (draw.integer(0, limit) for limit in (most[0], most[0], most[1], most[1]))
    return draw.pick(
        [
            (min(top, left), [min(top, left)] * 4),
            ([top, left], [top, top, left, left]),
            ([top, bottom, left, right], [top, bottom, left, right]),
        ]
    )


def flatten(draw):
    return LayerCase("flatten", {}, [draw.normal(*draw_shape(draw, 4))], lambda given: given.x.flatten(1))


def reshape(draw):
    batch, height, width, channels = draw_image(draw)
    target = draw.pick([[width, height, channels], [height * width, channels], [-1], [channels, -1], [width * channels, height]])
    return LayerCase(
        "reshape",
        {"targetShape": target},
        [draw.normal(batch, height, width, channels)],
        lambda given: given.x.reshape(batch, *target),
    )


def permute(draw):
    shape = draw_shape(draw, 4)
    dims = [int(axis) + 1 for axis in draw.random.permutation(len(shape) - 1)]
    return LayerCase("permute", {"dims": dims}, [draw.normal(*shape)], lambda given: given.x.permute(0, *dims))


def padding2d(draw):
    shape = draw_image(draw, low=4)
    options = {}
    mode, (padding, sides) = "zeros", (None, [1, 1, 1, 1])
    if draw.chance(0.8):
        padding, sides = draw_sides(draw, [3, 3])
        options["padding"] = padding
    if draw.chance(0.8):
        mode = options["paddingMode"] = draw.pick(list(MODES))
    return LayerCase("padding2d", options, [draw.normal(*shape)], lambda given: pad(given.x, sides, mode), oracle="numpy")


def padding2d_of_nothing(draw):
    return LayerCase("padding2d", {"padding": 0}, [draw.normal(*draw_image(draw))], lambda given: given.x * 1, oracle="numpy")


def padding2d_of_a_row(draw):
    """One pixel high: everything around it is the same pixel."""
    mode = draw.pick(["symmetric", "replicate", "circular"])
    shape = [draw.integer(1, 3), 1, draw.integer(2, 5), draw.integer(1, 3)]
    options = {"padding": [1, draw.integer(1, 2)], "paddingMode": mode}
    sides = [1, 1, *both(options["padding"][1])]
    return LayerCase("padding2d", options, [draw.normal(*shape)], lambda given: pad(given.x, sides, mode), oracle="numpy")


def cropping2d(draw):
    shape = draw_image(draw, low=3, high=7)
    cropping, (top, bottom, left, right) = draw_sides(draw, [(shape[1] - 1) // 2, (shape[2] - 1) // 2])
    options = {"cropping": cropping}
    if draw.chance(0.2):
        options, top, bottom, left, right = {}, 0, 0, 0, 0
    crop = keras.layers.Cropping2D(((top, bottom), (left, right)))
    return LayerCase("cropping2d", options, [draw.normal(*shape)], lambda given: crop(given.x), oracle="keras")


def up_sampling2d(draw):
    options = draw.options(0.8, size=lambda: draw.pair(1, 3), interpolation=lambda: draw.pick(["nearest", "bilinear"]))
    size, mode = both(options.get("size", 2)), options.get("interpolation", "nearest")
    extra = {} if mode == "nearest" else {"align_corners": False}

    def forward(given):
        return F.interpolate(given.x.permute(0, 3, 1, 2), scale_factor=tuple(size), mode=mode, **extra).permute(0, 2, 3, 1)

    return LayerCase("upSampling2d", options, [draw.normal(*draw_image(draw, low=1))], forward)


def resizing(draw):
    options = {"height": draw.integer(1, 9), "width": draw.integer(1, 9)}
    options.update(draw.options(0.7, interpolation=lambda: draw.pick(["nearest", "bilinear"])))
    bilinear = options.get("interpolation", "bilinear") == "bilinear"
    mode = {"mode": "bilinear", "align_corners": False} if bilinear else {"mode": "nearest-exact"}

    def forward(given):
        image = given.x.permute(0, 3, 1, 2)
        return F.interpolate(image, size=(options["height"], options["width"]), **mode).permute(0, 2, 3, 1)

    return LayerCase("resizing", options, [draw.normal(*draw_image(draw, low=1))], forward)


def merge(kind, combine, ties=False):
    def draw_case(draw):
        shape = draw_shape(draw, 4)
        inputs = [draw.normal(*shape) for _ in range(2 if kind == "subtract" else draw.integer(2, 4))]

        def forward(given):
            if ties:
                best = torch.stack(given.inputs).sort(0).values
                given.keep_clear(best[1:] - best[:-1], 0)
            return combine(given.inputs)

        return LayerCase(kind, {}, inputs, forward)

    draw_case.__name__ = kind
    return draw_case


def product(tensors):
    return torch.stack(tensors).prod(0)


def multiply_by_gate(draw):
    """Squeeze-and-excitation: one factor for each channel."""
    shape = draw_image(draw)
    gate = draw.pick([[shape[0], shape[3]], [shape[0], 1, 1, shape[3]]])
    inputs = [draw.normal(*shape), draw.normal(*gate)]
    forward = lambda given: given.x * given.inputs[1].reshape(shape[0], 1, 1, shape[3])
    return LayerCase("multiply", {}, inputs, forward)


def concatenate(draw):
    shape = draw_shape(draw, 4)
    axes = list(range(1, len(shape)))
    options = draw.options(0.7, axis=lambda: draw.pick([-1, *axes, -len(axes)]))
    axis = options.get("axis", -1)
    sizes = [draw.integer(1, 4) for _ in range(draw.integer(2, 4))]
    inputs = []
    for size in sizes:
        shape[axis] = size
        inputs.append(draw.normal(*shape))
    return LayerCase("concatenate", options, inputs, lambda given: torch.cat(given.inputs, axis))


def per_channel(draw, channels, low, high):
    return draw.pick([draw.number(low, high), [draw.number(low, high) for _ in range(channels)]])


def rescaling(draw):
    shape = draw_shape(draw, 4)
    options = {"scale": per_channel(draw, shape[-1], -2, 2)}
    options.update(draw.options(0.5, offset=lambda: per_channel(draw, shape[-1], -1, 1)))
    layer = keras.layers.Rescaling(options["scale"], options.get("offset", 0.0))
    return LayerCase("rescaling", options, [draw.normal(*shape)], lambda given: layer(given.x), oracle="keras")


def normalization(draw):
    shape = draw_shape(draw, 4)
    options = {"mean": per_channel(draw, shape[-1], -1, 1), "variance": per_channel(draw, shape[-1], 0.2, 3)}
    vector = lambda value: value if isinstance(value, list) else [value] * shape[-1]
    layer = keras.layers.Normalization(mean=vector(options["mean"]), variance=vector(options["variance"]))
    layer.build(shape)
    return LayerCase("normalization", options, [draw.normal(*shape)], lambda given: layer(given.x), oracle="keras")


def outside_training(kind, options):
    """Layers of random numbers: outside training, or with rate 0, they hand on what they get, as Keras' do."""

    def draw_case(draw):
        chosen = {name: choose(draw) for name, choose in options.items()}
        training = draw.chance(0.3)
        if training:
            chosen[next(iter(options))] = 0
        image = draw.normal(*draw_image(draw, low=3))
        return LayerCase(kind, chosen, [image], lambda given: given.x * 1, training=training)

    return draw_case


def dropout_scaled_in_inference(draw):
    rate = draw.number(0.1, 0.8)
    options = {"rate": rate, "scaling": "test"}
    return LayerCase("dropout", options, [draw.normal(*draw_image(draw))], lambda given: given.x * (1 - rate))


def drop_connect_outside_training(draw):
    inputs, units = draw.integer(1, 6), draw.integer(1, 6)
    options = {"layer": {"type": "dense", "options": {"units": units}}, "rate": draw.number(0.1, 0.8)}
    parameters = {"kernel": draw.normal(inputs, units), "bias": draw.normal(units)}
    forward = lambda given: given.x @ given.parameters["kernel"] + given.parameters["bias"]
    return LayerCase("dropConnect", options, [draw.normal(draw.integer(1, 4), inputs)], forward, parameters)


RATE = {"rate": lambda draw: draw.number(0.1, 0.8)}
RANDOM_LAYERS = {
    "dropout": RATE,
    "alphaDropout": RATE,
    "gaussianDropout": RATE,
    "spatialDropout2d": RATE,
    "stochasticDepth": {**RATE, "mode": lambda draw: draw.pick(["row", "batch"])},
    "dropBlock": {**RATE, "blockSize": lambda draw: draw.integer(1, 3)},
    "gaussianNoise": {"standardDeviation": lambda draw: draw.number(0.1, 1)},
}

FAMILIES = {
    **{outside_training(kind, options): 1 for kind, options in RANDOM_LAYERS.items()},
    dropout_scaled_in_inference: 1,
    drop_connect_outside_training: 1,
    flatten: 3,
    reshape: 5,
    permute: 5,
    padding2d: 12,
    padding2d_of_nothing: 1,
    padding2d_of_a_row: 2,
    cropping2d: 8,
    up_sampling2d: 8,
    resizing: 10,
    merge("add", sum): 3,
    merge("subtract", lambda pair: pair[0] - pair[1]): 2,
    merge("multiply", product): 4,
    multiply_by_gate: 4,
    merge("average", lambda tensors: sum(tensors) / len(tensors)): 3,
    merge("maximum", lambda tensors: torch.stack(tensors).max(0).values, ties=True): 3,
    merge("minimum", lambda tensors: torch.stack(tensors).min(0).values, ties=True): 3,
    concatenate: 7,
    rescaling: 7,
    normalization: 5,
}
