import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ops } from '@striate/core';
import { flag, float32, integers, text, type } from '../attributes.ts';
import type { BindingAttribute } from '../binding.ts';
import { kernel, type Kernel } from '../kernel.ts';
import { windowAttributes, type Operations } from '../operations.ts';

const attributesOf = ({ poolSize, ...window }: ops.MaxPool2dAttributes): BindingAttribute[] =>
  windowAttributes(window, [integers('ksize', [1, ...poolSize, 1])]);

export const maxPool2d: Kernel = kernel<{ x: TensorInfo }, ops.MaxPool2dAttributes>({
  name: 'striate.MaxPool2d',
  run({ inputs: { x }, attributes, run }) {
    const y = run.one('MaxPool', [run.of(x)], attributesOf(attributes));
    return [run.finish(y, undefined, attributes.activation)];
  },
});

/** Lower than any float32 that a network holds. */
const lowest = -3.4028234663852886e38;

/**
 * On the CPU, TensorFlow's own gradient takes 20 times as long as the pooling. oneDNN's, which TensorFlow puts in its
 * place only where it sees a whole graph, can be called by name: it wants the places of the maxima, and no padding.
 */
function gradientByOneDnn(
  run: Operations,
  x: TensorInfo,
  dz: number,
  { poolSize, strides, padding }: ops.MaxPool2dAttributes,
): number {
  const [top, bottom, left, right] = padding;
  const isPadded = padding.some((side) => side > 0);
  const sides = run.constants.integers([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
  const image = isPadded
    ? run.one('PadV2', [run.of(x), sides, run.constants.scalar(lowest)], [float32, type('Tpaddings', 'int32')])
    : run.of(x);
  const attributes = [
    ...windowAttributes({ strides, padding: [0, 0, 0, 0] }, [integers('ksize', [1, ...poolSize, 1])]),
    flag('workspace_enabled', true),
    text('_kernel', 'MklNameChangeOp'),
  ];
  const [y, places] = run.many('_MklNativeMaxPool', [image], attributes, 2);
  const dx = run.one('_MklNativeMaxPoolGrad', [image, y!, dz, places!], attributes);
  return isPadded ? run.slice(dx, [0, top, left, 0], x.shape) : dx;
}

/** Not in every build of TensorFlow; found out at the first call. */
let hasOneDnn = true;

export const maxPool2dGradient: Kernel = kernel<
  { dy: TensorInfo; x: TensorInfo; y: TensorInfo },
  ops.MaxPool2dAttributes
>({
  name: 'striate.MaxPool2dGradient',
  run({ inputs: { dy, x, y }, attributes, isGpu, run }) {
    const dz = run.masked(dy, attributes.activation === 'relu' ? y : undefined);
    if (hasOneDnn && !isGpu) {
      try {
        return [gradientByOneDnn(run, x, dz, attributes)];
      } catch {
        hasOneDnn = false;
      }
    }
    return [run.one('MaxPoolGrad', [run.of(x), run.of(y), dz], attributesOf(attributes))];
  },
});
