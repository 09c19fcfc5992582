"""Normalisation of each sample by itself, of a pixel's channels, and of weights."""

import types

import torch
import torch.nn.functional as F
from torch.nn.utils.spectral_norm import SpectralNorm

# input [N, ..., C], groups
GROUPED = [([3, 4, 5, 6], 3), ([2, 3, 3, 8], 1), ([2, 5, 4, 7], 7), ([4, 12], 1), ([5, 9], 3), ([1, 6, 7, 36], 4)]
# input, size, alpha, beta, k
LOCAL = [
    ([2, 3, 4, 9], 5, 1e-4, 0.75, 2.0),
    ([1, 5, 5, 16], 5, 0.5, 0.75, 1.0),
    ([3, 7], 4, 0.3, 0.5, 1.5),
    ([2, 3, 3], 7, 0.2, 1.0, 1.0),
    ([2, 2, 2, 6], 3, 0.4, 0.6, 0.7),
]


def normalization_cases(golden):
    for shape, groups in GROUPED:
        for epsilon in (1e-3, 1e-5):
            add_group_norm(golden, shape, groups, epsilon)
    for shape, size, alpha, beta, k in LOCAL:
        golden.add(
            f"localResponseNorm {shape}, size {size}, alpha {alpha}, beta {beta}, k {k}",
            "striate.LocalResponseNorm",
            lambda: {"x": golden.normal(*shape, scale=2)},
            {"size": size, "alpha": alpha, "beta": beta, "k": k},
            local_response_norm,
        )
    for shape in ([4, 5], [2, 3, 3, 7]):
        draw = lambda: {"x": golden.normal(*shape)}
        golden.add(f"unitNorm {shape}", "striate.UnitNorm", draw, {}, lambda inputs, _: {"y": F.normalize(inputs["x"], dim=-1)})
    for shape in ([3, 3, 4, 5], [7, 1], [1, 6]):
        golden.add(
            f"weightNorm {shape}",
            "striate.WeightNorm",
            lambda: {"v": golden.normal(*shape), "g": golden.normal(shape[-1])},
            {},
            lambda inputs, _: {"w": torch._weight_norm(inputs["v"], inputs["g"].reshape(*[1] * (len(shape) - 1), -1), len(shape) - 1)},
        )
    for shape, iterations in (([3, 3, 2, 5], 1), ([8, 3], 4), ([4, 6], 0)):
        golden.add(
            f"spectralNorm {shape}, {iterations} iterations",
            "striate.SpectralNorm",
            lambda: draw_spectral(golden, shape),
            {"iterations": iterations, "epsilon": 1e-12},
            spectral_norm,
            differentiable=["kernel"],
        )


def add_group_norm(golden, shape, groups, epsilon):
    channels = shape[-1]
    attributes = {"groups": groups, "epsilon": epsilon}
    case = golden.add(
        f"groupNorm {shape}, {groups} groups, epsilon {epsilon}",
        "striate.GroupNorm",
        # A mean far from 0 shows a variance that is computed as E[x^2] - E[x]^2.
        lambda: {
            "x": (golden.normal(*shape) + 9).astype("float32"),
            "gamma": (golden.normal(channels) + 1).astype("float32"),
            "beta": golden.normal(channels),
        },
        attributes,
        group_norm,
    )
    inputs, gradients = case["inputs"], case["gradients"]
    grouped = torch.from_numpy(golden.tensors[inputs["x"]]).double().movedim(-1, 1).reshape(shape[0], groups, -1)
    moments = {"mean": grouped.mean(2), "variance": grouped.var(2, correction=0)}
    stored = {key: golden.store(f"{case['name']}/{key}", value) for key, value in moments.items()}
    golden.add_gradient(
        case,
        "striate.GroupNormGradient",
        {"dy": case["dy"]["y"], "x": inputs["x"], "gamma": inputs["gamma"], **stored},
        attributes,
        {"dx": gradients["x"], "dGamma": gradients["gamma"], "dBeta": gradients["beta"]},
    )


def group_norm(inputs, attributes):
    x = inputs["x"].movedim(-1, 1)
    y = F.group_norm(x, attributes["groups"], inputs["gamma"], inputs["beta"], attributes["epsilon"])
    return {"y": y.movedim(1, -1)}


def local_response_norm(inputs, attributes):
    x, size = inputs["x"], attributes["size"]
    # PyTorch takes the mean of the squares.
    pixels = x.reshape(-1, x.shape[-1], 1)
    y = F.local_response_norm(pixels, size, attributes["alpha"] * size, attributes["beta"], attributes["k"])
    return {"y": y.reshape(x.shape)}


def draw_spectral(golden, shape):
    kernel = golden.normal(*shape)
    matrix = kernel.reshape(-1, shape[-1])
    left, _, right = torch.linalg.svd(torch.from_numpy(matrix), full_matrices=False)
    near = lambda vector: (vector.numpy() + golden.normal(len(vector), scale=0.1)).astype("float32")
    return {"kernel": kernel, "u": near(right[0]), "v": near(left[:, 0])}


def spectral_norm(inputs, attributes):
    # PyTorch takes filters as rows, and changes u and v in their places.
    kernel, u, v = inputs["kernel"], inputs["u"].detach().clone(), inputs["v"].detach().clone()
    matrix = kernel.reshape(-1, kernel.shape[-1])
    module = types.SimpleNamespace(weight_orig=matrix.T, weight_u=u, weight_v=v)
    iterations = attributes["iterations"]
    compute = SpectralNorm("weight", max(1, iterations), 0, attributes["epsilon"]).compute_weight
    return {"w": compute(module, iterations > 0).T.reshape(kernel.shape), "newU": u, "newV": v}
