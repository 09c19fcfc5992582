"""PyTorch's side of the accuracy proofs: the small CNN with the recipe that ours has.

python small_cnn.py --directory FOLDER --epochs N --seeds 1,2,3 [--learning-rate R] [--schedule cosine] [--threads N]

Batch 64, Adam (with --schedule cosine its learning rate falls to 0 along half a cosine), inputs standardised by the training images' mean and deviation, all training
images in a new random order each epoch. Glorot-uniform kernels and zero biases, as in Keras and Striate. Prints one
line of JSON: test accuracy and training seconds of each seed.
"""

import argparse
import gzip
import json
import os
import sys
import time

import numpy
import torch
from torch import nn


def read_idx(directory, name):
    path = os.path.join(directory, name)
    with open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz") as file:
        data = file.read()
    dimensions = data[3]
    shape = numpy.frombuffer(data, ">i4", dimensions, 4)
    return torch.from_numpy(numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * dimensions).reshape(shape).copy())


def read_part(directory, part):
    images = read_idx(directory, f"{part}-images-idx3-ubyte").float().div(255).unsqueeze(1)
    return images, read_idx(directory, f"{part}-labels-idx1-ubyte").long()


def small_cnn():
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5),
        nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    for name, parameter in model.named_parameters():
        if name.endswith("weight"):
            nn.init.xavier_uniform_(parameter)
        else:
            nn.init.zeros_(parameter)
    return model.to(memory_format=torch.channels_last)


def train(images, labels, seed, options):
    torch.manual_seed(seed)
    model = small_cnn()
    epochs = options.epochs
    optimizer = torch.optim.Adam(model.parameters(), lr=options.learning_rate, fused=True)
    steps = epochs * -(-len(images) // 64)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps) if options.schedule == "cosine" else None
    before = time.perf_counter()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for ids in torch.randperm(len(images)).split(64):
            inputs = images[ids].contiguous(memory_format=torch.channels_last)
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs), labels[ids])
            loss.backward()
            optimizer.step()
            if scheduler:
                scheduler.step()
            total += loss.item() * len(ids)
        print(f"  epoch {epoch + 1}/{epochs}: loss {total / len(images):.4f}", file=sys.stderr, flush=True)
    return model, time.perf_counter() - before


def test(model, images, labels):
    model.eval()
    with torch.no_grad():
        right = sum((model(x).argmax(1) == y).sum().item() for x, y in zip(images.split(256), labels.split(256)))
    return right / len(images)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--directory", required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--seeds", required=True)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--schedule", choices=["constant", "cosine"], default="constant")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    images, labels = read_part(options.directory, "train")
    test_images, test_labels = read_part(options.directory, "t10k")
    mean, deviation = images.mean(), images.std()
    images, test_images = (images - mean) / deviation, (test_images - mean) / deviation
    results = []
    for seed in map(int, options.seeds.split(",")):
        print(f"seed {seed}", file=sys.stderr, flush=True)
        model, seconds = train(images, labels, seed, options)
        accuracy = test(model, test_images, test_labels)
        print(f"  test accuracy {accuracy:.2%}, {seconds:.0f} s", file=sys.stderr, flush=True)
        results.append({"testAccuracy": accuracy, "seconds": seconds})
    print(json.dumps(results))


if __name__ == "__main__":
    main()
