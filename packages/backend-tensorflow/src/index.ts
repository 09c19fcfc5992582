export type { TensorFlowOptions } from './options.ts';
export { tensorflow, type TensorFlowBackend, type TensorFlowStats } from './tensorflow.ts';
