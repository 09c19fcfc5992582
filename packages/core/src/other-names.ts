// What Keras, PyTorch and others call a thing, beside the name of ours that must be known for it to be that, or
// undefined where nothing of ours is; and what to write, where that is more than another name.
const weights =
  'Weights of samples come with the batches: mapBatches(data, (batch) => ({ ...batch, weights: new Float32Array([...]) })).';
const ofOptimizer = 'It is an option of the optimizer: adam({ learningRate: 0.001 }).';
const logits = 'The loss always takes logits: give the last layer no softmax or sigmoid.';
const otherNames: readonly (readonly [theirs: string, ours: string | undefined, advice?: string])[] = [
  // Layers.
  ['bias', 'useBias'],
  ['outChannels', 'filters'],
  ['numFilters', 'filters'],
  ['outFeatures', 'units'],
  ['numClasses', 'units'],
  ['p', 'rate'],
  ['size', 'poolSize'],
  ['kernelSize', 'poolSize'],
  ['dilation', 'dilationRate'],
  ['eps', 'epsilon'],
  ['weightInitializer', 'kernelInitializer'],
  // Activations, initialisers and their options.
  ['swish', 'silu'],
  ['logistic', 'sigmoid'],
  ['identity', 'linear'],
  ['none', 'linear'],
  ['kaimingNormal', 'heNormal'],
  ['kaimingUniform', 'heUniform'],
  ['xavierNormal', 'glorotNormal'],
  ['xavierUniform', 'glorotUniform'],
  ['std', 'standardDeviation'],
  ['stddev', 'standardDeviation'],
  // Data.
  ['batchSize', 'size'],
  ['dropLast', 'lastBatch', "Write lastBatch: 'drop'."],
  ['dropRemainder', 'lastBatch', "Write lastBatch: 'drop'."],
  ['sampleWeight', 'weights'],
  ['sampleWeights', 'weights'],
  // Optimizers, losses and fit.
  ['decay', 'weightDecay'],
  ['lr', 'learningRate'],
  ['betas', 'beta1', 'Write beta1 and beta2.'],
  ['lr', 'optimizer', ofOptimizer],
  ['learningRate', 'optimizer', ofOptimizer],
  ['weightDecay', 'optimizer', 'It is an option of the optimizer: adamW({ weightDecay: 0.01 }).'],
  ['validationData', 'validation'],
  ['classWeight', 'loss', weights],
  ['sampleWeight', 'loss', weights],
  ['fromLogits', undefined, logits],
];

const plain = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');

/** What to write for a name that another library has for one of the known names; undefined if none has. */
export function adviceOnOtherName(name: string, known: readonly string[]): string | undefined {
  const given = plain(name);
  const found = otherNames.find(
    ([theirs, ours]) => plain(theirs) === given && (ours === undefined || known.includes(ours)),
  );
  return found && (found[2] ?? `Did you mean '${found[1]}'?`);
}
