"""Keras on TensorFlow, the small CNN of the step benchmark; the protocol is in peer.ts.

python keras-step.py --model cnn --threads N --dropout RATE --start FILE.safetensors
"""

import argparse
import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras  # noqa: E402
import numpy  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402
from safetensors_file import read_safetensors  # noqa: E402


def make_training(weights, dropout, jit):
    model = keras.Sequential([
        layers.Input([28, 28, 1], batch_size=64),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dropout(dropout),
        layers.Dense(128, activation="relu"), layers.Dense(10),
    ])  # fmt: skip
    model.set_weights(weights)
    optimizer = keras.optimizers.Adam(1e-3, 0.9, 0.999, 1e-8)
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function(jit_compile=jit)
    def step(x, labels):
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(x, training=True))
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    return step


def seconds(step, batches):
    for x, labels in batches[:5]:
        step(x, labels)
    start = time.perf_counter()
    for x, labels in batches[:10]:
        loss = step(x, labels)
    loss.numpy()
    return time.perf_counter() - start


parser = argparse.ArgumentParser()
for name in ("model", "threads", "dropout", "start", "backend"):
    parser.add_argument(f"--{name}")
options = parser.parse_args()
tf.config.threading.set_intra_op_parallelism_threads(int(options.threads))
tf.config.threading.set_inter_op_parallelism_threads(1)
start = read_safetensors(options.start)
images, targets = start.pop("x"), start.pop("labels")
batches = [(tf.constant(x), tf.constant(labels.reshape(-1))) for x, labels in zip(images, targets)]
weights = list(start.values())
# As a graph, or compiled by XLA: whichever is faster here.
times = {jit: seconds(make_training(weights, float(options.dropout), jit), batches) for jit in (False, True)}
training = make_training(weights, float(options.dropout), min(times, key=times.get))
print("ready", flush=True)
count, loss = 0, None
for line in sys.stdin:
    milliseconds = []
    for _ in range(int(line.split()[1])):
        before = time.perf_counter()
        loss = training(*batches[count % len(batches)])
        milliseconds.append(1000 * (time.perf_counter() - before))
        count += 1
    print(json.dumps({"milliseconds": milliseconds, "loss": float(loss)}), flush=True)
