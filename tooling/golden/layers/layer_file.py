"""Golden cases of layers: drawn from a seed, computed in float64, gathered into one file (../README.md)."""

import dataclasses
import json
import math
from typing import Callable

import keras
import numpy
import torch

from golden_file import write_safetensors

CLEARANCE = 1e-3
MOST_DRAWS = 400


@dataclasses.dataclass
class LayerCase:
    """A layer with its options, what goes in, and the function that says what must come out.

    forward(given) gives the output, from float64 tensors; see Given. All arrays are float32.
    """

    type: str
    options: dict
    inputs: list
    forward: Callable
    parameters: dict = dataclasses.field(default_factory=dict)
    state: dict = dataclasses.field(default_factory=dict)
    training: bool = False
    oracle: str = "torch"
    # Name of a parameter -> what its constraint makes of it.
    constraints: dict = dataclasses.field(default_factory=dict)


class Given:
    """What forward gets: tensors, and where it leaves what comes along with the output."""

    def __init__(self, case):
        self.inputs = [exact(value) for value in case.inputs]
        self.parameters = {name: exact(value) for name, value in case.parameters.items()}
        self.state = {name: torch.from_numpy(value).double() for name, value in case.state.items()}
        self.training = case.training
        self.new_state = {}
        self.losses = []
        self.clearance = math.inf

    @property
    def x(self):
        return self.inputs[0]

    def keep_clear(self, values, *corners):
        """Notes how near values come to places where a function has a corner or a jump."""
        for corner in corners:
            self.clearance = min(self.clearance, (values.detach() - corner).abs().min().item())


class LayerFile:
    def __init__(self, seed):
        self.seed = seed
        self.tensors = {}
        self.cases = []

    def add(self, draw_case, draw):
        """Draws a case until nothing lies near a corner, computes it and stores it."""
        for _ in range(MOST_DRAWS):
            case = draw_case(draw)
            given = Given(case)
            output = case.forward(given)
            if given.clearance > CLEARANCE:
                return self.record(case, given, output, draw)
        raise AssertionError(f"{draw_case.__name__}: no values clear of corners in {MOST_DRAWS} draws")

    def record(self, case, given, output, draw):
        dy = draw.normal(*output.shape)
        total = (output * torch.from_numpy(dy).double()).sum() + sum(given.losses)
        sources = [*given.inputs, *given.parameters.values()]
        found = torch.autograd.grad(total, sources, allow_unused=True)
        gradients = [torch.zeros_like(source) if one is None else one for source, one in zip(sources, found)]
        number, count = len(self.cases), len(given.inputs)
        store = lambda name, value: self.store(f"{number}/{name}", value)
        entry = {
            "name": f"{case.type} {sum(other['layer']['type'] == case.type for other in self.cases) + 1}",
            "oracle": case.oracle,
            "layer": {"type": case.type, "options": case.options},
            "training": case.training,
            "inputs": [store(f"input{index}", value) for index, value in enumerate(case.inputs)],
            "parameters": {name: store(name, value) for name, value in case.parameters.items()},
            "state": {name: store(name, value) for name, value in case.state.items()},
            "output": store("output", output),
            "dy": store("dy", dy),
            "inputGradients": [store(f"d.input{index}", value) for index, value in enumerate(gradients[:count])],
            "gradients": {name: store(f"d.{name}", value) for name, value in zip(case.parameters, gradients[count:])},
        }
        if given.losses:
            entry["penalty"] = store("penalty", sum(given.losses))
        if given.new_state:
            entry["newState"] = {name: store(f"new.{name}", value) for name, value in given.new_state.items()}
        if case.constraints:
            entry["constrained"] = {
                name: store(f"constrained.{name}", constrain(torch.from_numpy(case.parameters[name]).double()))
                for name, constrain in case.constraints.items()
            }
        self.cases.append(entry)

    def store(self, name, value):
        array = value.detach().numpy() if isinstance(value, torch.Tensor) else value
        assert numpy.isfinite(array).all(), (name, self.cases[-1:])
        assert name not in self.tensors, name
        self.tensors[name] = numpy.ascontiguousarray(array, dtype=numpy.float32).reshape(array.shape)
        return name

    def write(self, path):
        metadata = {
            "format": "striate-golden-layers-1",
            "torch": torch.__version__.split("+")[0],
            "keras": keras.__version__,
            "numpy": numpy.__version__,
            "seed": str(self.seed),
            "cases": json.dumps(self.cases, separators=(",", ":")),
        }
        write_safetensors(path, self.tensors, metadata)


def exact(value):
    return torch.from_numpy(value).double().requires_grad_()
