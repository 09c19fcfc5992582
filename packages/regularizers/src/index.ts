export { checkConstraint, constrain } from './constrain.ts';
export {
  maxNorm,
  minMaxNorm,
  nonNegative,
  unitNorm,
  type MaxNormOptions,
  type MinMaxNormOptions,
  type NormOptions,
} from './constraints.ts';
export { checkRegularizer, penalty } from './penalty.ts';
export type { ConstraintRecord, RegularizerRecord } from './records.ts';
export { l1, l1l2, l2, orthogonal, type OrthogonalOptions } from './regularizers.ts';
