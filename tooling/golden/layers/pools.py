"""Pooling."""

import keras
import torch
import torch.nn.functional as F

from draw import both
from layer_file import LayerCase
from structure_layers import draw_image
from windows import pad, sides_of


def draw_pool(draw):
    """Options and a size; padding is always smaller than the window."""
    options = draw.options(0.7, poolSize=lambda: draw.pair(1, 4), strides=lambda: draw.pair(1, 3))
    window = both(options.get("poolSize", 2))
    if draw.chance(0.7):
        top, bottom, left, right = (draw.integer(0, window[axis] - 1) for axis in (0, 0, 1, 1))
        options["padding"] = draw.pick(
            ["valid", "same", "same", min(top, left), [top, left], [top, bottom, left, right]]
        )
    return options, [draw.integer(1, 3), *(length + draw.integer(0, 6) for length in window), draw.integer(1, 5)]


def pool_window(options):
    return {"kernelSize": options.get("poolSize", 2), "strides": options.get("strides", options.get("poolSize", 2)), **options}


def add_ceil_mode(draw, options):
    """ceilMode, with padding as PyTorch takes it: the same before and behind, at most half a window."""
    vertical, horizontal = (draw.integer(0, length // 2) for length in both(options.get("poolSize", 2)))
    options.pop("padding", None)
    options["ceilMode"] = True
    if vertical + horizontal > 0:
        options["padding"] = [vertical, horizontal]
    return vertical, horizontal


def max_pool2d(draw):
    options, shape = draw_pool(draw)
    padding = add_ceil_mode(draw, options) if draw.chance(0.3) else None
    options.update(draw.options(0.3, activation=lambda: draw.pick(["linear", "relu"])))
    window = pool_window(options)
    kernel, strides = both(window["kernelSize"]), both(window["strides"])

    def forward(given):
        if padding:
            image = given.x.permute(0, 3, 1, 2)
            y = F.max_pool2d(image, kernel, strides, padding, ceil_mode=True)
        else:
            image = pad(given.x, sides_of(window, shape[1:3]), value=float("-inf")).permute(0, 3, 1, 2)
            y = F.max_pool2d(image, kernel, strides)
        y = y.permute(0, 2, 3, 1)
        return F.relu(y) if options.get("activation") == "relu" else y

    return LayerCase("maxPool2d", options, [draw.distinct(*shape)], forward)


def average_pool2d(draw):
    options, shape = draw_pool(draw)
    padding = add_ceil_mode(draw, options) if draw.chance(0.4) else None
    options.update(draw.options(0.6, countPadding=lambda: draw.chance(0.6)))
    options.update(draw.options(0.2, divisor=lambda: draw.integer(1, 9)))
    window = pool_window(options)
    kernel, strides = both(window["kernelSize"]), both(window["strides"])
    count, divisor = options.get("countPadding", False), options.get("divisor")
    sides = sides_of(window, shape[1:3])
    # Where one side has more padding than the other, Keras on PyTorch lets the border's pixels count twice.
    even = sides[0] == sides[1] and sides[2] == sides[3]
    by_keras = padding is None and options.get("padding") == "same" and even and not count and not divisor

    def average(x):
        return F.avg_pool2d(pad(x, sides).permute(0, 3, 1, 2), kernel, strides).permute(0, 2, 3, 1)

    def forward(given):
        if padding:
            image = given.x.permute(0, 3, 1, 2)
            y = F.avg_pool2d(image, kernel, strides, padding, True, count, divisor)
            return y.permute(0, 2, 3, 1)
        if by_keras:
            return keras.ops.average_pool(given.x, tuple(kernel), tuple(strides), "same", "channels_last")
        y = average(given.x)
        if divisor:
            return y * (kernel[0] * kernel[1] / divisor)
        return y if count else y / average(torch.ones_like(given.x.detach()))

    return LayerCase("averagePool2d", options, [draw.normal(*shape)], forward, oracle="keras" if by_keras else "torch")


def stochastic_pool2d(draw):
    """Outside training: the mean of a window's positive values, weighted by themselves."""
    options, shape = draw_pool(draw)
    window = pool_window(options)
    kernel, strides = both(window["kernelSize"]), both(window["strides"])
    sides = sides_of(window, shape[1:3])

    def forward(given):
        given.keep_clear(given.x, 0)
        image = pad(F.relu(given.x), sides).permute(0, 3, 1, 2)
        pixels = image.unfold(2, kernel[0], strides[0]).unfold(3, kernel[1], strides[1]).flatten(4)
        total = pixels.sum(-1)
        y = (pixels**2).sum(-1) / torch.where(total > 0, total, 1)
        return y.permute(0, 2, 3, 1)

    return LayerCase("stochasticPool2d", options, [draw.distinct(*shape)], forward, oracle="formula")


def adaptive_pool2d(kind, pool):
    def draw_case(draw):
        options = {"outputSize": draw.pair(1, 5)}
        forward = lambda given: pool(given.x.permute(0, 3, 1, 2), both(options["outputSize"])).permute(0, 2, 3, 1)
        return LayerCase(kind, options, [draw.distinct(*draw_image(draw, low=1, high=8))], forward)

    return draw_case


def global_pool2d(kind, pool):
    def draw_case(draw):
        options = draw.options(0.6, keepDims=lambda: draw.chance(0.6))
        layer = pool(keepdims=options.get("keepDims", False))
        return LayerCase(kind, options, [draw.distinct(*draw_image(draw, low=1))], lambda given: layer(given.x), oracle="keras")

    return draw_case


FAMILIES = {
    max_pool2d: 20,
    average_pool2d: 24,
    stochastic_pool2d: 6,
    adaptive_pool2d("adaptiveAveragePool2d", F.adaptive_avg_pool2d): 7,
    adaptive_pool2d("adaptiveMaxPool2d", F.adaptive_max_pool2d): 7,
    global_pool2d("globalAveragePool2d", keras.layers.GlobalAveragePooling2D): 4,
    global_pool2d("globalMaxPool2d", keras.layers.GlobalMaxPooling2D): 4,
}
