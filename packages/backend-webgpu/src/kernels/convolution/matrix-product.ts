import type { Binding, Dispatch } from '../../kernel.ts';
import type { Operand } from './operand.ts';
import type { ProductSizes } from './product-sizes.ts';
import type { Store } from './store.ts';

/** Products a b of matrices that are read and stored where they lie, whatever their layout. */
export interface MatrixProduct {
  /** Names the programs; `constants` must tell apart all code under one name. */
  name: string;
  /** Whole numbers and flags; code may use numbers as u32 alone, since small products get them as uniforms. */
  constants: NonNullable<Dispatch['constants']>;
  sizes: ProductSizes;
  /** Arrays of both operands; those of small products by elements. */
  inputs: Record<string, Binding>;
  a: Operand;
  b: Operand;
  store: Store;
  /** WGSL of `fn innerOf(z: u32) -> u32`: the terms of product z, if fewer than `sizes.inner` in some. */
  innerOf?: string;
  /** Store the sums of b's columns as well, as the row after the last; b is then read across the sum. */
  columnSums?: boolean;
}

/** WGSL: all sums have `sizes.inner` terms. */
export const wholeInner = 'fn innerOf(z: u32) -> u32 { return uniforms.inner; }';
