export { ensemble, type EnsembleOptions } from './ensemble.ts';
export type { ModelRequest, ModelSource } from './files/model-source.ts';
export { checkModelFolder, load, modelFiles, save, type LoadedModel, type LoadModelOptions } from './files/save.ts';
export { weightsSha256 } from './files/weights-sha256.ts';
export { monteCarlo, type MonteCarloOptions, type MonteCarloPrediction } from './monte-carlo.ts';
export { predict, predictOutputs, type PredictInputs, type PredictOptions } from './predict.ts';
