// The two networks in stock TensorFlow.js ops: no layers API, so that nothing but the ops is timed.

const weightDecay = 1e-4;

/** Makes one training (peer.ts) of the small CNN or ResNet-20 with the engine `tf`. */
export function tfjsTraining(tf, { model, dropout }, start) {
  const variables = new Map();
  for (const [name, { shape, values }] of start) {
    if (name !== 'x' && name !== 'labels') variables.set(name, tf.variable(tf.tensor(values, shape), true, name));
  }
  const [count, ...batchShape] = start.get('x').shape;
  const x = tf
    .split(tf.tensor(start.get('x').values, [count, ...batchShape]), count)
    .map((batch) => tf.reshape(batch, batchShape));
  const labels = tf
    .split(tf.tensor(start.get('labels').values, start.get('labels').shape, 'int32'), count)
    .map((batch) => tf.cast(tf.oneHot(tf.reshape(batch, [-1]), 10), 'float32'));
  const forward = model === 'cnn' ? cnn(tf, variables, dropout) : resnet20(tf, variables);
  const optimizer = model === 'cnn' ? tf.train.adam(1e-3, 0.9, 0.999, 1e-8) : tf.train.momentum(0.01, 0.9);
  let loss = tf.scalar(0);
  return {
    step(batch) {
      loss.dispose();
      loss = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() =>
          tf.losses.softmaxCrossEntropy(labels[batch], forward(x[batch])),
        );
        if (model === 'resnet20') {
          for (const [name, variable] of variables) grads[name] = tf.add(grads[name], tf.mul(variable, weightDecay));
        }
        optimizer.applyGradients(grads);
        return value;
      });
    },
    loss: async () => (await loss.data())[0],
  };
}

function cnn(tf, variables, dropout) {
  const v = (name) => variables.get(name);
  const convolution = (x, name) =>
    tf.maxPool(tf.relu(tf.add(tf.conv2d(x, v(`${name}.kernel`), 1, 'valid'), v(`${name}.bias`))), 2, 2, 'valid');
  const dense = (x, name) => tf.add(tf.matMul(x, v(`${name}.kernel`)), v(`${name}.bias`));
  return (x) => {
    const features = tf.reshape(convolution(convolution(x, 'conv1'), 'conv2'), [x.shape[0], 1600]);
    const kept = dropout > 0 ? tf.dropout(features, dropout) : features;
    return dense(tf.relu(dense(kept, 'dense1')), 'dense2');
  };
}

function resnet20(tf, variables) {
  const v = (name) => variables.get(name);
  const moving = new Map();
  for (const [name, { shape }] of variables) {
    if (name.endsWith('.gamma'))
      moving.set(name, [tf.variable(tf.zeros(shape), false), tf.variable(tf.ones(shape), false)]);
  }
  const normalized = (x, name, strides = 1) => {
    const kernel = v(`${name}.kernel`);
    // 'same' pads a strided convolution on the other side than PyTorch does, and the binding knows no numbers.
    const padded = strides === 2 && kernel.shape[0] === 3;
    const y = padded
      ? tf.conv2d(
          tf.pad(x, [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ]),
          kernel,
          strides,
          'valid',
        )
      : tf.conv2d(x, kernel, strides, 'same');
    const { mean, variance } = tf.moments(y, [0, 1, 2]);
    for (const [average, now] of [
      [moving.get(`${name}.gamma`)[0], mean],
      [moving.get(`${name}.gamma`)[1], variance],
    ]) {
      average.assign(tf.add(tf.mul(average, 0.9), tf.mul(now, 0.1)));
    }
    return tf.batchNorm(y, mean, variance, v(`${name}.beta`), v(`${name}.gamma`), 1e-5);
  };
  return (x) => {
    let h = tf.relu(normalized(x, 'stem'));
    for (let block = 0; block < 9; block++) {
      const hasShortcut = variables.has(`block${block}.shortcut.kernel`);
      const strides = hasShortcut ? 2 : 1;
      const branch = normalized(tf.relu(normalized(h, `block${block}.first`, strides)), `block${block}.second`);
      const shortcut = hasShortcut ? normalized(h, `block${block}.shortcut`, strides) : h;
      h = tf.relu(tf.add(branch, shortcut));
    }
    return tf.add(tf.matMul(tf.mean(h, [1, 2]), v('head.kernel')), v('head.bias'));
  };
}
