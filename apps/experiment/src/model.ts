import { batchNorm, conv2d, dense, dropout, flatten, input, maxPool2d, sequential, type Model } from '@striate/layers';

/** The network: two convolutions with batch normalisation, each followed by pooling, then dropout and 10 neurons. */
export function model(): Model {
  return sequential([
    input([28, 28, 1]),
    conv2d({ filters: 16, kernelSize: 3, useBias: false }),
    batchNorm({ momentum: 0.9, activation: 'relu' }),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 32, kernelSize: 3, useBias: false }),
    batchNorm({ momentum: 0.9, activation: 'relu' }),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dropout({ rate: 0.25 }),
    dense({ units: 10 }),
  ]);
}
