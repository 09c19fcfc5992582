export type { Availability, Backend, BackendStats } from './backend.ts';
export { defineOp, once, only, type GradientContext, type Op, type OpDefinition } from './define-op.ts';
export type { OpInputs } from './op-inputs.ts';
export { BackendError, DataError, NumericError, OptionError, ShapeError } from './errors.ts';
export { valueAndGradients, type LossAndMore, type ValueAndGradients } from './gradients.ts';
export type { Json } from './json.ts';
export type {
  Activation,
  AxisWindow,
  ChannelMap,
  Constraint,
  ImageAxis,
  Initializer,
  InitializerRandom,
  Layer,
  LayerContext,
  LayerRandom,
  LayerResult,
  LayerTraits,
  LinearPart,
  ParameterKind,
  ParameterSpec,
  Regularizer,
} from './layer.ts';
export { checkOptionNames, checkOptions, isRecord } from './check-options.ts';
export {
  foreignKinds,
  isKind,
  kindOf,
  ownKinds,
  type Contract,
  type DefineKind,
  type Definition,
} from './kinds/define-kind.ts';
export {
  checkKinds,
  checkMember,
  fromRecord,
  functionOf,
  isMember,
  recordOf,
  typesOf,
  type Family,
} from './kinds/family.ts';
export type {
  AnyKind,
  Arguments,
  Form,
  Given,
  Kind,
  KindRecord,
  Option,
  Options,
  OptionsOf,
  Presence,
  Reading,
  RecordApart,
  Settings,
} from './kinds/kind.ts';
export * as option from './kinds/options.ts';
export { checkPath } from './check-path.ts';
export { checkChoice, checkCounts, checkFlag, checkFunction, checkRange, checkText } from './check-values.ts';
export { checkRuntime } from './check-runtime.ts';
export { checkShapes, type Shapes } from './check-shapes.ts';
export { checkTensor, requireBackend } from './check-tensors.ts';
export { arrayKind, clipped, describe, isTensor } from './describe.ts';
export { makeFolders, type FolderMaking } from './make-folders.ts';
export { nearest, suggestion } from './nearest.ts';
export { parseJson } from './parse-json.ts';
export { checkForm, readJson } from './read-json.ts';
export * as ops from './ops/index.ts';
export * as stock from './stock.ts';
export { checkOutputMeaning, outputMeanings, type OutputMeaning, type OutputMeanings } from './output-meaning.ts';
export { checkPaddingFits, checkPaddingMode, paddedPlaces, paddingModes, type PaddingMode } from './padding-mode.ts';
export { permutation } from './permutation.ts';
export { philox4x32, type Words4 } from './philox.ts';
export type { NetworkFacts } from './network-facts.ts';
export type { PictureStyle, Preprocessing } from './preprocessing.ts';
export { readRegularFile, type FileReading } from './read-regular-file.ts';
export { fetchBytes, fileUrl, shownUrl, type FetchBytesOptions } from './fetch-bytes.ts';
export { checkUint32, hashName, streams, type RandomKey } from './random-key.ts';
export {
  randomBits,
  randomNormal,
  randomUniform,
  truncatedNormal,
  type NormalOptions,
  type RandomOptions,
  type UniformOptions,
} from './random.ts';
export { sha256 } from './sha256.ts';
export {
  checkPadding,
  outputSize,
  samePadding,
  sizeOf,
  toPair,
  windowGeometry,
  type Padding,
  type PaddingOption,
  type Pair,
  type Shape,
  type Window,
  type WindowOptions,
} from './shape.ts';
export * from './tensor.ts';
export { occupyBackend } from './occupy-backend.ts';
export { activeBackend, use, type UseOptions } from './use.ts';
