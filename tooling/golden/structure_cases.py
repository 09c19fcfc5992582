"""Activations with options, and ops that join, cut, pair, rescale and resize."""

import torch
import torch.nn.functional as F

# name: record, function, corners of x
ACTIVATIONS = {
    "relu6": ("relu6", F.relu6, [0, 6]),
    "leakyRelu": ({"type": "leakyRelu", "negativeSlope": 0.07}, lambda x: F.leaky_relu(x, 0.07), [0]),
    "leakyRelu, Keras' slope": ("leakyRelu", lambda x: F.leaky_relu(x, 0.3), [0]),
    "relu, largest 1.5": ({"type": "relu", "maxValue": 1.5}, lambda x: F.hardtanh(x, 0, 1.5), [0, 1.5]),
    "relu, threshold 0.5": ({"type": "relu", "threshold": 0.5}, lambda x: F.threshold(x, 0.5, 0), [0.5]),
    "elu": ("elu", F.elu, []),
    "elu, alpha 0.4": ({"type": "elu", "alpha": 0.4}, lambda x: F.elu(x, 0.4), [0]),
    "selu": ("selu", F.selu, [0]),
    "gelu": ("gelu", F.gelu, []),
    "gelu by tanh": ({"type": "gelu", "approximate": "tanh"}, lambda x: F.gelu(x, approximate="tanh"), []),
    "silu": ("silu", F.silu, []),
    "mish": ("mish", F.mish, []),
    "softplus": ("softplus", lambda x: F.softplus(x, threshold=80), []),
    "softsign": ("softsign", F.softsign, []),
    "hardSigmoid": ("hardSigmoid", F.hardsigmoid, [-3, 3]),
    "hardSilu": ("hardSilu", F.hardswish, [-3, 3]),
    "hardTanh": ("hardTanh", F.hardtanh, [-1, 1]),
    "hardTanh, other bounds": (
        {"type": "hardTanh", "minimum": -0.4, "maximum": 2},
        lambda x: F.hardtanh(x, -0.4, 2),
        [-0.4, 2],
    ),
}


def structure_cases(golden):
    for name, (record, function, corners) in ACTIVATIONS.items():
        margin = lambda inputs, _: min(((inputs["x"] - corner).abs().min().item() for corner in corners), default=1)
        for shape, scale in (([3, 7], 1), ([2, 3, 5, 4], 4)):
            golden.add(
                f"activation {name} {shape}",
                "striate.Activation",
                lambda: {"x": golden.normal(*shape, scale=scale)},
                {"kind": record},
                lambda inputs, _: {"y": function(inputs["x"])},
                margin,
            )
    add_pairs(golden)
    add_shapes(golden)
    add_resizing(golden)


def add_pairs(golden):
    pairs = {
        "Subtract": torch.subtract,
        "Maximum": torch.maximum,
        "Minimum": torch.minimum,
        "Multiply": torch.multiply,
    }
    distance = lambda inputs, _: (inputs["a"] - inputs["b"]).abs().min().item()
    for op, function in pairs.items():
        draw = lambda: {"a": golden.normal(2, 3, 5, 4), "b": golden.normal(2, 3, 5, 4)}
        forward = lambda inputs, _: {"y": function(inputs["a"], inputs["b"])}
        golden.add(op.lower(), f"striate.{op}", draw, {}, forward, distance if op.endswith("imum") else None)
    for gate in ([2, 1, 1, 4], [2, 4]):
        draw = lambda: {"a": golden.normal(2, 3, 5, 4), "b": golden.normal(*gate)}
        forward = lambda inputs, _: {"y": inputs["a"] * inputs["b"].reshape(2, 1, 1, 4)}
        golden.add(f"multiply by {gate}", "striate.Multiply", draw, {}, forward)
    for shape in ([4], [3, 1, 1], [1, 5, 4], [3, 5, 4]):
        alpha = [1] * (3 - len(shape)) + shape
        draw = lambda: {"x": golden.normal(2, 3, 5, 4), "alpha": golden.normal(*alpha)}
        forward = lambda inputs, _: {"y": torch.where(inputs["x"] > 0, inputs["x"], inputs["x"] * inputs["alpha"])}
        margin = lambda inputs, _: inputs["x"].abs().min().item()
        golden.add(f"prelu {alpha}", "striate.Prelu", draw, {}, forward, margin)


def add_shapes(golden):
    for axis in (1, 2, 3):
        shapes = [[2, 3, 5, 4] for _ in range(3)]
        shapes[1][axis], shapes[2][axis] = 1, 6
        draw = lambda: {f"x{index}": golden.normal(*shape) for index, shape in enumerate(shapes)}
        forward = lambda inputs, attributes: {"y": torch.cat(list(inputs.values()), attributes["axis"])}
        golden.add(f"concat along {axis}", "striate.Concat", draw, {"axis": axis}, forward)
    box = {"begin": [0, 1, 2, 0], "size": [2, 2, 1, 3]}
    golden.add(
        "slice",
        "striate.Slice",
        lambda: {"x": golden.normal(2, 3, 5, 4)},
        box,
        lambda inputs, _: {"y": inputs["x"][0:2, 1:3, 2:3, 0:3]},
    )
    for scale, offset in (([0.25], [3.0]), ([0.5, -2.0, 0.0, 1.5], [0.0]), ([2.0], [1.0, 2.0, -3.0, 4.0])):
        constants = {"scale": scale, "offset": offset}
        golden.add(
            f"rescale by {scale} and {offset}",
            "striate.Rescale",
            lambda: {"x": golden.normal(2, 3, 5, 4)},
            constants,
            lambda inputs, _: {"y": inputs["x"] * inputs["x"].new_tensor(scale) + inputs["x"].new_tensor(offset)},
        )


def add_resizing(golden):
    modes = {"nearest": {"mode": "nearest-exact"}, "bilinear": {"mode": "bilinear", "align_corners": False}}
    for interpolation, options in modes.items():
        for size in ([8, 6], [12, 3], [5, 7], [2, 2], [1, 9]):
            golden.add(
                f"resize2d to {size}, {interpolation}",
                "striate.Resize2d",
                lambda: {"x": golden.normal(2, 4, 3, 5)},
                {"size": size, "interpolation": interpolation},
                lambda inputs, _: {
                    "y": F.interpolate(inputs["x"].permute(0, 3, 1, 2), size=size, **options).permute(0, 2, 3, 1)
                },
            )
