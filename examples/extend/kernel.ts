// A kernel of your own for an op of your own, on the memory of the WebAssembly backend. Inputs and attributes are typed by
// the op. (Kernels in WebAssembly itself are compiled with the backend: docs/contributing/kernel.md.)
import { createWasm, defineKernel, kernels, type WasmBackend, type WasmOptions } from '@striate/backend-wasm/extend';
import { sizeOf } from '@striate/core';
import { shrinkOp } from './op.ts';

const shrinkKernel = defineKernel(shrinkOp, {
  run({ inputs: { x }, attributes: { threshold }, backend }) {
    const y = backend.output(x.shape);
    const length = sizeOf(x.shape);
    const [from, to] = [backend.address(x), backend.address(y)];
    const given = backend.floats(from, length);
    backend.floats(to, length).set(given.map((value) => Math.sign(value) * Math.max(Math.abs(value) - threshold, 0)));
    return y;
  },
});

/** The WebAssembly backend with our kernel: a backend of its own name, beside `wasm()`. */
export function wasmWithShrink(options: WasmOptions = {}): WasmBackend {
  return createWasm(options, {
    kernels,
    extension: {
      name: 'wasm-with-shrink',
      engineName: 'me-wasm',
      start: () => ({ kernels: [shrinkKernel], disposed: () => undefined, stop: () => undefined }),
    },
  });
}
