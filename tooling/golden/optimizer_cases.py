"""striate.Sgd and striate.Adam: ten steps over three parameters from zero state."""

import numpy
import torch

STEPS = 10
SHAPES = ([3, 3, 2, 5], [5], [7, 3])

ALL = [True, True, True]
SGD = {"learningRate": 0.1, "momentum": 0.0, "nesterov": False, "weightDecay": 0.0, "decays": ALL}
ADAM = {"learningRate": 1e-2, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.0, "decoupled": False}
KERNELS = [True, False, True]

CASES = {
    "sgd": ("striate.Sgd", SGD),
    "sgd momentum": ("striate.Sgd", {**SGD, "momentum": 0.9}),
    "sgd nesterov": ("striate.Sgd", {**SGD, "momentum": 0.8, "nesterov": True}),
    "sgd momentum, weight decay": ("striate.Sgd", {**SGD, "momentum": 0.9, "weightDecay": 5e-2}),
    "adam": ("striate.Adam", {**ADAM, "decays": ALL}),
    "adam, other betas and epsilon": ("striate.Adam", {**ADAM, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3, "decays": ALL}),
    "adam, weight decay": ("striate.Adam", {**ADAM, "weightDecay": 0.1, "decays": ALL}),
    "adamW": ("striate.Adam", {**ADAM, "weightDecay": 0.1, "decoupled": True, "decays": ALL}),
    "adamW, biases spared": ("striate.Adam", {**ADAM, "weightDecay": 0.1, "decoupled": True, "decays": KERNELS}),
}  # fmt: skip


def optimizer_cases(golden):
    for name, (op, attributes) in CASES.items():
        inputs = {}
        for index, shape in enumerate(SHAPES):
            inputs[f"parameter{index}"] = golden.normal(*shape)
            inputs[f"gradient{index}"] = golden.normal(STEPS, *shape)
        exact, rounded = train(inputs, attributes, torch.float64), train(inputs, attributes, torch.float32)
        errors = {
            key: float(f"{numpy.abs(rounded[key] - exact[key]).max() / numpy.abs(exact[key]).max():.2g}") for key in exact
        }
        golden.cases.append(
            {
                "name": name,
                "op": op,
                "steps": STEPS,
                "inputs": {key: golden.store(f"{name}/{key}", value) for key, value in inputs.items()},
                "attributes": {**attributes, "count": len(SHAPES)},
                "outputs": {key: golden.store(f"{name}/new.{key}", value) for key, value in exact.items()},
                "float32Errors": errors,
            }
        )


def train(inputs, attributes, dtype):
    """Parameters and state after STEPS steps, by the op's own names."""
    count = len(SHAPES)
    parameters = [torch.nn.Parameter(torch.from_numpy(inputs[f"parameter{index}"]).to(dtype, copy=True)) for index in range(count)]
    optimizer = make_optimizer(parameters, attributes)
    for step in range(STEPS):
        for index, parameter in enumerate(parameters):
            parameter.grad = torch.from_numpy(inputs[f"gradient{index}"][step]).to(dtype)
        optimizer.step()
    values = {f"parameter{index}": parameter.detach() for index, parameter in enumerate(parameters)}
    for ours, theirs in (("velocity", "momentum_buffer"), ("mean", "exp_avg"), ("variance", "exp_avg_sq")):
        for index, parameter in enumerate(parameters):
            if optimizer.state[parameter].get(theirs) is not None:
                values[f"{ours}{index}"] = optimizer.state[parameter][theirs]
    return {key: value.numpy() for key, value in values.items()}


def make_optimizer(parameters, attributes):
    weight_decay = attributes["weightDecay"]
    decays = attributes.get("decays", ALL)
    groups = [
        {"params": [parameter], "weight_decay": weight_decay if decays[index] else 0.0}
        for index, parameter in enumerate(parameters)
    ]
    if "momentum" in attributes:
        return torch.optim.SGD(
            groups, lr=attributes["learningRate"], momentum=attributes["momentum"], nesterov=attributes["nesterov"]
        )
    optimizer = torch.optim.AdamW if attributes["decoupled"] else torch.optim.Adam
    betas = (attributes["beta1"], attributes["beta2"])
    return optimizer(groups, lr=attributes["learningRate"], betas=betas, eps=attributes["epsilon"])
