import {
  activation,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  maxPool2d,
  sequential,
  type Model,
} from '@striate/layers';

/** A network with all that makes training depend on its history: batch norm, dropout. */
export function smallNet(): Model {
  return sequential([
    input([6, 6, 1]),
    conv2d({ filters: 4, kernelSize: 3 }),
    batchNorm({ momentum: 0.99 }),
    activation({ activation: 'relu' }),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dropout({ rate: 0.2 }),
    dense({ units: 4 }),
  ]);
}
