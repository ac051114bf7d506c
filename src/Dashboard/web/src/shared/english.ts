// Tests read the pages in English, whatever this machine speaks.

import { language, loadTexts } from './texts.svelte';

await loadTexts('shared', 'refusals', 'pages', 'board', 'desk', 'reviews', 'case', 'work');
await language.choose('en');
