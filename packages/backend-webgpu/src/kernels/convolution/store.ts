import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Binding } from '../../kernel.ts';
import { isSmall, type ProductSizes } from './product-sizes.ts';

/** Where the elements of a product go. */
export interface Store {
  inputs?: Record<string, Binding>;
  outputs: Record<string, Binding>;
  /** How many columns are stored at once; arrays whose elements lie like columns are bound as vectors of so many. */
  width: 1 | 4;
  /** WGSL of `fn store(z: u32, row: u32, column: u32, value: Value)`. */
  code: string;
}

/** How many of `columns` elements in a row are read or written at once; one in a small product. */
export const widthOf = (columns: number, sizes?: ProductSizes): 1 | 4 =>
  columns % 4 === 0 && !(sizes && isSmall(sizes)) ? 4 : 1;

/** As an array of vectors where four elements at a time are read or written. */
export const bound = (tensor: TensorInfo, four: boolean | 1 | 4): Binding =>
  four === true || four === 4 ? { tensor, vectors: true } : tensor;

/** The tensors there are, as arrays. */
export function boundAll(
  tensors: Record<string, TensorInfo | undefined>,
  four: boolean | 1 | 4,
): Record<string, Binding> {
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) => (tensor ? [[name, bound(tensor, four)]] : [])),
  );
}

/** WGSL that finishes `value`, by bias and activation; `biasIndex` counts elements. NaN stays NaN. */
export function finishCode(bias: boolean, relu: boolean, biasIndex: string, width: 1 | 4): string {
  return `
    var result = value;
    ${bias ? `result += bias[(${biasIndex}) / ${width}];` : ''}
    ${relu ? 'result = select(result, Value(0), result < Value(0));' : ''}`;
}
