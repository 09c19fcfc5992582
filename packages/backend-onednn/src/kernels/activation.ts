import { ops, type AttributesOf, type Opened } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, hasNaN, type Kernel, type KernelBackend } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import { dnnl } from '../library/constants.ts';
import { planned, type Planned } from '../planned.ts';
import { wasmKernel } from './wasm-kernel.ts';

type ActivationAttributes = AttributesOf<typeof ops.activation | typeof ops.gatedActivation> & {
  parameters?: readonly number[];
};

/** A function of oneDNN: forward, backward, and its two parameters. */
interface ElementFunction {
  forward: number;
  /** Left out where oneDNN's derivative is of something else than we keep. */
  backward?: number;
  alpha?: number;
  beta?: number;
}

const { algorithm, argument, propKind } = dnnl;

/** Those for which ours take several times as long; relu and clip are bound by memory in both. */
function elementFunction({ kind, parameters = [] }: ActivationAttributes): ElementFunction | undefined {
  switch (kind) {
    case 'sigmoid':
      return { forward: algorithm.logistic, backward: algorithm.logisticFromOutput };
    case 'tanh':
      return { forward: algorithm.tanh, backward: algorithm.tanhFromOutput };
    case 'elu': {
      const [alpha = 1, scale = 1] = parameters;
      if (scale !== 1 || alpha < 0) return undefined;
      // Its derivative makes a number of NaN.
      return { forward: algorithm.elu, alpha };
    }
    case 'softplus':
      return { forward: algorithm.softRelu, alpha: 1 };
    case 'gelu':
      return { forward: algorithm.geluErf, backward: algorithm.geluErf };
    case 'geluTanh':
      return { forward: algorithm.geluTanh, backward: algorithm.geluTanh };
    case 'silu':
      return { forward: algorithm.swish, backward: algorithm.swish, alpha: 1 };
    case 'mish':
      return { forward: algorithm.mish, backward: algorithm.mish };
    default:
      return undefined;
  }
}

/** Below this many numbers waking a second thread takes longer than the work. */
export const worthwhileLength = 16_384;

/** Activation functions of exponentials, element by element; softmax along the last axis. */
export function activationKernels({ engine }: OneDnnContext): Kernel[] {
  const forwardPlan = ({ shape }: TensorInfo, attributes: ActivationAttributes): Planned | undefined => {
    const length = sizeOf(shape);
    if (length < worthwhileLength) return undefined;
    const rows = softmaxes[attributes.kind];
    if (rows !== undefined) {
      const classes = shape.at(-1)!;
      return planned(engine, `softmax,${length},${classes},${rows}`, (workshop) => {
        const x = workshop.describe([length / classes, classes], [classes, 1]);
        const plan = workshop.plan(
          'dnnl_softmax_forward_primitive_desc_create',
          propKind.forwardInference,
          rows,
          x,
          x,
          1,
          null,
        );
        return {
          plan,
          args: [
            [argument.source, x],
            [argument.destination, x],
          ],
        };
      });
    }
    const found = elementFunction(attributes);
    if (!found) return undefined;
    const { forward, alpha = 0, beta = 0 } = found;
    return planned(engine, `element,${length},${forward},${alpha},${beta}`, (workshop) => {
      const x = workshop.describe([length], [1]);
      const plan = workshop.plan(
        'dnnl_eltwise_forward_primitive_desc_create',
        propKind.forwardInference,
        forward,
        x,
        x,
        alpha,
        beta,
        null,
      );
      return {
        plan,
        args: [
          [argument.source, x],
          [argument.destination, x],
        ],
      };
    });
  };

  /** Run on what the derivative is of, dy and dx. */
  const backwardPlan = ({ shape }: TensorInfo, attributes: ActivationAttributes): Planned | undefined => {
    const length = sizeOf(shape);
    const found = elementFunction(attributes);
    if (length < worthwhileLength || found?.backward === undefined) return undefined;
    const { forward, backward, alpha = 0, beta = 0 } = found;
    return planned(engine, `elementGradient,${length},${backward},${alpha},${beta}`, (workshop) => {
      const x = workshop.describe([length], [1]);
      const hint = workshop.plan(
        'dnnl_eltwise_forward_primitive_desc_create',
        propKind.forwardTraining,
        backward,
        x,
        x,
        alpha,
        beta,
        null,
      );
      const plan = workshop.plan(
        'dnnl_eltwise_backward_primitive_desc_create',
        backward,
        x,
        x,
        x,
        alpha,
        beta,
        hint,
        null,
      );
      const known = backward === forward ? argument.source : argument.destination;
      return {
        plan,
        args: [
          [known, x],
          [argument.destinationGradient, x],
          [argument.sourceGradient, x],
        ],
      };
    });
  };

  const forward = <Attributes extends ActivationAttributes>(op: Opened<{ x: Tensor }, Attributes>): Kernel =>
    defineKernel(op, {
      accepts: ({ inputs: { x }, attributes }) => forwardPlan(x, attributes) !== undefined,
      run(call) {
        const { inputs, attributes, backend } = call;
        const { x } = inputs;
        // oneDNN's softmax is 0 where there is NaN.
        if (softmaxes[attributes.kind] !== undefined && hasNaN(backend, x)) return wasmKernel(op, call);
        const y = backend.output(x.shape);
        forwardPlan(x, attributes)!.primitive.run(backend.address(x), backend.address(y));
        return y;
      },
    });
  /** `known`: the tensor that the derivative is computed from. */
  const backward = (
    backend: KernelBackend,
    { dy, known }: Record<'dy' | 'known', TensorInfo>,
    attributes: ActivationAttributes,
  ): TensorInfo => {
    const dx = backend.output(dy.shape);
    const addresses = [known, dy, dx].map((tensor) => backend.address(tensor));
    backwardPlan(dy, attributes)!.primitive.run(...addresses);
    return dx;
  };

  return [
    forward(ops.activation),
    defineKernel(ops.activationGradient, {
      accepts: ({ inputs: { dy }, attributes }) => backwardPlan(dy, attributes) !== undefined,
      run: ({ inputs: { dy, y }, attributes, backend }) => backward(backend, { dy, known: y }, attributes),
    }),
    forward(ops.gatedActivation),
    defineKernel(ops.gatedActivationGradient, {
      accepts: ({ inputs: { dy }, attributes }) => backwardPlan(dy, attributes) !== undefined,
      run: ({ inputs: { dy, x }, attributes, backend }) => backward(backend, { dy, known: x }, attributes),
    }),
  ];
}

const softmaxes: Readonly<Record<string, number>> = {
  softmax: algorithm.softmax,
  logSoftmax: algorithm.logSoftmax,
};
