import { sizeOf, type Kind, type KindRecord } from '@striate/core';
import { initializerKind } from '../initializer-kind.ts';
import { gain, type GainOption } from './gain.ts';
import { kernelAxes } from './kernel-axes.ts';

/**
 * Kernels that hand their input on: `gain` in the middle of the window from each channel to the output of the same
 * number, 0 elsewhere. For dense layers, `gain` times the identity matrix (Keras' Identity, PyTorch's dirac_).
 *
 * @throws {OptionError} for an unknown option, or an impossible value; for parameters that are no kernels
 * @example
 * conv2d({ filters: 16, kernelSize: 3, padding: 'same', kernelInitializer: identity() }); // y = x
 */
export const identity: Kind<GainOption, KindRecord> = initializerKind({
  type: 'identity',
  doc: 'Kernels that hand their input on.',
  options: { gain },
  make:
    ({ gain }) =>
    (shape) => {
      const [inputs, outputs, window] = kernelAxes('identity', shape);
      const values = new Float32Array(sizeOf(shape));
      const middle = window.reduce((place, size) => place * size + Math.floor((size - 1) / 2), 0);
      for (let channel = 0; channel < Math.min(inputs, outputs); channel++)
        values[(middle * inputs + channel) * outputs + channel] = gain;
      return values;
    },
});
