import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Gpu, Kernel } from '../../kernel.ts';
import { activationCode, gatedFunctions, outputFunctions } from './activation-functions.ts';
import { elementWise } from './element-wise.ts';
import { softmaxGradientRows, softmaxRows } from './softmax.ts';

/** Infinity stays on the host: shaders may take it that there is none. */
const largest = 3.4028234663852886e38;

function parametersOf(attributes: Record<string, unknown>): Record<string, number> {
  const [p = 0, q = 0, r = 0, s = 0] = (attributes['parameters'] ?? []) as readonly number[];
  const held = [p, q, r, s].map((number) => Math.max(-largest, Math.min(largest, number)));
  return { p: held[0]!, q: held[1]!, r: held[2]!, s: held[3]! };
}

const withParameters = (expression: string): string => expression.replaceAll(/\b[pqrs]\b/g, 'uniforms.$&');

const functions = { ...outputFunctions, ...gatedFunctions };

function forward(gpu: Gpu, x: TensorInfo, attributes: Record<string, unknown>): TensorInfo {
  const kind = attributes['kind'] as string;
  return elementWise(gpu, {
    name: `activation.${kind}`,
    shape: x.shape,
    inputs: { x },
    uniforms: parametersOf(attributes),
    functions: activationCode,
    value: `nanOrElse(${withParameters(functions[kind]!.value)}, x)`,
  });
}

/** `v` is what the derivative is computed of: the output, or the input of a gated function. */
function backward(gpu: Gpu, dy: TensorInfo, v: TensorInfo, attributes: Record<string, unknown>): TensorInfo {
  const kind = attributes['kind'] as string;
  return elementWise(gpu, {
    name: `activationGradient.${kind}`,
    shape: dy.shape,
    inputs: { dy, v },
    uniforms: parametersOf(attributes),
    functions: activationCode,
    value: `dy * (${withParameters(functions[kind]!.slope)})`,
  });
}

const isRowWise = (kind: unknown): boolean => kind === 'softmax' || kind === 'logSoftmax';

export const activationKernels: readonly Kernel[] = [
  {
    name: 'striate.Activation',
    run: ({ inputs, attributes, gpu }) =>
      isRowWise(attributes['kind'])
        ? softmaxRows(gpu, inputs['x']!, attributes['kind'] === 'logSoftmax')
        : forward(gpu, inputs['x']!, attributes),
  },
  {
    name: 'striate.ActivationGradient',
    run: ({ inputs, attributes, gpu }) =>
      isRowWise(attributes['kind'])
        ? softmaxGradientRows(gpu, inputs['dy']!, inputs['y']!, attributes['kind'] === 'logSoftmax')
        : backward(gpu, inputs['dy']!, inputs['y']!, attributes),
  },
  {
    name: 'striate.GatedActivation',
    run: ({ inputs, attributes, gpu }) => forward(gpu, inputs['x']!, attributes),
  },
  {
    name: 'striate.GatedActivationGradient',
    run: ({ inputs, attributes, gpu }) => backward(gpu, inputs['dy']!, inputs['x']!, attributes),
  },
  {
    name: 'Softmax',
    accepts: ({ inputs, attributes }) =>
      inputs['logits']!.dtype === 'float32' &&
      (attributes['dim'] === -1 || attributes['dim'] === inputs['logits']!.shape.length - 1),
    run: ({ inputs, gpu }) => softmaxRows(gpu, inputs['logits']!, false),
  },
];
