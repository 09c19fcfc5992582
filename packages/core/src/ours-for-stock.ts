/** By the kernel of a stock operation: what it is called, and what of ours is written instead. */
const instead: Readonly<Record<string, readonly [stock: string, ours: string]>> = {
  Abs: ['abs', 'ops.abs'],
  Add: ['add', 'ops.add'],
  ArgMax: ['argMax', 'ops.argMax'],
  AvgPool: ['avgPool', 'ops.averagePool2d'],
  BatchMatMul: ['matMul', 'ops.matMul'],
  Cast: ['cast', 'ops.cast'],
  ClipByValue: ['clipByValue', 'ops.clip'],
  Concat: ['concat', 'ops.concat'],
  Conv2D: ['conv2d', 'ops.conv2d'],
  Elu: ['elu', "ops.activation(x, 'elu')"],
  Exp: ['exp', 'ops.exp'],
  ExpandDims: ['expandDims', 'ops.expandDims'],
  GatherV2: ['gather', 'ops.pick, or ops.slice'],
  Identity: ['clone', 'ops.reshape(x, x.shape)'],
  Log: ['log', 'ops.log'],
  LogSoftmax: ['logSoftmax', 'ops.logSoftmax'],
  Max: ['max', 'ops.max'],
  MaxPool: ['maxPool', 'ops.maxPool2d'],
  Maximum: ['maximum', 'ops.maximum'],
  Mean: ['mean', 'ops.mean'],
  Min: ['min', 'ops.min'],
  Minimum: ['minimum', 'ops.minimum'],
  Multiply: ['mul', 'ops.multiply'],
  Neg: ['neg', 'ops.negative'],
  Pack: ['stack', 'ops.stack'],
  PadV2: ['pad', 'ops.pad'],
  Pow: ['pow', 'ops.power'],
  RealDiv: ['div', 'ops.divide'],
  Relu: ['relu', "ops.activation(x, 'relu')"],
  Reshape: ['reshape', 'ops.reshape'],
  Select: ['where', 'ops.where'],
  Sigmoid: ['sigmoid', "ops.activation(x, 'sigmoid')"],
  Sign: ['sign', 'ops.sign'],
  Slice: ['slice', 'ops.slice'],
  Softmax: ['softmax', 'ops.softmax'],
  Softplus: ['softplus', "ops.activation(x, 'softplus')"],
  Sqrt: ['sqrt', 'ops.sqrt'],
  Square: ['square', 'ops.square'],
  SquaredDifference: ['squaredDifference', 'ops.square(ops.subtract(a, b))'],
  Sub: ['sub', 'ops.subtract'],
  Sum: ['sum', 'ops.sum'],
  Tanh: ['tanh', "ops.activation(x, 'tanh')"],
  Tile: ['tile', 'ops.broadcastTo'],
  Transpose: ['transpose', 'ops.transpose'],
};

/** What is written in the place of a stock kernel, 'ops.add' for 'Add'. */
export const oursFor = (kernelName: string): string | undefined => instead[kernelName]?.[1];

/** What is said where a gradient goes through a kernel that has none: the engine's own, as `stock` has them and tfjs. */
export function oursForStock(kernelName: string): string {
  const found = instead[kernelName];
  if (found) return `stock.${found[0]} has no gradient here; write ${found[1]}.`;
  return `${kernelName}: this kernel of the engine has no gradient here. Write it with ops of @striate/core, or define one with defineOp.`;
}
