import {
  OptionError,
  checkPadding,
  toPair,
  windowGeometry,
  type PaddingOption,
  type Pair,
  type WindowOptions,
} from '@striate/core';
import type { LayerOptions } from '../layer-function.ts';
import { checkCounts } from '../options.ts';

/** Options that all pooling layers have. */
export interface Pool2dOptions extends LayerOptions {
  /** Height and width of the window, or one number for both. Default 2. */
  poolSize?: number | Pair;
  /** Step of the window. Default: poolSize, so that windows do not overlap. */
  strides?: number | Pair;
  /** 'valid' (none), 'same', a number, [vertical, horizontal] or [top, bottom, left, right]. Default 'valid'. */
  padding?: PaddingOption;
}

/** The window of a pooling layer, checked. @throws {OptionError} if a window could lie in the padding alone. */
export function poolWindow(
  where: string,
  { poolSize, strides, padding }: Required<Pick<Pool2dOptions, 'poolSize' | 'strides' | 'padding'>>,
): Omit<WindowOptions, 'size'> & { kernelSize: Pair; strides: Pair } {
  checkCounts(where, { poolSize, strides });
  checkPadding(where, padding);
  const kernelSize = toPair(poolSize);
  if (typeof padding !== 'string') {
    const [top, bottom, left, right] = windowGeometry(where, { size: kernelSize, kernelSize, padding }).padding;
    if (Math.max(top, bottom) >= kernelSize[0] || Math.max(left, right) >= kernelSize[1]) {
      throw new OptionError(
        `${where}: padding is ${JSON.stringify(padding)} and poolSize ${JSON.stringify(poolSize)}, so that a window could hold nothing but padding. Make padding smaller than poolSize.`,
      );
    }
  }
  return { kernelSize, strides: toPair(strides), padding };
}
