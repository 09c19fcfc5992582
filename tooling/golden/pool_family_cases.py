"""Pooling in ceilMode with and without its padding counted, adaptive pooling, and stochastic pooling's weighted mean."""

import torch
import torch.nn.functional as F

# name: input NHWC, poolSize, strides, padding of both sides of each axis
CEILED = {
    "3x3 strides 2": ([2, 6, 8, 5], [3, 3], [2, 2], [0, 0]),
    "3x2 strides 2x3, padding 1": ([2, 7, 9, 3], [3, 2], [2, 3], [1, 1]),
    "2x2 strides 2, odd size": ([1, 5, 7, 9], [2, 2], [2, 2], [0, 0]),
    "4x3 strides 3x2, padding 2x1": ([1, 9, 10, 4], [4, 3], [3, 2], [2, 1]),
}
# input NHWC, outputSize
ADAPTIVE = [([2, 7, 5, 3], [3, 2]), ([1, 12, 12, 9], [4, 6]), ([2, 2, 3, 4], [5, 4]), ([3, 6, 6, 5], [1, 1])]


def pool_family_cases(golden):
    for name, (shape, pool_size, strides, padding) in CEILED.items():
        window = window_of(shape, pool_size, strides, padding)
        golden.add(f"maxPool2d ceilMode {name}", "striate.MaxPool2d", lambda: {"x": golden.distinct(*shape)},
                   {**without(window, "overhang"), "activation": "linear"}, ceiled(pool_size, strides, padding, F.max_pool2d))  # fmt: skip
        for count in (False, True):
            for divisor in (0, 3):
                attributes = {**window, "countPadding": count, "divisor": divisor}
                average = lambda *args, **more: F.avg_pool2d(
                    *args, **more, count_include_pad=count, divisor_override=divisor or None
                )
                case = golden.add(
                    f"averagePool2d ceilMode {name}, countPadding {count}, divisor {divisor}",
                    "striate.AveragePool2d",
                    lambda: {"x": golden.normal(*shape)},
                    attributes,
                    ceiled(pool_size, strides, padding, average),
                )
                golden.add_gradient(
                    case,
                    "striate.AveragePool2dGradient",
                    {"dy": case["dy"]["y"]},
                    {"inputShape": shape, **attributes},
                    {"dx": case["gradients"]["x"]},
                )
    for shape, size in ADAPTIVE:
        for kind, pool in (("Average", F.adaptive_avg_pool2d), ("Max", F.adaptive_max_pool2d)):
            golden.add(
                f"adaptive{kind}Pool2d {shape} to {size}",
                f"striate.Adaptive{kind}Pool2d",
                lambda: {"x": golden.distinct(*shape)},
                {"outputSize": size},
                lambda inputs, attributes: {
                    "y": pool(inputs["x"].permute(0, 3, 1, 2), attributes["outputSize"]).permute(0, 2, 3, 1)
                },
            )
    golden.add(
        "probabilityPool2d 3x2 strides 2x1",
        "striate.ProbabilityPool2d",
        lambda: {"x": golden.distinct(2, 7, 6, 5)},
        {"poolSize": [3, 2], "strides": [2, 1], "padding": [0, 0, 0, 0]},
        weighted_mean,
    )


def ceiled(pool_size, strides, padding, pool):
    def forward(inputs, _):
        x = inputs["x"].permute(0, 3, 1, 2)
        return {"y": pool(x, pool_size, strides, padding, ceil_mode=True).permute(0, 2, 3, 1)}

    return forward


def window_of(shape, pool_size, strides, padding):
    """The op's attributes: padding with what ceilMode adds at the end, which PyTorch's own output tells."""
    image = torch.zeros(1, 1, *shape[1:3])
    places = F.max_pool2d(image, pool_size, strides, padding, ceil_mode=True).shape[2:]
    overhang = [
        max(0, (places[axis] - 1) * strides[axis] + pool_size[axis] - shape[axis + 1] - 2 * padding[axis])
        for axis in (0, 1)
    ]
    sides = [padding[0], padding[0] + overhang[0], padding[1], padding[1] + overhang[1]]
    return {"poolSize": pool_size, "strides": strides, "padding": sides, "overhang": overhang}


def without(attributes, name):
    return {key: value for key, value in attributes.items() if key != name}


def weighted_mean(inputs, attributes):
    a = F.relu(inputs["x"]).permute(0, 3, 1, 2)
    mean = lambda x: F.avg_pool2d(x, attributes["poolSize"], attributes["strides"])
    # Where nothing is positive, 0 / 0 is 0, and so is its gradient.
    y = mean(a * a) / torch.where(mean(a) > 0, mean(a), 1)
    return {"y": y.permute(0, 2, 3, 1)}
