"""Windows that slide over images: their options as our layers take them, and what they mean."""

import math

import numpy
import torch

from draw import both

# Our padding modes by the names of numpy.pad, which is the model of them all.
MODES = {"zeros": None, "reflect": "reflect", "symmetric": "symmetric", "replicate": "edge", "circular": "wrap"}


def draw_window(draw, largest=4, strides=3, dilation=3, modes=True):
    """Options of a window, and a size of image that it fits into: { kernelSize, ... }, [H, W]."""
    options = {"kernelSize": draw.pair(1, largest)}
    if draw.chance(0.5):
        options["strides"] = draw.pair(1, strides)
    if dilation > 1 and draw.chance(0.3):
        options["dilation"] = draw.pair(1, dilation)
    if draw.chance(0.75):
        options["padding"] = draw_padding(draw)
    if modes and draw.chance(0.4):
        options["paddingMode"] = draw.pick(list(MODES))
    # At least 4 pixels, so that there are enough to reflect.
    size = [max(4, reach) + draw.integer(0, 4) for reach in reaches(options)]
    return options, size


def draw_padding(draw, most=3):
    side = lambda: draw.integer(0, most)
    return draw.pick(["valid", "same", "same", side(), [side(), side()], [side(), side(), side(), side()]])


def reaches(options):
    return [
        distance * (kernel - 1) + 1
        for kernel, distance in zip(both(options["kernelSize"]), both(options.get("dilation", 1)))
    ]


def sides_of(options, size):
    """Padding as [top, bottom, left, right]."""
    padding = options.get("padding", "valid")
    if padding == "valid":
        return [0, 0, 0, 0]
    if padding == "same":
        sides = []
        for length, stride, reach in zip(size, both(options.get("strides", 1)), reaches(options)):
            total = max(0, (math.ceil(length / stride) - 1) * stride + reach - length)
            sides += [total // 2, total - total // 2]
        return sides
    if isinstance(padding, int):
        return [padding] * 4
    return list(padding) if len(padding) == 4 else [padding[0], padding[0], padding[1], padding[1]]


def pad(x, sides, mode="zeros", value=0.0):
    """Pads NHWC."""
    top, bottom, left, right = sides
    if mode == "zeros":
        return torch.nn.functional.pad(x, (0, 0, left, right, top, bottom), value=value)
    for axis, amounts in ((1, (top, bottom)), (2, (left, right))):
        places = numpy.pad(numpy.arange(x.shape[axis]), amounts, mode=MODES[mode])
        x = x.index_select(axis, torch.from_numpy(places))
    return x


def keras_padding(options):
    """Keras' padding of the same meaning, or None where it has none (or cannot compute it with PyTorch)."""
    padding = options.get("padding", "valid")
    strided = max(both(options.get("strides", 1))) > 1
    dilated = max(both(options.get("dilation", 1))) > 1
    if padding not in ("valid", "same") or options.get("paddingMode", "zeros") != "zeros" or (strided and dilated):
        return None
    return padding
