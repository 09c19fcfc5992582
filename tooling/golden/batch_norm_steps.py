"""Makes tooling/conformance/golden/batch-norm-steps.safetensors: moving statistics after training steps (README.md).

.golden/python/bin/python tooling/golden/batch_norm_steps.py
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy
import torch
import torch.nn.functional as F

from golden_file import write_safetensors

keras.config.set_floatx("float64")
torch.set_num_threads(1)

STEPS, FROZEN_STEPS, LEARNING_RATE = 10, 3, 0.1
OPTIONS = {
    "pytorch": {"momentum": 0.9, "epsilon": 1e-5, "convention": "pytorch"},
    "keras": {"momentum": 0.99, "epsilon": 1e-3, "convention": "keras"},
}


def by_pytorch(start, batches):
    """[N, H, W, C] in and out; the loss is the mean of y * target."""
    convolution = torch.nn.Conv2d(2, 4, 3, bias=False).double()
    norm = torch.nn.BatchNorm2d(4).double()
    with torch.no_grad():
        convolution.weight.copy_(start["conv2d/kernel"].permute(3, 2, 0, 1))
        norm.weight.copy_(start["batchNorm/gamma"])
        norm.bias.copy_(start["batchNorm/beta"])
    update = torch.optim.SGD([*convolution.parameters(), *norm.parameters()], lr=LEARNING_RATE)
    for step, (x, target) in enumerate(batches):
        if step == STEPS:
            norm.eval()
            norm.requires_grad_(False)
        update.zero_grad()
        y = norm(convolution(x.permute(0, 3, 1, 2))).permute(0, 2, 3, 1)
        (y * target).mean().backward()
        update.step()
        yield {
            "conv2d/kernel": convolution.weight.permute(2, 3, 1, 0),
            "batchNorm/gamma": norm.weight,
            "batchNorm/beta": norm.bias,
            "batchNorm/movingMean": norm.running_mean,
            "batchNorm/movingVariance": norm.running_var,
        }


def by_keras(start, batches):
    norm = keras.layers.BatchNormalization()
    norm.build((None, None, None, 4))
    names = ("conv2d/kernel", "batchNorm/gamma", "batchNorm/beta")
    values = [start[name].clone().requires_grad_() for name in names]
    moving = [torch.zeros(4).double(), torch.ones(4).double()]
    for step, (x, target) in enumerate(batches):
        frozen = step >= STEPS
        norm.trainable = not frozen
        images = F.conv2d(x.permute(0, 3, 1, 2), values[0].permute(3, 2, 0, 1)).permute(0, 2, 3, 1)
        lists = ([], [*values[1:], *moving]) if frozen else (values[1:], moving)
        y, changed = norm.stateless_call(*lists, images, training=True)
        moving = [value.detach() for value in changed[-2:]]
        trained = values[:1] if frozen else values
        gradients = torch.autograd.grad((y * target).mean(), trained)
        with torch.no_grad():
            for value, gradient in zip(trained, gradients):
                value -= LEARNING_RATE * gradient
        yield dict(zip((*names, "batchNorm/movingMean", "batchNorm/movingVariance"), (*values, *moving)))


random = numpy.random.default_rng(1)
normal = lambda *shape: random.standard_normal(shape).astype(numpy.float32)
tensors = {"kernel": normal(3, 3, 2, 4), "gamma": normal(4) + 1, "beta": normal(4)}
count = STEPS + FROZEN_STEPS
tensors |= {"x": normal(count, 3, 6, 5, 2) + 1, "target": normal(count, 3, 4, 3, 4)}
tensors = {name: value.astype(numpy.float32) for name, value in tensors.items()}
exact = {name: torch.from_numpy(value).double() for name, value in tensors.items()}
start = {"conv2d/kernel": exact["kernel"], "batchNorm/gamma": exact["gamma"], "batchNorm/beta": exact["beta"]}
for convention, train in (("pytorch", by_pytorch), ("keras", by_keras)):
    for step, values in enumerate(train(start, list(zip(exact["x"], exact["target"])))):
        if step + 1 not in (1, STEPS, count):
            continue
        for name, value in values.items():
            tensors[f"{convention}/{step + 1}/{name}"] = value.detach().numpy().astype(numpy.float32).copy()
path = pathlib.Path(__file__).parent.parent / "conformance" / "golden" / "batch-norm-steps.safetensors"
metadata = {
    "torch": torch.__version__.split("+")[0],
    "keras": keras.__version__,
    "steps": str(STEPS),
    "learningRate": str(LEARNING_RATE),
    "conventions": json.dumps(OPTIONS),
}
write_safetensors(path, {name: numpy.ascontiguousarray(value) for name, value in tensors.items()}, metadata)
print(f"{len(tensors)} tensors: {path}")
