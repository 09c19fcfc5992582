/** 12,345 */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** 98.4 %, with a space that does not break. */
export function percent(share: number): string {
  const text = (100 * share).toFixed(1);
  return `${text.replace(/^(0|100)\.0$/, '$1')}\u{a0}%`;
}

/** 0.0712 */
export function lossText(loss: number): string {
  return loss.toFixed(loss < 0.1 ? 4 : 3);
}

/** 0:42, as a clock shows it. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
