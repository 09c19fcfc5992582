import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ops } from '@striate/core';
import { float32, shape, text, type } from '../attributes.ts';
import { kernel, type Kernel } from '../kernel.ts';
import type { Operations } from '../operations.ts';

type Roles = 'parameter' | 'mean' | 'variance';

const ofFloats = [type('dtype', 'float32')];

/** TensorFlow updates variables in place, but copies first what a tensor still shares: so ours stay as they are. */
export const adam: Kernel = kernel<Record<string, TensorInfo>, ops.AdamAttributes & { count: number }>({
  name: 'striate.Adam',
  run({ inputs, attributes, run }) {
    const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, decays, step, count } = attributes;
    // sqrt(v / bias) + epsilon = (sqrt(v) + epsilon sqrt(bias)) / sqrt(bias): TensorFlow adds its epsilon inside.
    const adjusted = epsilon * Math.sqrt(1 - beta2 ** step);
    const settings = [beta1 ** step, beta2 ** step, learningRate, beta1, beta2, adjusted].map((value) =>
      run.upload(Float32Array.of(value), []),
    );
    const variables = { parameter: variable(run, 0), mean: variable(run, 1), variance: variable(run, 2) };
    const updates = Array.from({ length: count }, (_, index): Record<Roles, number> => {
      const input = (role: string): number => run.of(inputs[`${role}${index}`]!);
      const decay = decays[index] ? weightDecay : 0;
      const start =
        decoupled && decay !== 0 ? run.scaled(input('parameter'), 1 - learningRate * decay) : input('parameter');
      const gradient =
        !decoupled && decay !== 0
          ? run.one('AddV2', [input('gradient'), run.scaled(input('parameter'), decay)])
          : input('gradient');
      const values = { parameter: start, mean: input('mean'), variance: input('variance') };
      for (const role of ['parameter', 'mean', 'variance'] as const) {
        run.many('AssignVariableOp', [variables[role], values[role]], ofFloats, 0);
      }
      run.many('ResourceApplyAdam', [...Object.values(variables), ...settings, gradient], [float32], 0);
      const read = (role: Roles): number => run.one('ReadVariableOp', [variables[role]], ofFloats);
      return { parameter: read('parameter'), mean: read('mean'), variance: read('variance') };
    });
    for (const handle of Object.values(variables)) run.many('DestroyResourceOp', [handle], [], 0);
    return (['parameter', 'mean', 'variance'] as const).flatMap((role) => updates.map((update) => update[role]));
  },
});

const variable = (run: Operations, place: number): number =>
  run.one('VarHandleOp', [], [...ofFloats, shape('shape', []), text('shared_name', `striate.Adam${place}`)]);
