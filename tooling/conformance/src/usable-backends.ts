import { backends } from './backends.ts';
import { isRequired } from './is-required.ts';

/**
 * Names of the backends that work here. What does not is said with its reason, and is left out unless the environment
 * variable STRIATE_REQUIRE lists it: `STRIATE_REQUIRE=wasm,webgpu` makes the tests fail without those two.
 */
export const usableBackends: readonly string[] = await usable();

async function usable(): Promise<string[]> {
  const names: string[] = [];
  for (const [name, make] of Object.entries(backends)) {
    const found = await make().probe();
    if (found.available) names.push(name);
    else if (isRequired(name)) throw new Error(`STRIATE_REQUIRE lists ${name}, but: ${found.reason}`);
    else console.log(`left out: ${name}: ${found.reason} ${found.remedy}`);
  }
  return names;
}
