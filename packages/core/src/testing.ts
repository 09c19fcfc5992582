// For tests: the engine's plain CPU backend as a Backend, on which every op runs as its reference.
import { memory, removeBackend } from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';

export { nudge } from './testing/nudge.ts';

/** tfjs' own CPU backend: slow, but independent of all kernels of ours. */
export function cpu(): Backend {
  return {
    name: 'cpu',
    engineName: 'cpu',
    probe: async () => ({ available: true, device: 'tfjs CPU backend' }),
    start: async () => {
      const { env, registerBackend, findBackendFactory } = await import('@tensorflow/tfjs-core');
      env().set('IS_TEST', true);
      const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu');
      if (!findBackendFactory('cpu')) registerBackend('cpu', () => new MathBackendCPU());
    },
    stop: async () => removeBackend('cpu'),
    stats: () => ({
      device: 'tfjs CPU backend',
      kernelCalls: {},
      fallbacks: {},
      tensors: memory().numTensors,
      bytesInUse: memory().numBytes,
      bytesReserved: memory().numBytes,
    }),
  };
}
