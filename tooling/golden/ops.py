"""Makes tooling/conformance/golden/ops.safetensors: every op that PyTorch has too, in float64 (README.md).

.golden/python/bin/python tooling/golden/ops.py [--seed 1] [--out FILE]
"""

import argparse
import pathlib

import torch

from arithmetic_cases import arithmetic_cases
from batch_norm_cases import batch_norm_cases
from convolution_cases import convolution_cases
from convolution_family_cases import convolution_family_cases
from golden_file import GoldenFile
from normalization_cases import normalization_cases
from optimizer_cases import optimizer_cases
from pool_cases import pool_cases
from pool_family_cases import pool_family_cases
from small_op_cases import small_op_cases
from structure_cases import structure_cases

torch.set_num_threads(1)
committed = pathlib.Path(__file__).parent.parent / "conformance" / "golden" / "ops.safetensors"
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--out", type=pathlib.Path, default=committed)
arguments = parser.parse_args()
golden = GoldenFile(arguments.seed)
for add_cases in (convolution_cases, pool_cases, batch_norm_cases, small_op_cases, optimizer_cases, convolution_family_cases, structure_cases, pool_family_cases, normalization_cases, arithmetic_cases):
    add_cases(golden)
path = arguments.out
golden.write(path)
print(f"{len(golden.cases)} cases, {len(golden.tensors)} tensors, {path.stat().st_size} bytes: {path}")
