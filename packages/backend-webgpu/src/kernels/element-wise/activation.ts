import { ops, type AttributesOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, namedKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { activationCode, gatedFunctions, outputFunctions } from './activation-functions.ts';
import { elementWise } from './element-wise.ts';
import { softmaxGradientRows, softmaxRows } from './softmax.ts';

type Attributes = AttributesOf<typeof ops.activation | typeof ops.gatedActivation> & { parameters?: readonly number[] };

/** Infinity stays on the host: shaders may take it that there is none. */
const largest = 3.4028234663852886e38;

function parametersOf({ parameters = [] }: Attributes): Record<string, number> {
  const [p = 0, q = 0, r = 0, s = 0] = parameters;
  const held = [p, q, r, s].map((number) => Math.max(-largest, Math.min(largest, number)));
  return { p: held[0]!, q: held[1]!, r: held[2]!, s: held[3]! };
}

const withParameters = (expression: string): string => expression.replaceAll(/\b[pqrs]\b/g, 'uniforms.$&');

const functions = { ...outputFunctions, ...gatedFunctions };

function forward(gpu: Gpu, x: TensorInfo, attributes: Attributes): TensorInfo {
  const { kind } = attributes;
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
function backward(gpu: Gpu, dy: TensorInfo, v: TensorInfo, attributes: Attributes): TensorInfo {
  const { kind } = attributes;
  return elementWise(gpu, {
    name: `activationGradient.${kind}`,
    shape: dy.shape,
    inputs: { dy, v },
    uniforms: parametersOf(attributes),
    functions: activationCode,
    value: `dy * (${withParameters(functions[kind]!.slope)})`,
  });
}

const isRowWise = (kind: string): boolean => kind === 'softmax' || kind === 'logSoftmax';

export const activationKernels: readonly Kernel[] = [
  defineKernel(ops.activation, {
    run: ({ inputs, attributes, gpu }) =>
      isRowWise(attributes.kind)
        ? softmaxRows(gpu, inputs.x, attributes.kind === 'logSoftmax')
        : forward(gpu, inputs.x, attributes),
  }),
  defineKernel(ops.activationGradient, {
    run: ({ inputs, attributes, gpu }) =>
      isRowWise(attributes.kind)
        ? softmaxGradientRows(gpu, inputs.dy, inputs.y, attributes.kind === 'logSoftmax')
        : backward(gpu, inputs.dy, inputs.y, attributes),
  }),
  defineKernel(ops.gatedActivation, {
    run: ({ inputs, attributes, gpu }) => forward(gpu, inputs.x, attributes),
  }),
  defineKernel(ops.gatedActivationGradient, {
    run: ({ inputs, attributes, gpu }) => backward(gpu, inputs.dy, inputs.x, attributes),
  }),
  namedKernel<{ logits: TensorInfo }, { dim: number }>('Softmax', {
    accepts: ({ inputs, attributes }) =>
      inputs.logits.dtype === 'float32' && (attributes.dim === -1 || attributes.dim === inputs.logits.shape.length - 1),
    run: ({ inputs, gpu }) => softmaxRows(gpu, inputs.logits, false),
  }),
];
