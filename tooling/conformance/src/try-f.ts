import { mkdtemp } from 'node:fs/promises';
import { bundlers, makeProject } from './bundlers.ts';
for (const [name, bundle] of Object.entries(bundlers)) {
  if (process.argv[2] && process.argv[2] !== name) continue;
  const folder = `/tmp/f-try/p-${name}`;
  await makeProject(folder).catch((e) => console.log(e.message));
  const start = Date.now();
  await bundle(folder, `/tmp/f-try/o-${name}`).catch((e) =>
    console.log(name, String(e.stack).slice(0, 3000), e.stdout, e.stderr),
  );
  console.log(name, Date.now() - start);
}
