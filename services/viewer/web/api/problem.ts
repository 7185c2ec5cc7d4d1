import { say } from '../words/say';
import type { ProblemBody } from './shapes';

/** An answer that is not a success, in the server's own words where it had any. */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, body: ProblemBody) {
    super(sentence(body.detail ?? body.title ?? plainText(status)));
    this.status = status;
  }

  get isSessionOver(): boolean {
    return this.status === 401;
  }

  static async of(response: Response): Promise<Problem> {
    return Problem.parse(response.status, await response.text());
  }

  static parse(status: number, text: string): Problem {
    try {
      return new Problem(status, JSON.parse(text) as ProblemBody);
    } catch {
      return new Problem(status, {});
    }
  }
}

/** What to show a person for anything that was thrown. */
export function explain(error: unknown): string {
  if (error instanceof Problem) return error.message;
  if (error instanceof TypeError) {
    return say('The server cannot be reached. Check that Coverslip is running, then try again.');
  }
  return error instanceof Error ? sentence(error.message) : say('Something went wrong. Reload the page.');
}

/** The server's messages are lower-case and end without a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const capital = trimmed[0]!.toUpperCase() + trimmed.slice(1);
  return /[.!?。！？]$/.test(capital) ? capital : `${capital}.`;
}

function plainText(status: number): string {
  switch (status) {
    case 401:
      return say('your session is over: open a new login link');
    case 403:
      return say('your role does not allow this: ask whoever runs this server');
    case 404:
      return say('this does not exist, or not yet');
    case 413:
      return say('the file is larger than this server accepts');
    default:
      return say('the server answered with status {status}: try again, then look at its log', { status });
  }
}
