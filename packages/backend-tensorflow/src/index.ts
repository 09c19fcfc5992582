export { tensorflow, type TensorFlowBackend, type TensorFlowOptions, type TensorFlowStats } from './tensorflow.ts';
