"""PyTorch's side of the step benchmark; the protocol is in peer.ts.

python pytorch.py --model cnn|resnet20 --threads N --dropout RATE --start FILE.safetensors
"""

import argparse
import copy
import json
import sys
import time

import numpy
import torch
from safetensors_file import read_safetensors
from torch import nn


class Block(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.first = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(filters)
        self.second = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(filters)
        self.shortcut = None
        if stride != 1 or channels != filters:
            self.shortcut = nn.Conv2d(channels, filters, 1, stride, bias=False)
            self.shortcut_norm = nn.BatchNorm2d(filters)

    def forward(self, x):
        h = torch.relu(self.first_norm(self.first(x)))
        shortcut = x if self.shortcut is None else self.shortcut_norm(self.shortcut(x))
        return torch.relu(self.second_norm(self.second(h)) + shortcut)


def cnn(start, dropout):
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(dropout),
        nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    convolution(model[0], start, "conv1")
    convolution(model[3], start, "conv2")
    # Images are flattened as C, H, W here, and as H, W, C in the file.
    dense1 = start["dense1.kernel"].reshape(5, 5, 64, 128).transpose(2, 0, 1, 3).reshape(1600, 128)
    assign(model[8].weight, dense1.T)
    assign(model[8].bias, start["dense1.bias"])
    assign(model[10].weight, start["dense2.kernel"].T)
    assign(model[10].bias, start["dense2.bias"])
    return model


def resnet20(start):
    blocks, channels = [], 16
    for filters in (16, 32, 64):
        for index in range(3):
            blocks.append(Block(channels, filters, 2 if filters > 16 and index == 0 else 1))
            channels = filters
    stem = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    normalized(stem[0], stem[1], start, "stem")
    for index, block in enumerate(blocks):
        normalized(block.first, block.first_norm, start, f"block{index}.first")
        normalized(block.second, block.second_norm, start, f"block{index}.second")
        if block.shortcut is not None:
            normalized(block.shortcut, block.shortcut_norm, start, f"block{index}.shortcut")
    assign(head[2].weight, start["head.kernel"].T)
    assign(head[2].bias, start["head.bias"])
    return nn.Sequential(*stem, *blocks, *head)


def assign(parameter, values):
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(numpy.ascontiguousarray(values)))


def convolution(layer, start, name):
    assign(layer.weight, start[f"{name}.kernel"].transpose(3, 2, 0, 1))
    if layer.bias is not None:
        assign(layer.bias, start[f"{name}.bias"])


def normalized(layer, norm, start, name):
    convolution(layer, start, name)
    assign(norm.weight, start[f"{name}.gamma"])
    assign(norm.bias, start[f"{name}.beta"])


def optimizer(name, model, form):
    if name == "cnn":
        return torch.optim.Adam(model.parameters(), lr=1e-3, **form)
    return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4, **form)


def train(model, update, x, y):
    update.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    update.step()
    return loss


def fastest_form(name, model, x, y):
    """Times the optimiser's forms on copies of the model and returns the fastest."""
    times = {}
    for form in ("foreach", "fused", "for-loop"):
        options = {"foreach": False} if form == "for-loop" else {form: True}
        trial = copy.deepcopy(model)
        update = optimizer(name, trial, options)
        steps = []
        for _ in range(8):
            before = time.perf_counter()
            train(trial, update, x, y)
            finish(x)
            steps.append(time.perf_counter() - before)
        times[form] = (sorted(steps[2:])[3], options)
    form = min(times, key=lambda key: times[key][0])
    print(f"pytorch {torch.__version__}: optimiser form {form}", file=sys.stderr)
    return times[form][1]


def finish(x):
    """Waits for the device that x is on."""
    if x.is_cuda:
        torch.cuda.synchronize()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=("cnn", "resnet20"), default="cnn")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dropout", type=float, default=0.5)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--start", required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    start = read_safetensors(options.start)
    model = cnn(start, options.dropout) if options.model == "cnn" else resnet20(start)
    model = model.to(device=options.device, memory_format=torch.channels_last)
    x = [
        torch.from_numpy(batch).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last).to(options.device)
        for batch in start["x"]
    ]
    y = [torch.from_numpy(batch).long().to(options.device) for batch in start["labels"]]
    update = optimizer(options.model, model, fastest_form(options.model, model, x[0], y[0]))

    print("ready", flush=True)
    step = 0
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line.split()[1])):
            before = time.perf_counter()
            loss = train(model, update, x[step % len(x)], y[step % len(y)])
            finish(x[0])
            milliseconds.append((time.perf_counter() - before) * 1e3)
            step += 1
        print(json.dumps({"milliseconds": milliseconds, "loss": loss.item()}), flush=True)


if __name__ == "__main__":
    main()
