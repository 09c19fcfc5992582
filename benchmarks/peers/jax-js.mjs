// jax-js on its WebAssembly backend, one thread, the small CNN with Adam written out, the step compiled by jit.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { peerOptions, serve } from './peer.ts';
import { readSafetensors } from './safetensors.ts';
import { startBatches } from './start-file.ts';

const options = peerOptions();
const require = createRequire(new URL('.installed/node/package.json', import.meta.url));
// Its ESM build, beside the CommonJS one that require resolves.
const jax = await import(new URL('index.js', pathToFileURL(require.resolve('@jax-js/jax'))).href);
const { numpy: np, lax, nn, random } = jax;
await jax.init('wasm');
jax.defaultDevice('wasm');

const start = readSafetensors(options.start);
const array = (name) => np.array(start.get(name).values).reshape(start.get(name).shape);
const kernel = (name) => np.transpose(array(name), [3, 2, 0, 1]);
let parameters = {
  conv1: kernel('conv1.kernel'),
  conv1Bias: array('conv1.bias').reshape([1, 32, 1, 1]),
  conv2: kernel('conv2.kernel'),
  conv2Bias: array('conv2.bias').reshape([1, 64, 1, 1]),
  // Images are flattened as C, H, W here, and as H, W, C in the file.
  dense1: np.transpose(array('dense1.kernel').reshape([5, 5, 64, 128]), [2, 0, 1, 3]).reshape([1600, 128]),
  dense1Bias: array('dense1.bias'),
  dense2: array('dense2.kernel'),
  dense2Bias: array('dense2.bias'),
};
const names = Object.keys(parameters);
const zeros = () => Object.fromEntries(names.map((name) => [name, np.zerosLike(parameters[name].ref)]));
let means = zeros();
let variances = zeros();

const [, batchSize] = start.get('x').shape;
const slice = (values, index) =>
  values.slice((index * values.length) / startBatches, ((index + 1) * values.length) / startBatches);
const batches = Array.from({ length: startBatches }, (_, index) => ({
  x: np.array(slice(start.get('x').values, index)).reshape([batchSize, 1, 28, 28]),
  targets: nn.oneHot(np.array(slice(start.get('labels').values, index), { dtype: np.int32 }), 10),
}));

const pool = (x) => lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
function lossOf(p, x, targets, keep) {
  const h1 = pool(nn.relu(lax.convGeneralDilated(x, p.conv1, [1, 1], 'VALID').add(p.conv1Bias)));
  const h2 = pool(nn.relu(lax.convGeneralDilated(h1, p.conv2, [1, 1], 'VALID').add(p.conv2Bias)));
  const kept = h2.reshape([batchSize, 1600]).mul(keep);
  const h3 = nn.relu(np.matmul(kept, p.dense1).add(p.dense1Bias));
  const logits = np.matmul(h3, p.dense2).add(p.dense2Bias);
  return nn
    .logSoftmax(logits)
    .mul(targets)
    .sum()
    .mul(-1 / batchSize);
}

const update = jax.jit((p, m, v, x, targets, keep, scale1, scale2) => {
  const [loss, gradients] = jax.valueAndGrad(lossOf)(jax.tree.ref(p), x, targets, keep);
  const next = { p: {}, m: {}, v: {} };
  for (const name of names) {
    const gradient = gradients[name];
    next.m[name] = m[name].mul(0.9).add(gradient.ref.mul(0.1));
    next.v[name] = v[name].mul(0.999).add(np.square(gradient).mul(0.001));
    const denominator = np.sqrt(next.v[name].ref.mul(scale2.ref)).add(1e-8);
    next.p[name] = p[name].sub(next.m[name].ref.mul(scale1.ref).div(denominator).mul(1e-3));
  }
  scale1.dispose();
  scale2.dispose();
  return [loss, next];
});

let count = 0;
let lastLoss = np.array(0);
await serve(
  {
    async step(batch) {
      count++;
      const { x, targets } = batches[batch];
      const keep =
        options.dropout > 0
          ? random
              .bernoulli(random.key(count), 1 - options.dropout, [batchSize, 1600])
              .astype(np.float32)
              .mul(1 / (1 - options.dropout))
          : np.ones([batchSize, 1600]);
      const scale1 = np.array(1 / (1 - 0.9 ** count));
      const scale2 = np.array(1 / (1 - 0.999 ** count));
      const [loss, next] = update(parameters, means, variances, x.ref, targets.ref, keep, scale1, scale2);
      await jax.blockUntilReady(next);
      lastLoss.dispose();
      [lastLoss, parameters, means, variances] = [loss, next.p, next.m, next.v];
    },
    loss: async () => (await lastLoss.ref.data())[0],
  },
  startBatches,
);
