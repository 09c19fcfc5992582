"""PyTorch's side of the layer benchmark; the protocol is in peer.ts.

python pytorch-layers.py --layer '{"type": "depthwiseConv2d", ...}' --shape 8,112,112,64 --threads N
"""

import argparse
import json
import sys
import time

import torch
from torch import nn


def pair(value):
    return tuple(value) if isinstance(value, list) else (value, value)


def make(options, channels):
    """The layer of a saved form."""
    kind = options["type"]
    if kind == "locallyConnected2d":
        return LocallyConnected(options["filters"], pair(options["kernelSize"]))
    if kind in SIMPLE:
        return SIMPLE[kind](options, channels)
    window = {"stride": pair(options["strides"]), "dilation": pair(options["dilation"]), "bias": options["useBias"]}
    kernel = pair(options["kernelSize"])
    padding = options["padding"]
    if padding == "same":
        padding = tuple(d * (k - 1) // 2 for k, d in zip(kernel, window["dilation"]))
    window["padding"] = 0 if padding == "valid" else padding
    if kind == "depthwiseConv2d":
        return nn.Conv2d(channels, channels * options["depthMultiplier"], kernel, groups=channels, **window)
    if kind == "conv2dTranspose":
        extra = options["outputPadding"] or 0
        return nn.ConvTranspose2d(channels, options["filters"], kernel, output_padding=extra, groups=options["groups"], **window)
    if kind == "conv2d":
        return nn.Conv2d(channels, options["filters"], kernel, groups=options["groups"], **window)
    raise SystemExit(f"no layer '{kind}' here; add it to pytorch-layers.py")


class LocallyConnected(nn.Module):
    """Without padding, at stride 1: unfolded windows times a matrix a place."""

    def __init__(self, filters, kernel):
        super().__init__()
        self.filters, self.kernel, self.weight = filters, kernel, None

    def forward(self, x):
        rows, columns = (size - k + 1 for size, k in zip(x.shape[2:], self.kernel))
        windows = nn.functional.unfold(x, self.kernel).permute(2, 0, 1)
        if self.weight is None:
            self.weight = nn.Parameter(torch.randn(rows * columns, windows.shape[2], self.filters))
            self.bias = nn.Parameter(torch.randn(rows * columns, 1, self.filters))
        return (windows @ self.weight + self.bias).permute(1, 2, 0).reshape(-1, self.filters, rows, columns)


class LastAxisNorm(nn.LayerNorm):
    """Of images [N, C, H, W], over the channels."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


# Layers without a kernel.
SIMPLE = {
    "batchNorm": lambda options, channels: nn.BatchNorm2d(channels, options["epsilon"], 1 - options["momentum"]),
    "groupNorm": lambda options, channels: nn.GroupNorm(options["groups"], channels, options["epsilon"]),
    "instanceNorm": lambda options, channels: nn.InstanceNorm2d(channels, options["epsilon"], affine=True),
    "layerNorm": lambda options, channels: LastAxisNorm(channels, options["epsilon"]),
    "localResponseNorm": lambda options, _: nn.LocalResponseNorm(
        options["size"], options["alpha"] * options["size"], options["beta"], options["k"]
    ),
    "maxPool2d": lambda options, _: nn.MaxPool2d(pair(options["poolSize"]), pair(options["strides"])),
    "averagePool2d": lambda options, _: nn.AvgPool2d(pair(options["poolSize"]), pair(options["strides"])),
    "adaptiveAveragePool2d": lambda options, _: nn.AdaptiveAvgPool2d(pair(options["outputSize"])),
}


def stepper(options, shape, memory_format):
    """A training step: forward, and the gradients of the input and of every parameter."""
    batch, height, width, channels = shape
    layer = make(options, channels).to(memory_format=memory_format)
    x = torch.randn(batch, channels, height, width).contiguous(memory_format=memory_format).requires_grad_()
    dy = torch.randn_like(layer(x))

    def step():
        x.grad = None
        layer.zero_grad()
        layer(x).backward(dy)

    return step


def milliseconds(step):
    before = time.perf_counter()
    step()
    return (time.perf_counter() - before) * 1e3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--layer", type=json.loads, required=True)
    parser.add_argument("--shape", required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    shape = [int(size) for size in options.shape.split(",")]
    forms = {
        name: stepper(options.layer, shape, form)
        for name, form in (("channels first", torch.contiguous_format), ("channels last", torch.channels_last))
    }
    # Whichever order of the axes PyTorch is faster with.
    times = {name: sorted(milliseconds(step) for _ in range(7))[2] for name, step in forms.items()}
    fastest = min(times, key=times.get)
    print(f"pytorch {torch.__version__}: {fastest}, {times}", file=sys.stderr)
    print("ready", flush=True)
    for line in sys.stdin:
        steps = [milliseconds(forms[fastest]) for _ in range(int(line.split()[1]))]
        print(json.dumps({"milliseconds": steps, "loss": 0}), flush=True)


if __name__ == "__main__":
    main()
