import { parseSync } from 'vite';

/** For tests: a piece of a source file's syntax, as ESTree names it. */
export interface Syntax {
  type: string;
  [part: string]: unknown;
}

const TEXTS = import.meta.glob<string>(['../**/*.ts', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** What the viewer is built of, by its path below `web/`. */
export const FILES: readonly { path: string; syntax: Syntax }[] = Object.entries(TEXTS).map(([at, text]) => {
  const path = at.startsWith('./') ? `words/${at.slice(2)}` : at.slice(3);
  return { path, syntax: parseSync(path, text).program as unknown as Syntax };
});

/** Every piece within `syntax`, itself first; `enter` says of which the insides count. */
export function* pieces(syntax: unknown, enter: (piece: Syntax) => boolean = () => true): Generator<Syntax> {
  if (Array.isArray(syntax)) {
    for (const part of syntax) yield* pieces(part, enter);
  } else if (isSyntax(syntax)) {
    yield syntax;
    if (enter(syntax)) for (const part of Object.values(syntax)) yield* pieces(part, enter);
  }
}

/** The arguments of a call of the function `name`; `null` of anything else. */
export function argumentsOf({ type, callee, arguments: given }: Syntax, name: string): Syntax[] | null {
  const isCall = type === 'CallExpression' && isSyntax(callee) && callee.type === 'Identifier' && callee.name === name;
  return isCall ? (given as Syntax[]) : null;
}

/** The text that a literal, or several joined by `+`, stand for; `null` of anything else. */
export function constantText(syntax: Syntax | undefined): string | null {
  if (syntax?.type === 'Literal') return typeof syntax.value === 'string' ? syntax.value : null;
  if (syntax?.type !== 'BinaryExpression' || syntax.operator !== '+') return null;
  const [left, right] = [constantText(syntax.left as Syntax), constantText(syntax.right as Syntax)];
  return left === null || right === null ? null : left + right;
}

export function isSyntax(value: unknown): value is Syntax {
  return typeof value === 'object' && value !== null && typeof (value as Syntax).type === 'string';
}
