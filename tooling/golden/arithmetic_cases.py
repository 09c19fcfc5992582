"""What losses and layers are written with: two tensors with broadcasting, one, axes, class numbers, shapes."""

import numpy
import torch
import torch.nn.functional as F

PAIRS = {
    "Add": torch.add,
    "Subtract": torch.subtract,
    "Multiply": torch.multiply,
    "Divide": torch.divide,
    "Power": torch.pow,
    "Maximum": torch.maximum,
    "Minimum": torch.minimum,
}
SHAPES = [([2, 3, 4], [4]), ([3, 1], [2, 1, 5]), ([], [2, 3]), ([4, 5], [4, 5])]
ONE = {
    "Negative": (torch.negative, False),
    "Abs": (torch.abs, False),
    "Sign": (torch.sign, False),
    "Square": (torch.square, False),
    "Exp": (torch.exp, False),
    "Sqrt": (torch.sqrt, True),
    "Log": (torch.log, True),
}
COMPARISONS = {
    "Greater": torch.gt,
    "GreaterEqual": torch.ge,
    "Less": torch.lt,
    "LessEqual": torch.le,
    "Equal": torch.eq,
    "NotEqual": torch.ne,
}


def arithmetic_cases(golden):
    pair_cases(golden)
    one_cases(golden)
    axis_cases(golden)
    index_cases(golden)
    shape_cases(golden)


def positive(golden, *shape):
    """Clear of 0."""
    return numpy.asarray(numpy.abs(golden.normal(*shape)) + numpy.float32(0.3))


def pair_cases(golden):
    distance = lambda inputs, _: (inputs["a"] - inputs["b"]).abs().min().item()
    for op, function in PAIRS.items():
        for a, b in SHAPES:
            golden.add(
                f"{op} of {a} and {b}",
                f"striate.{op}",
                lambda: {"a": positive(golden, *a), "b": positive(golden, *b)},
                {},
                lambda inputs, _: {"y": function(inputs["a"], inputs["b"])},
                distance if op in ("Maximum", "Minimum") else None,
            )
    for op, function in COMPARISONS.items():
        a, b = SHAPES[1]
        # Many are equal.
        draw = lambda: {"a": numpy.round(golden.normal(*a)), "b": numpy.round(golden.normal(*b))}
        forward = lambda inputs, _: {"y": function(inputs["a"], inputs["b"]).double()}
        golden.add(f"{op} of {a} and {b}", f"striate.{op}", draw, {}, forward, differentiable=[])


def one_cases(golden):
    for op, (function, is_positive) in ONE.items():
        draw = lambda: {"x": positive(golden, 3, 7) if is_positive else golden.distinct(3, 7)}
        golden.add(f"{op} of [3, 7]", f"striate.{op}", draw, {}, lambda inputs, _: {"y": function(inputs["x"])})
    attributes = {"minimum": -0.8, "maximum": 1.1}
    clipped = lambda inputs, _: {"y": inputs["x"].clamp(-0.8, 1.1)}
    margin = lambda inputs, _: min((inputs["x"] - corner).abs().min().item() for corner in (-0.8, 1.1))
    golden.add("Clip of [3, 7]", "striate.Clip", lambda: {"x": golden.normal(3, 7)}, attributes, clipped, margin)


def axis_cases(golden):
    reductions = {"Sum": torch.sum, "Mean": torch.mean, "Max": torch.amax, "Min": torch.amin}
    for op, function in reductions.items():
        for axes, keep in (([1], False), ([0, 2], True), ([0, 1, 2], False), ([2], True)):
            golden.add(
                f"{op} of [3, 4, 5] over {axes}{', kept' if keep else ''}",
                f"striate.{op}",
                lambda: {"x": golden.distinct(3, 4, 5)},
                {"axes": axes, "keepDims": keep},
                lambda inputs, _: {"y": function(inputs["x"], dim=axes, keepdim=keep)},
            )
    for axis in (0, 2):
        largest = lambda inputs, _: {"y": inputs["x"].argmax(axis).double()}
        draw = lambda: {"x": golden.distinct(3, 4, 5)}
        golden.add(f"ArgMax of [3, 4, 5] along {axis}", "striate.ArgMax", draw, {"axis": axis}, largest, differentiable=[])


def index_cases(golden):
    for axis, places in ((1, [3, 5]), (2, [3, 4])):
        size = [3, 4, 5][axis]
        golden.add(
            f"Pick of [3, 4, 5] along {axis}",
            "striate.Pick",
            lambda: {
                "x": golden.normal(3, 4, 5),
                "indices": golden.random.integers(0, size, places).astype(numpy.int32),
            },
            {"axis": axis},
            lambda inputs, _: {"y": inputs["x"].gather(axis, inputs["indices"].long().unsqueeze(axis)).squeeze(axis)},
        )
    golden.add(
        "Where of [4, 5] and [5] and [4, 1]",
        "striate.Where",
        lambda: {
            "condition": golden.random.integers(0, 2, [4, 5]).astype(numpy.int32),
            "a": golden.normal(5),
            "b": golden.normal(4, 1),
        },
        {},
        lambda inputs, _: {"y": torch.where(inputs["condition"] != 0, inputs["a"], inputs["b"])},
    )


def shape_cases(golden):
    padded = lambda inputs, _: {"y": F.pad(inputs["x"], [2, 0, 1, 3], value=0.5)}
    attributes = {"sides": [[1, 3], [2, 0]], "value": 0.5}
    golden.add("Pad of [3, 4]", "striate.Pad", lambda: {"x": golden.normal(3, 4)}, attributes, padded)
    repeated = lambda inputs, _: {"y": inputs["x"].expand(2, 3, 4).clone()}
    golden.add("BroadcastTo of [3, 1]", "striate.BroadcastTo", lambda: {"x": golden.normal(3, 1)}, {"shape": [2, 3, 4]}, repeated)
