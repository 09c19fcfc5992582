"""PyTorch's side of the inference benchmark; the protocol is in peer.ts.

python pytorch-inference.py --weights FILE.safetensors --threads N
"""

import argparse
import json
import sys
import time

import torch
from safetensors_file import read_safetensors
from torch import nn


class Normalized(nn.Sequential):
    """Convolution and batch norm with the weights of that name."""

    def __init__(self, weights, name, stride=1):
        kernel = weights[f"{name}/kernel"]
        height, width, channels, filters = kernel.shape
        convolution = nn.Conv2d(channels, filters, height, stride, (height - 1) // 2, bias=False)
        convolution.weight.data = kernel.permute(3, 2, 0, 1).contiguous()
        norm = nn.BatchNorm2d(filters, 1e-5)
        norm.weight.data = weights[f"{name}.norm/gamma"]
        norm.bias.data = weights[f"{name}.norm/beta"]
        norm.running_mean.data = weights[f"{name}.norm/movingMean"]
        norm.running_var.data = weights[f"{name}.norm/movingVariance"]
        super().__init__(convolution, norm)


class Block(nn.Module):
    def __init__(self, weights, name, stride):
        super().__init__()
        self.first = Normalized(weights, f"{name}.first")
        self.second = Normalized(weights, f"{name}.second", stride)
        self.third = Normalized(weights, f"{name}.third")
        has_shortcut = f"{name}.shortcut/kernel" in weights
        self.shortcut = Normalized(weights, f"{name}.shortcut", stride) if has_shortcut else nn.Identity()

    def forward(self, x):
        h = torch.relu(self.second(torch.relu(self.first(x))))
        return torch.relu(self.third(h) + self.shortcut(x))


def resnet50(weights):
    blocks = [
        Block(weights, f"stage{stage}.block{block}", 2 if stage > 0 and block == 0 else 1)
        for stage, count in enumerate((3, 4, 6, 3))
        for block in range(count)
    ]
    head = nn.Linear(2048, 1000)
    head.weight.data = weights["head/kernel"].T.contiguous()
    head.bias.data = weights["head/bias"]
    stem = [Normalized(weights, "stem", 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head).eval()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    weights = {name: torch.from_numpy(values) for name, values in read_safetensors(options.weights).items()}
    model = resnet50(weights)
    images = weights["x"].permute(0, 3, 1, 2)
    forms = {
        "channels first": (model, images.contiguous()),
        "channels last": (resnet50(weights).to(memory_format=torch.channels_last), images),
    }

    def milliseconds(form):
        model, x = forms[form]
        before = time.perf_counter()
        with torch.inference_mode():
            logits = model(x)
        return (time.perf_counter() - before) * 1e3, logits.max().item()

    # Whichever order of the axes PyTorch is faster with.
    times = {form: sorted(milliseconds(form)[0] for _ in range(9))[4] for form in forms}
    fastest = min(times, key=times.get)
    print(f"pytorch {torch.__version__}: {fastest}, {times}", file=sys.stderr)
    print("ready", flush=True)
    for line in sys.stdin:
        runs = [milliseconds(fastest) for _ in range(int(line.split()[1]))]
        print(json.dumps({"milliseconds": [time for time, _ in runs], "loss": runs[-1][1]}), flush=True)


if __name__ == "__main__":
    main()
