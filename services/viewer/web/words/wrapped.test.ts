import { expect, test } from 'vitest';
import { argumentsOf, constantText, FILES, isSyntax, pieces, type Syntax } from './source';

/** Which arguments of our own functions are read by people, from which on. */
const CONTENT_FROM: Readonly<Record<string, number>> = { h: 2, fill: 1, section: 1, row: 0, facts: 0 };
const READ_ATTRIBUTES = ['title', 'aria-label', 'placeholder', 'alt'];
const READ_PROPERTIES = ['textContent', 'title', 'alt', 'placeholder', 'ariaLabel'];
/** Names and units, which are the same in every language. */
const SAME_EVERYWHERE = /Coverslip|µm|mm|px/g;

/** Whatever of a piece of content is shown as it stands; what calls answer with is looked at where they are made. */
function shown(content: unknown): string[] {
  if (!isSyntax(content)) return [];
  const text = constantText(content);
  if (text !== null) return [text];
  const parts = (...names: string[]) => names.flatMap((name) => [content[name]].flat()).flatMap(shown);
  switch (content.type) {
    case 'ConditionalExpression':
      return parts('consequent', 'alternate');
    case 'LogicalExpression':
      return content.operator === '&&' ? parts('right') : parts('left', 'right');
    case 'BinaryExpression':
      return content.operator === '+' ? parts('left', 'right') : [];
    case 'ArrayExpression':
      return parts('elements');
    case 'TSAsExpression':
    case 'ParenthesizedExpression':
      return parts('expression');
    case 'TemplateLiteral':
      return (content.quasis as Syntax[]).map(({ value }) => (value as { cooked: string }).cooked);
    default:
      return [];
  }
}

function named(property: Syntax): string {
  const key = property.key as Syntax;
  return String(key.name ?? key.value);
}

/** What a piece of a file lets people read without saying it in their language. */
function unsaid(piece: Syntax): string[] {
  if (piece.type === 'NewExpression') {
    const isError = String((piece.callee as Syntax).name).match(/Error$|Profile$/);
    return isError ? shown((piece.arguments as Syntax[])[0]) : [];
  }
  if (piece.type === 'AssignmentExpression') {
    const to = piece.left as Syntax;
    const isRead = to.type === 'MemberExpression' && READ_PROPERTIES.includes(String((to.property as Syntax).name));
    return isRead ? shown(piece.right) : [];
  }
  if (piece.type === 'Property' && READ_ATTRIBUTES.includes(named(piece))) return shown(piece.value);
  return Object.entries(CONTENT_FROM).flatMap(([name, from]) => (argumentsOf(piece, name) ?? []).slice(from).flatMap(shown));
}

/** Of constants and lists, whose texts are put on the page elsewhere: what looks like a sentence or a heading. */
function sentences(syntax: Syntax): string[] {
  const isCode = ({ type }: Syntax) => type === 'TSLiteralType' || type === 'ImportDeclaration';
  const texts = [...pieces(syntax, (piece) => argumentsOf(piece, 'say') === null && !isCode(piece))].map(constantText);
  return texts.filter((text) => text !== null && /^[A-Z][a-z]+( |…|$)|[a-z]{2,} [a-z]{2,} [a-z]{2,}/.test(text)) as string[];
}

/** The name of the product, keys, and what is read by no person: shapes of GeoJSON, headers, tags of a profile. */
const CODE = /^(Coverslip|Enter|Esc|Escape|Backspace|Space|Shift R|Arrow|Point|Polygon|Accept|Feature|Files|Lab )$/;

test('all that people read is said in their language', () => {
  const found = FILES.filter(({ path }) => !path.startsWith('words/')).flatMap(({ path, syntax }) => {
    const plain = [...pieces(syntax)].flatMap(unsaid).filter((text) => /[A-Za-z]{2,}/.test(text.replaceAll(SAME_EVERYWHERE, '')));
    return [...plain, ...sentences(syntax).filter((text) => !CODE.test(text))].map((text) => `${path}: ${text}`);
  });
  expect(found).toEqual([]);
});
