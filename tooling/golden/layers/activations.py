"""Activation functions: as PyTorch computes them, or as Keras does where it is the model."""

import keras
import torch
import torch.nn.functional as F

# name: function, corners of x
PLAIN = {
    "linear": (lambda x: x, []),
    "relu": (F.relu, [0]),
    "relu6": (F.relu6, [0, 6]),
    "leakyRelu": (keras.layers.LeakyReLU(dtype="float64"), [0]),
    "elu": (F.elu, [0]),
    "selu": (F.selu, [0]),
    "gelu": (F.gelu, []),
    "silu": (F.silu, []),
    "mish": (F.mish, []),
    "softplus": (F.softplus, []),
    "softsign": (F.softsign, []),
    "sigmoid": (torch.sigmoid, []),
    "tanh": (torch.tanh, []),
    "hardSigmoid": (F.hardsigmoid, [-3, 3]),
    "hardSilu": (F.hardswish, [-3, 3]),
    "hardTanh": (F.hardtanh, [-1, 1]),
    "softmax": (lambda x: F.softmax(x, -1), []),
    "logSoftmax": (lambda x: F.log_softmax(x, -1), []),
}


def draw_activation(draw, fused=0.5, kinds=tuple(PLAIN)):
    """An activation as an option: often one that convolutions compute in the same pass; a name or a record."""
    if draw.chance(fused):
        return draw.pick(["linear", "relu"])
    kind = draw.pick(kinds)
    if kind == "leakyRelu" and draw.chance(0.7):
        return {"type": kind, "negativeSlope": draw.number(0.01, 0.5)}
    if kind == "elu" and draw.chance(0.7):
        return {"type": kind, "alpha": draw.number(0.1, 2)}
    if kind == "gelu":
        return {"type": kind, "approximate": draw.pick(["none", "tanh"])} if draw.chance(0.7) else kind
    if kind == "hardTanh" and draw.chance(0.7):
        return {"type": kind, "minimum": draw.number(-2, -0.1), "maximum": draw.number(0.1, 2)}
    if kind == "relu" and draw.chance(0.8):
        threshold = draw.number(0.1, 0.5)
        choices = {
            "maxValue": lambda: draw.number(0.6, 2),
            "negativeSlope": lambda: draw.number(0.05, 0.5),
            "threshold": lambda: threshold,
        }
        return {"type": kind, **draw.options(**choices)}
    return {"type": kind} if draw.chance(0.2) else kind


def activate(given, x, activation, axis=-1):
    """Applies an activation option and notes its corners; `axis`: that of the channels."""
    record = activation if isinstance(activation, dict) else {"type": activation}
    kind = record["type"]
    if kind == "relu" and len(record) > 1:
        return rectify(given, x, record)
    function, corners = PLAIN[kind]
    if kind == "leakyRelu" and "negativeSlope" in record:
        function = lambda x: F.leaky_relu(x, record["negativeSlope"])
    if kind == "elu":
        function = lambda x: F.elu(x, record.get("alpha", 1.0))
    if kind == "gelu":
        function = lambda x: F.gelu(x, approximate=record.get("approximate", "none"))
    if kind == "hardTanh":
        corners = [record.get("minimum", -1), record.get("maximum", 1)]
        function = lambda x: F.hardtanh(x, *corners)
    given.keep_clear(x, *corners)
    if axis == -1:
        return function(x)
    return function(x.movedim(axis, -1)).movedim(-1, axis)


def rectify(given, x, record):
    highest, threshold = record.get("maxValue"), record.get("threshold", 0)
    given.keep_clear(x, threshold, *([] if highest is None else [highest]))
    layer = keras.layers.ReLU(
        max_value=highest, negative_slope=record.get("negativeSlope", 0), threshold=threshold, dtype="float64"
    )
    return layer(x)
