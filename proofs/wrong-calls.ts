// Wrong calls of every public function - a wrong kind, too little, too much, misspelt - are refused by an error of ours
// of one screen, and leave no tensor.
//
//   pnpm proof wrong-calls [--times 100] [--seed 1]
import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { parseArgs } from 'node:util';
import { describeMachine } from '../benchmarks/harness/machine.ts';
import { count, wholeNumber } from '../benchmarks/harness/options.ts';
import { drawWrongCalls } from '../tooling/conformance/src/wrong-calls/draw-wrong-calls.ts';
import { files } from '../tooling/conformance/src/wrong-calls/right-calls/fixtures.ts';
import { rightCalls } from '../tooling/conformance/src/wrong-calls/right-calls/index.ts';
import { tryWrongCall } from '../tooling/conformance/src/wrong-calls/try-wrong-call.ts';
import { conclude } from './shared/conclude.ts';

const { values: options } = parseArgs({
  options: { times: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
const times = count('times', options.times);
const seed = wholeNumber('seed', options.seed);

console.log(`${describeMachine()}; up to ${times} wrong calls of each function, seed ${seed}`);
await use(wasm({ threads: 1 }));
await files();
const shortfalls: string[] = [];
let functions = 0;
let calls = 0;
for (const [group, rights] of Object.entries(rightCalls)) {
  for (const right of rights) {
    right.args(); // what calls share is made before tensors are counted
    for (const wrong of drawWrongCalls(right, seed, times)) {
      calls++;
      const fault = await tryWrongCall(right, wrong);
      if (fault !== undefined) shortfalls.push(`${wrong.title}: ${fault}`);
    }
    functions++;
  }
  console.log(`${group}: ${rights.length} functions`);
}
conclude('wrong-calls', `${calls} wrong calls of ${functions} functions, ${shortfalls.length} shortfalls`, shortfalls);
