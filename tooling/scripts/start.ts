// `pnpm start`: builds the packages, trains LeNet-5 on MNIST through the command line, and shows how to use the result.
import { run } from './run.ts';

// A folder of this command's own: trainings of the command line have other names by default.
const out = 'runs/start';

run('turbo', ['run', 'build', '--filter=striate', '--output-logs=errors-only'], 'building the packages');
run(
  'striate',
  [
    'train',
    '--model',
    'lenet5',
    '--data',
    'mnist',
    '--epochs',
    '8',
    '--schedule',
    'cosine',
    '--out',
    out,
    '--overwrite',
  ],
  'training LeNet-5 on the 60,000 handwritten digits of MNIST',
);
console.log(`\nNow let it read a picture:\n
  npx -y -p node@24 -p pnpm@12 -- pnpm exec striate predict --model ${out} examples/pictures/seven.png

On Linux x64, oneDNN trains larger networks faster (ResNet-20 1.3 times): \`pnpm exec striate setup onednn\`, then --backend auto.
`);
