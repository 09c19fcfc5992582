import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@striate/backend-wasm/extend';
import type { Engine } from './engine.ts';
import type { Conversion } from './kernels/convolution-plan.ts';
import type { Workspaces } from './workspaces.ts';
import type { ElementType } from './workshop.ts';

/** What kernels need besides the wasm backend. */
export interface OneDnnContext {
  readonly engine: Engine;
  /** What convolutions and matrix products multiply; they always add in float32. */
  readonly precision: ElementType;
  readonly workspaces: Workspaces;
  /** Address of a kernel in the layout that a plan wants. */
  packedKernel(backend: KernelBackend, kernel: TensorInfo, conversion: Conversion | undefined): number;
}
