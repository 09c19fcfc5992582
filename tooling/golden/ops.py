"""Makes tooling/conformance/golden/ops.safetensors: every op that PyTorch has too, in float64 (README.md).

.golden/python/bin/python tooling/golden/ops.py
"""

import pathlib

import torch

from batch_norm_cases import batch_norm_cases
from convolution_cases import convolution_cases
from golden_file import GoldenFile
from optimizer_cases import optimizer_cases
from pool_cases import pool_cases
from small_op_cases import small_op_cases

torch.set_num_threads(1)
golden = GoldenFile(seed=1)
for add_cases in (convolution_cases, pool_cases, batch_norm_cases, small_op_cases, optimizer_cases):
    add_cases(golden)
path = pathlib.Path(__file__).parent.parent / "conformance" / "golden" / "ops.safetensors"
golden.write(path)
print(f"{len(golden.cases)} cases, {len(golden.tensors)} tensors, {path.stat().st_size} bytes: {path}")
