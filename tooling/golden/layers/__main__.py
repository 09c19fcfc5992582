"""Makes golden cases of layers: tooling/conformance/golden/layers.safetensors, or others from another seed (../README.md).

.golden/python/bin/python tooling/golden/layers [--seed 1] [--cases N] [--out FILE]
"""

import argparse
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "torch"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
sys.path.append(str(pathlib.Path(__file__).parent.parent))

import keras
import torch

keras.config.set_floatx("float64")
torch.set_num_threads(1)

import convolutions
import dense_layers
import normalizations
import pools
import structure_layers
from draw import Draw
from layer_file import LayerFile

MODULES = (convolutions, dense_layers, pools, normalizations, structure_layers)
COMMITTED = pathlib.Path(__file__).parent.parent.parent / "conformance" / "golden" / "layers.safetensors"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, help="how many in all; default: as many as are committed")
    parser.add_argument("--out", type=pathlib.Path, default=COMMITTED)
    arguments = parser.parse_args()
    draw, golden = Draw(arguments.seed), LayerFile(arguments.seed)
    for family in chosen(draw, arguments.cases):
        golden.add(family, draw)
    golden.write(arguments.out)
    size = arguments.out.stat().st_size
    print(f"{len(golden.cases)} cases, {len(golden.tensors)} tensors, {size} bytes: {arguments.out}")


def chosen(draw, cases):
    """The families in turn; of another number of cases, as many of each as come up by chance."""
    everything = [family for module in MODULES for family, count in module.FAMILIES.items() for _ in range(count)]
    if cases is None:
        return everything
    order = draw.random.permutation(len(everything))
    return [everything[order[index % len(everything)]] for index in range(cases)]


main()
