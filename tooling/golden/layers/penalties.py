"""Penalties and constraints, as Keras computes them."""

import keras
import torch


def draw_penalty(draw, matrix=False):
    """A penalty's record; `matrix`: it is of a kernel with at least two rows."""
    kind = draw.pick(["l1", "l2", "l1l2", *(["orthogonal"] if matrix else [])])
    if kind == "l1l2":
        return {"type": kind, "l1": draw.number(0.01, 0.2), "l2": draw.number(0.01, 0.2)}
    record = {"type": kind, "factor": draw.number(0.01, 0.3)}
    return {**record, "mode": draw.pick(["rows", "columns"])} if kind == "orthogonal" else record


def penalty(given, x, record):
    """The penalty on x; l1's corner is at 0, orthogonal's where two vectors are orthogonal."""
    if record["type"] == "orthogonal":
        matrix = x.reshape(-1, x.shape[-1])
        unit = torch.nn.functional.normalize(matrix if record["mode"] == "rows" else matrix.T, dim=1)
        cosines = unit @ unit.T
        given.keep_clear(cosines[~torch.eye(len(cosines), dtype=torch.bool)], 0)
        return keras.regularizers.OrthogonalRegularizer(record["factor"], mode=record["mode"])(matrix)
    if record["type"] != "l2":
        given.keep_clear(x, 0)
    if record["type"] == "l1l2":
        return keras.regularizers.L1L2(l1=record["l1"], l2=record["l2"])(x)
    kind = keras.regularizers.L1 if record["type"] == "l1" else keras.regularizers.L2
    return kind(record["factor"])(x)


def draw_constraint(draw, rank):
    kind = draw.pick(["maxNorm", "minMaxNorm", "unitNorm", "nonNegative"])
    if kind == "nonNegative":
        return {"type": kind}
    axis = draw.pick([0, list(range(max(1, rank - 1)))])
    if kind == "unitNorm":
        return {"type": kind, "axis": axis}
    if kind == "maxNorm":
        return {"type": kind, "maximum": draw.number(0.3, 2), "axis": axis}
    low = draw.number(0.2, 1)
    return {"type": kind, "minimum": low, "maximum": round(low + draw.number(0, 1), 3), "rate": draw.pick([1, 0.4]), "axis": axis}


def constraint(record):
    """What Keras' constraint of that record makes of a tensor."""
    kind, axis = record["type"], record.get("axis", 0)
    if kind == "nonNegative":
        return keras.constraints.NonNeg()
    if kind == "unitNorm":
        return keras.constraints.UnitNorm(axis=axis)
    if kind == "maxNorm":
        return keras.constraints.MaxNorm(record["maximum"], axis=axis)
    return keras.constraints.MinMaxNorm(record["minimum"], record["maximum"], record["rate"], axis=axis)


def draw_regularization(draw, kernels, use_bias, bias_rank=1, share=0.3):
    """Regularizers and constraints of the kernels (name of the option's prefix -> shape), the bias and the output."""
    options = {}
    for prefix, shape in kernels.items():
        rows = 1
        for size in shape[:-1]:
            rows *= size
        if draw.chance(share):
            options[f"{prefix}Regularizer"] = draw_penalty(draw, matrix=rows > 1 and shape[-1] > 1)
        if draw.chance(share):
            options[f"{prefix}Constraint"] = draw_constraint(draw, len(shape))
    if use_bias and draw.chance(share):
        options["biasRegularizer"] = draw_penalty(draw)
    if use_bias and draw.chance(share):
        options["biasConstraint"] = draw_constraint(draw, bias_rank)
    if draw.chance(share):
        options["activityRegularizer"] = draw_penalty(draw)
    return options


def parameter_name(prefix):
    """The parameter that an option's prefix is about."""
    return prefix if prefix in ("kernel", "bias") else f"{prefix}Kernel"


def add_penalties(given, options, output, names):
    """Adds all penalties in training; `names`: prefix of an option -> parameter."""
    if not given.training:
        return
    for prefix, name in names.items():
        if f"{prefix}Regularizer" in options and name in given.parameters:
            given.losses.append(penalty(given, given.parameters[name], options[f"{prefix}Regularizer"]))
    if "activityRegularizer" in options:
        given.losses.append(penalty(given, output, options["activityRegularizer"]) / output.shape[0])


def constraints_of(options, names):
    return {
        name: constraint(options[f"{prefix}Constraint"])
        for prefix, name in names.items()
        if f"{prefix}Constraint" in options
    }
