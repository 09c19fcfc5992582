import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

/** What the engine calls a kernel with. */
interface EngineCall {
  inputs: NamedTensorInfoMap;
  attrs?: object;
}

/** A call of the engine as kernels of ours get it. */
export function openCall({ inputs, attrs }: EngineCall): {
  inputs: Record<string, TensorInfo>;
  attributes: Record<string, unknown>;
} {
  // tfjs types its maps as possibly undefined; the engine always passes them.
  return { inputs: inputs as Record<string, TensorInfo>, attributes: (attrs ?? {}) as Record<string, unknown> };
}

/** What a stock kernel gives, one output or several, each changed. */
export function mapOutputs(
  outputs: TensorInfo | TensorInfo[],
  change: (output: TensorInfo) => TensorInfo,
): TensorInfo | TensorInfo[] {
  return Array.isArray(outputs) ? outputs.map(change) : change(outputs);
}

/** Counts the calls of a backend's kernels and, if asked, times them. */
export class KernelCounters {
  /** By name; those of stock kernels apart. */
  readonly #calls: Record<'kernelCalls' | 'fallbacks', Record<string, number>> = { kernelCalls: {}, fallbacks: {} };
  readonly #milliseconds: Record<string, number> | undefined;

  constructor(profile = false) {
    if (profile) this.#milliseconds = {};
  }

  /** Calls `body` and books it under `name`. */
  count<T>(kind: 'kernelCalls' | 'fallbacks', name: string, body: () => T): T {
    const calls = this.#calls[kind];
    calls[name] = (calls[name] ?? 0) + 1;
    const times = this.#milliseconds;
    if (!times) return body();
    const start = performance.now();
    const result = body();
    times[name] = (times[name] ?? 0) + performance.now() - start;
    return result;
  }

  /** For `stats()`. */
  stats(): {
    kernelCalls: Record<string, number>;
    fallbacks: Record<string, number>;
    kernelMilliseconds?: Record<string, number>;
  } {
    const { kernelCalls, fallbacks } = this.#calls;
    const times = this.#milliseconds && { kernelMilliseconds: { ...this.#milliseconds } };
    return { kernelCalls: { ...kernelCalls }, fallbacks: { ...fallbacks }, ...times };
  }
}
