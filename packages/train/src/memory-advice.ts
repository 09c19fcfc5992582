import { BackendError, activeBackend, sizeOf } from '@striate/core';
import { parameterSpecs, type Model } from '@striate/layers';
import { largestKept } from './keeper.ts';

/** Share of the free memory that a batch is advised to fill: pieces of memory do not fit without gaps. */
const usableShare = 0.8;

/** What is known where memory ran out. */
export interface MemoryFailure {
  error: BackendError;
  model: Model;
  /** Node whose layer was last begun. */
  layer: string | undefined;
  batchSize: number;
}

/**
 * An error about memory that has run out in a step, with the layer, what a batch needs, and a size that fits. The
 * sizes are estimates: every layer's outputs are kept for the backward pass, and the largest needs room for its gradient;
 * beside them there must be room for what training adds to the values that it starts with.
 */
export function adviseOnMemory({ error, model, layer, batchSize }: MemoryFailure): BackendError {
  const sizes = model.steps.map(({ node }) => ({
    name: model.nodes[node]!.name,
    bytes: 4 * model.nodes[node]!.outputShapes.reduce((sum, shape) => sum + sizeOf(shape.map((size) => size ?? 0)), 0),
  }));
  const largest = sizes.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const perSample = sizes.reduce((sum, { bytes }) => sum + bytes, 0) + 2 * largest.bytes;
  const stats = activeBackend()?.stats();
  const free = stats ? Math.max(0, (stats.bytesAllowed ?? stats.bytesReserved) - stats.bytesInUse) : 0;
  const room = usableShare * (free - upkeep(model));
  const fitting = Math.min(Math.floor(room / perSample), Math.floor(batchSize / 2));
  const remedy =
    fitting >= 1
      ? `A batch of ${fitting} should fit.`
      : 'Not even a batch of 1 fits: take smaller images or a smaller model.';
  return new BackendError(
    `fit: memory ran out in a step, in or after layer '${layer ?? 'unknown'}'. A batch of ${batchSize} needs about ` +
      `${mebibytes(batchSize * perSample)} for the layers' outputs, most of it in '${largest.name}', and ${mebibytes(free)} are there. ` +
      `${remedy} (${error.message})`,
    { cause: error },
  );
}

/** Bytes of gradients and of the values before and after a step that are held at once, with an optimiser of two slots. */
function upkeep(model: Model): number {
  const parameters = Object.values(parameterSpecs(model)).reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  const values = 3 * parameters;
  return parameters + (values <= largestKept ? 3 : 1) * values;
}

/** Whether an error of a backend is about memory, and not about a kernel or a thread that failed. */
export function isOutOfMemory(error: unknown): error is BackendError {
  return error instanceof BackendError && error.message.includes('out of memory');
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
