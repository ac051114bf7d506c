// Writes src/shared/text-places.ts: every key of the English texts, with the values that its text has places for.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../../Silo/Policy/texts/staff/en/', import.meta.url);
const lines = readdirSync(folder).toSorted().flatMap((file) =>
  Object.entries(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))).map(([key, text]) => {
    const forms = typeof text === 'string' ? [text] : [...Object.values(text), '{count}'];
    const places = new Set(forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((place) => `'${place[1]}'`)));
    return `  '${file.replace('.json', '')}.${key}': ${[...places].join(' | ') || 'never'};`;
  }),
);
writeFileSync(new URL('src/shared/text-places.ts', import.meta.url), `// Written by text-types.mjs.\nexport interface TextPlaces {\n${lines.join('\n')}\n}\n`);
