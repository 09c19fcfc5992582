// What a backend needs beside what people call: the entry '@striate/core/backend'.
export { engine } from '@tensorflow/tfjs-core';
export {
  exampleOf,
  optionsFromTexts,
  splitBackend,
  type BackendManifest,
  type BackendSetup,
  type BackendText,
} from './backend-manifest.ts';
export {
  kernelNamed,
  kernelOf,
  type BackendCall,
  type BackendFunctions,
  type BackendKernel,
  type DefineKernel,
  type NameKernel,
} from './define-kernel.ts';
export { KernelCounters, mapOutputs, openCall } from './kernel-calls.ts';
export type { AttributesOf, KernelInputs, KernelInputsOf, Opened } from './kernel-inputs.ts';
export { settingsOf, type OptionsOf } from './kinds/settings.ts';
export * as ops from './ops/definitions.ts';
export { resizeTaps, transposed as transposedTaps } from './ops/resize2d.ts';
export { oursFor } from './ours-for-stock.ts';
export { registerKernels, unregisterKernels, type KernelSet, type OwnKernel } from './register-kernels.ts';
export { hasEmptyWindow, outputPair } from './shape.ts';
export { broadcastStrides, joinAxes, stridesOf, type Walk } from './strides.ts';
