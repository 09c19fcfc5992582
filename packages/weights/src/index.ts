export { readSafetensors, type Safetensors } from './read-safetensors.ts';
export type { StoredTensor, TensorData, TensorType } from './tensor-types.ts';
export { writeSafetensors } from './write-safetensors.ts';
