// Convolution of a signal, as mathematics defines it and as networks compute it.
// Run it in the workspace: node --conditions=@striate/source examples/convolution-of-a-signal.ts
import { wasm } from '@striate/backend-wasm';
import { tensor, use } from '@striate/core';
import { conv1d, forward, input, sequential } from '@striate/layers';

await use(wasm());

const signal = [0, 0, 1, 0, 0, 2, 2, 2, 0, 0];
const kernel = [3, 2, 1]; // not symmetric, so that its order shows

/** True convolution: (x * k)[i] = sum over u of x[i - u] k[u]; every sample sets off a copy of the kernel. */
function convolve(x: number[], k: number[]): number[] {
  const y = new Array<number>(x.length + k.length - 1).fill(0);
  for (let i = 0; i < x.length; i++) for (let u = 0; u < k.length; u++) y[i + u]! += x[i]! * k[u]!;
  return y;
}

/** What a convolution layer computes: cross-correlation, y[i] = sum over u of x[i + u - p] k[u], with padding p. */
async function correlate(x: number[], k: number[]): Promise<number[]> {
  const padding = k.length - 1; // as long as the true convolution
  const layer = conv1d({ filters: 1, kernelSize: k.length, padding, useBias: false });
  const model = sequential([input([x.length, 1]), layer]);
  const parameters = { 'conv1d/kernel': tensor(k, [k.length, 1, 1]) };
  const { outputs } = forward(model, { parameters, state: {}, inputs: [tensor(x, [1, x.length, 1])] });
  return [...(await outputs[0]!.data())];
}

const show = (name: string, values: number[]): void =>
  console.log(name.padEnd(40) + values.map((value) => String(value).padStart(4)).join(''));

show('signal', signal);
show('kernel', kernel);
show('true convolution', convolve(signal, kernel));
show('the layer: cross-correlation', await correlate(signal, kernel));
show('the layer with the kernel reversed', await correlate(signal, kernel.toReversed()));
console.log('The last row is the true convolution: a layer learns its kernel, so the order makes no difference to it.');
console.log('True convolution commutes, correlation does not:');
show('  kernel * signal', convolve(kernel, signal));
show('  the layer, signal and kernel swapped', await correlate(kernel, signal));
