import { locale } from '../words/say';

/** `1.9 MB`, in powers of 1,000 as storage is sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))} ${units[unit]}`;
}

/** `0.21 s`, `42 s`, `3 min 5 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** To two figures after the point, never rounded up to certainty: `0.97`, `> 0.99`, `< 0.01`. */
export function formatProbability(probability: number): string {
  if (probability > 0.99 && probability < 1) return '> 0.99';
  if (probability > 0 && probability < 0.01) return '< 0.01';
  return probability.toFixed(2);
}

/** Up to three figures, for values on a legend; what is below half a hundredth is 0 there. */
export function formatValue(value: number): string {
  if (Math.abs(value) < 0.005) return '0';
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** To two figures with its sign, however small: `+0.31`, `−0.00012`, `+4.1e-7`. */
export function formatSigned(value: number): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '−'}${Number(Math.abs(value).toPrecision(2))}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString(locale()).replaceAll(',', '\u202f');
}

/** `20 Nov 2026, 14:02`, in the reader's time zone. */
export function formatTime(iso: string): string {
  return new Date(iso).toLocaleString(locale(), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** `14:02`, in the reader's time zone. */
export function formatClock(iso: string): string {
  return new Date(iso).toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit' });
}

export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
