/**
 * Ends a proof: says what fell short, then in one last line what was reached. The exit code is 0 only if nothing fell
 * short.
 */
export function conclude(name: string, reached: string, shortfalls: readonly string[]): void {
  for (const shortfall of shortfalls) console.log(`fell short: ${shortfall}`);
  console.log(`proof ${name} ${shortfalls.length === 0 ? 'holds' : 'DOES NOT HOLD'}: ${reached}`);
  if (shortfalls.length > 0) process.exitCode = 1;
}
