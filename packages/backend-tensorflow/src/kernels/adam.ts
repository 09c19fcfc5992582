import { ops, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import { float32, integer, type } from '../attributes.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import type { Operations } from '../operations.ts';
import { withFallback } from '../with-fallback.ts';

type Inputs = KernelInputsOf<typeof ops.adam>;
type Attributes = AttributesOf<typeof ops.adam>;

const roles = ['parameter', 'mean', 'variance'] as const;
type Role = (typeof roles)[number];

const ofFloats = [type('dtype', 'float32')];

/** By our own operation, native/adam.cc. */
function updatedAtOnce(run: Operations, inputs: Inputs, attributes: Attributes): number[] {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, decays, step, count } = attributes;
  const settings = [beta1, 1 - beta1, beta2, 1 - beta2];
  settings.push(learningRate / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step), epsilon);
  for (let index = 0; index < count; index++) {
    const decay = decays[index] ? weightDecay : 0;
    settings.push(decoupled ? 1 - learningRate * decay : 1, decoupled ? 0 : decay);
  }
  const handles = [run.upload(Float32Array.from(settings), [settings.length])];
  for (const role of [...roles, 'gradient']) {
    for (let index = 0; index < count; index++) handles.push(run.of(inputs[`${role}${index}`]!));
  }
  return run.many('StriateAdam', handles, [integer('N', count)], 3 * count);
}

/**
 * By TensorFlow's operation. It updates variables in place, but copies first what a tensor still shares: so ours stay
 * as they are.
 */
function updatedAsVariables(run: Operations, inputs: Inputs, attributes: Attributes): number[] {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, decays, step, count } = attributes;
  const { constants } = run;
  // sqrt(v / bias) + epsilon = (sqrt(v) + epsilon sqrt(bias)) / sqrt(bias): TensorFlow adds its epsilon inside.
  const adjusted = epsilon * Math.sqrt(1 - beta2 ** step);
  const now = (value: number): number => run.upload(Float32Array.of(value), []);
  const lasting = [learningRate, beta1, beta2].map((value) => constants.scalar(value));
  const settings = [now(beta1 ** step), now(beta2 ** step), ...lasting, now(adjusted)];
  const variables = roles.map((role) => constants.variable(`striate.Adam.${role}`));
  const updates = Array.from({ length: count }, (_, index): number[] => {
    const input = (role: Role | 'gradient'): number => run.of(inputs[`${role}${index}`]!);
    const decay = decays[index] ? weightDecay : 0;
    const start =
      decoupled && decay !== 0 ? run.scaled(input('parameter'), 1 - learningRate * decay) : input('parameter');
    const gradient =
      !decoupled && decay !== 0
        ? run.one('AddV2', [input('gradient'), run.scaled(input('parameter'), decay)])
        : input('gradient');
    const values = [start, input('mean'), input('variance')];
    for (const [place, variable] of variables.entries()) {
      run.many('AssignVariableOp', [variable, values[place]!], ofFloats, 0);
    }
    run.many('ResourceApplyAdam', [...variables, ...settings, gradient], [float32], 0);
    return variables.map((variable) => run.one('ReadVariableOp', [variable], ofFloats));
  });
  for (const variable of variables) run.many('DestroyResourceOp', [variable], [], 0);
  return roles.flatMap((_, place) => updates.map((update) => update[place]!));
}

export const adam: Kernel = defineKernel(ops.adam, {
  run({ inputs, attributes, isGpu, run }) {
    const asVariables = (): number[] => updatedAsVariables(run, inputs, attributes);
    if (isGpu || attributes.count === 0) return asVariables();
    return withFallback('StriateAdam', () => updatedAtOnce(run, inputs, attributes), asVariables);
  },
});
