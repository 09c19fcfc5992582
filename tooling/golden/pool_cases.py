"""Max, average and global average pooling, and their gradients."""

import torch
import torch.nn.functional as F

# name: input NHWC, poolSize, strides, padding
WINDOWS = {
    "2x2": ([2, 6, 8, 5], [2, 2], [2, 2], [0, 0, 0, 0]),
    "2x2, odd size": ([2, 7, 5, 9], [2, 2], [2, 2], [0, 0, 0, 0]),
    "3x3 strides 2, padding 1": ([2, 9, 8, 4], [3, 3], [2, 2], [1, 1, 1, 1]),
    "3x3 strides 1, padding 1": ([1, 5, 6, 3], [3, 3], [1, 1], [1, 1, 1, 1]),
    "3x2 strides 1x3, uneven padding": ([2, 7, 10, 3], [3, 2], [1, 3], [1, 0, 0, 1]),
    "whole image": ([3, 4, 5, 7], [4, 5], [1, 1], [0, 0, 0, 0]),
}


def pool_cases(golden):
    for name, (shape, pool_size, strides, padding) in WINDOWS.items():
        window = {"poolSize": pool_size, "strides": strides, "padding": padding}
        for activation in ("linear", "relu"):
            add_max_pool(golden, f"maxPool2d {name}, {activation}", shape, {**window, "activation": activation})
        for count_padding in (False, True) if any(padding) else (False,):
            label = ", padding counted" if count_padding else ""
            add_average_pool(golden, f"averagePool2d {name}{label}", shape, {**window, "countPadding": count_padding})
    for shape in ([2, 3, 5, 7], [3, 1, 1, 4], [1, 8, 8, 33]):
        case = golden.add(
            f"globalAveragePool2d {shape}",
            "striate.GlobalAveragePool2d",
            lambda: {"x": golden.normal(*shape)},
            {},
            lambda inputs, _: {"y": inputs["x"].mean((1, 2))},
        )
        golden.add_gradient(
            case,
            "striate.GlobalAveragePool2dGradient",
            {"dy": case["dy"]["y"]},
            {"inputShape": shape},
            {"dx": case["gradients"]["x"]},
        )


def add_max_pool(golden, name, shape, attributes):
    # Distinct values: no ties, and none near 0.
    case = golden.add(name, "striate.MaxPool2d", lambda: {"x": golden.distinct(*shape)}, attributes, max_pool)
    golden.add_gradient(
        case,
        "striate.MaxPool2dGradient",
        {"dy": case["dy"]["y"], "x": case["inputs"]["x"], "y": case["outputs"]["y"]},
        attributes,
        {"dx": case["gradients"]["x"]},
    )


def add_average_pool(golden, name, shape, attributes):
    case = golden.add(name, "striate.AveragePool2d", lambda: {"x": golden.normal(*shape)}, attributes, average_pool)
    golden.add_gradient(
        case,
        "striate.AveragePool2dGradient",
        {"dy": case["dy"]["y"]},
        {"inputShape": shape, **attributes},
        {"dx": case["gradients"]["x"]},
    )


def padded(x, attributes, value):
    top, bottom, left, right = attributes["padding"]
    return F.pad(x.permute(0, 3, 1, 2), (left, right, top, bottom), value=value)


def max_pool(inputs, attributes):
    x = padded(inputs["x"], attributes, float("-inf"))
    y = F.max_pool2d(x, attributes["poolSize"], attributes["strides"]).permute(0, 2, 3, 1)
    return {"y": F.relu(y) if attributes["activation"] == "relu" else y}


def average_pool(inputs, attributes):
    def average(x):
        return F.avg_pool2d(padded(x, attributes, 0.0), attributes["poolSize"], attributes["strides"])

    y = average(inputs["x"])
    if not attributes["countPadding"]:
        y = y / average(torch.ones_like(inputs["x"]))
    return {"y": y.permute(0, 2, 3, 1)}
