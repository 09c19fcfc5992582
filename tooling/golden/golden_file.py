"""Golden cases: an op computed by PyTorch in float64, gathered into one safetensors file (README.md)."""

import json
import math
import struct

import numpy
import torch

ODD_CHANCE_REDRAWS = 200


def round_to_float32(values):
    return numpy.asarray(values, dtype=numpy.float32)


class GoldenFile:
    """Collects cases and writes them; every random value comes from one seeded generator."""

    def __init__(self, seed):
        self.seed = seed
        self.random = numpy.random.default_rng(seed)
        self.tensors = {}
        self.cases = []

    def normal(self, *shape, scale=1.0):
        return round_to_float32(self.random.standard_normal(shape) * scale)

    def distinct(self, *shape):
        """Values that all differ by more than rounding and of which none is near 0."""
        size = math.prod(shape)
        order = self.random.permutation(size)
        return round_to_float32((order + 0.5 - size / 2) * (4 / size)).reshape(shape)

    def add(self, name, op, draw, attributes, forward, margin=None, differentiable=None):
        """Records one case.

        draw() makes the inputs by name (float32 or int32); forward(inputs, attributes) the outputs by name.
        margin(inputs, attributes): the distance to the nearest corner; inputs are drawn again while it is < 1e-3.
        differentiable: names of the inputs that have gradients (default: all of float32).
        Gradients are those of sum(dy * first output).
        """
        assert all(case["name"] != name for case in self.cases), f"two cases are named {name}"
        for _ in range(ODD_CHANCE_REDRAWS):
            inputs = draw()
            if margin is None or margin(as_torch(inputs, torch.float64), attributes) > 1e-3:
                break
        else:
            raise AssertionError(f"{name}: no inputs clear of corners in {ODD_CHANCE_REDRAWS} draws")
        if differentiable is None:
            differentiable = [key for key, value in inputs.items() if value.dtype == numpy.float32]
        exact = as_torch(inputs, torch.float64, differentiable)
        outputs = forward(exact, attributes)
        rounded = as_torch(inputs, torch.float32, differentiable)
        rounded_outputs = forward(rounded, attributes)
        case = {
            "name": name,
            "op": op,
            "inputs": {key: self.store(f"{name}/{key}", value) for key, value in inputs.items()},
            "attributes": attributes,
            "outputs": {key: self.store(f"{name}/{key}", value) for key, value in outputs.items()},
            "float32Errors": {key: relative_error(rounded_outputs[key], outputs[key]) for key in outputs},
        }
        if differentiable:
            first = next(iter(outputs))
            dy = self.normal(*outputs[first].shape)
            outputs[first].backward(torch.from_numpy(dy).double())
            rounded_outputs[first].backward(torch.from_numpy(dy))
            case["dy"] = {first: self.store(f"{name}/d.{first}", dy)}
            case["gradients"] = {key: self.store(f"{name}/d.{key}", exact[key].grad) for key in differentiable}
            for key in differentiable:
                case["float32Errors"][f"d.{key}"] = relative_error(rounded[key].grad, exact[key].grad)
        self.cases.append(case)
        return case

    def add_gradient(self, case, op, inputs, attributes, outputs):
        """Records a gradient op on tensors that `case` has stored already."""
        self.cases.append(
            {
                "name": f"{op.removeprefix('striate.')}: {case['name']}",
                "op": op,
                "inputs": {key: value for key, value in inputs.items() if value is not None},
                "attributes": attributes,
                "outputs": {key: value for key, value in outputs.items() if value is not None},
            }
        )

    def store(self, name, value):
        if isinstance(value, torch.Tensor):
            value = value.detach().numpy()
        dtype = numpy.int32 if value.dtype == numpy.int32 else numpy.float32
        assert numpy.isfinite(value).all(), name
        self.tensors[name] = numpy.ascontiguousarray(value, dtype=dtype).reshape(value.shape)
        return name

    def write(self, path):
        metadata = {
            "format": "striate-golden-1",
            "torch": torch.__version__.split("+")[0],
            "seed": str(self.seed),
            "cases": json.dumps(self.cases, separators=(",", ":")),
        }
        write_safetensors(path, self.tensors, metadata)


def write_safetensors(path, tensors, metadata):
    """Writes float32 and int32 arrays by name, and metadata of which all values are text."""
    header, offset = {"__metadata__": metadata}, 0
    for name, value in tensors.items():
        dtype = "I32" if value.dtype == numpy.int32 else "F32"
        header[name] = {"dtype": dtype, "shape": value.shape, "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(value.tobytes())


def as_torch(inputs, dtype, differentiable=()):
    """Float inputs in `dtype`; indices as they are."""
    tensors = {}
    for key, value in inputs.items():
        tensor = torch.from_numpy(value)
        tensors[key] = tensor.to(dtype).requires_grad_(key in differentiable) if tensor.is_floating_point() else tensor
    return tensors


def relative_error(rounded, exact):
    largest = exact.detach().abs().max().item()
    error = (rounded.detach().double() - exact.detach()).abs().max().item()
    return float(f"{error / largest:.2g}") if largest > 0 else 0.0
