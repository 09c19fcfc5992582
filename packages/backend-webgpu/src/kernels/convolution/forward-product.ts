import type { Gpu } from '../../kernel.ts';
import type { ForwardTensors } from './convolution-tensors.ts';
import type { MatrixProduct } from './matrix-product.ts';
import { product } from './product.ts';
import { bound, boundAll, finishCode, widthOf } from './store.ts';

/** A convolution whose kernel is one matrix [tap, channel][filter] a group, or a place of the window. */
interface ForwardProduct extends Pick<MatrixProduct, 'name' | 'constants' | 'sizes'> {
  tensors: ForwardTensors;
  relu: boolean;
  /** Channels that a tap sees. */
  channels: number;
  /** WGSL as of an operand's `code`: what the window sees, and the kernel. */
  windowCode: string;
  filterCode: string;
  /** WGSL of indices: the bias of a column of product z, and where a row of y begins, whose elements lie like biases. */
  biasIndex: string;
  rowStart: string;
}

/** y = act(x * kernel + bias), as one product for all of a batch. */
export function forwardProduct(
  gpu: Gpu,
  { name, constants, sizes, tensors, relu, channels, windowCode, filterCode, biasIndex, rowStart }: ForwardProduct,
): void {
  const { x, kernel, bias, y } = tensors;
  const width = widthOf(sizes.columns, sizes);
  const vectors = widthOf(channels, sizes) === 4;
  product(gpu, {
    name,
    constants: { ...constants, RELU: relu },
    sizes,
    inputs: { x: bound(x, vectors), kernel: bound(kernel, width) },
    a: { array: 'x', along: 'inner', vectors, code: windowCode },
    b: { array: 'kernel', along: 'outer', vectors: width === 4, code: filterCode },
    store: {
      width,
      inputs: boundAll({ bias }, width),
      outputs: { y: bound(y, width) },
      code: `
        fn store(z: u32, row: u32, column: u32, value: Value) {
          let filter_ = ${biasIndex};
          ${finishCode(bias !== undefined, relu, 'filter_', width)}
          y[(${rowStart} + filter_) / ${width}] = result;
        }`,
    },
  });
}
