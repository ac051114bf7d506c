import { parse } from 'svelte/compiler';
import { expect, test } from 'vitest';

// Words that stand in a component itself stay as they are whatever language is chosen. This looks at the markup: at its text,
// at attributes that are read out or shown, and at what expressions in these places can give. It does not follow functions.

const sources = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true });

const READ: ReadonlySet<string> = new Set(['aria-label', 'aria-valuetext', 'aria-description', 'title', 'placeholder', 'alt']);
/** A proper name. */
const NAME = 'Escalation';

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

test.each(Object.entries(sources))('%s says nothing by itself', (_, source) => {
  expect(literalsOf(parse(source, { modern: true }).fragment as unknown as Node)).toEqual([]);
});

test('the scan finds what it is for, and only that', () => {
  const found = (markup: string): readonly string[] => literalsOf(parse(markup, { modern: true }).fragment as unknown as Node);
  expect(found('<p class="row">{t("board.x")} <b>Open</b> {n > 1 ? `${n} cases` : t("board.y")}</p>')).toEqual(['Open', ' cases']);
  expect(found('<input title="By {name}" aria-label={on ? t("a.b") : "Off"} />{#if kind === "live"}<kbd>Esc</kbd>{/if}')).toEqual(['By ', 'Off']);
  expect(found('<p lang="en">Known to be English</p><i class="i {over ? "i-over" : "i-warn"}"></i> · {x ?? ""}')).toEqual([]);
});

function literalsOf(node: Node): readonly string[] {
  if (node.type === 'Text') {
    return words(node['data']);
  }
  if (node.type === 'ExpressionTag') {
    return given(node['expression'] as Node);
  }
  const attributes = (node['attributes'] ?? []) as readonly Node[];
  // The names of keys are what stands on them; what says its language itself is meant to be in it.
  if (node['name'] === 'kbd' || attributes.some((each) => each['name'] === 'lang')) {
    return [];
  }
  const read = attributes.filter((each) => READ.has(String(each['name']))).flatMap((each) => (Array.isArray(each['value']) ? (each['value'] as Node[]) : [each['value'] as Node]));
  const inside = ['fragment', 'consequent', 'alternate', 'body', 'fallback', 'pending', 'then', 'catch'].map((field) => node[field] as Node | null | undefined);
  return [...read, ...((node['nodes'] ?? []) as Node[]), ...inside.filter((each) => each?.type === 'Fragment')].flatMap((each) => literalsOf(each as Node));
}

/** The words among what an expression can give: not those it compares or hands on. */
function given(node: Node): readonly string[] {
  switch (node.type) {
    case 'Literal':
      return words(node['value']);
    case 'TemplateLiteral':
      return [...(node['quasis'] as Node[]).flatMap((each) => words((each['value'] as { cooked: string }).cooked)), ...(node['expressions'] as Node[]).flatMap(given)];
    case 'ConditionalExpression':
      return [...given(node['consequent'] as Node), ...given(node['alternate'] as Node)];
    case 'LogicalExpression':
      return [...(node['operator'] === '&&' ? [] : given(node['left'] as Node)), ...given(node['right'] as Node)];
    case 'BinaryExpression':
      return node['operator'] === '+' ? [...given(node['left'] as Node), ...given(node['right'] as Node)] : [];
    default:
      return [];
  }
}

function words(text: unknown): readonly string[] {
  return typeof text === 'string' && /\p{L}{2,}/u.test(text.replaceAll(NAME, '')) ? [text] : [];
}
