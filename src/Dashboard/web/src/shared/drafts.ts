import { recall, remember } from './memory';

/** What was typed into a form of a case and not sent: it survives a reload. */
export function readDraft(caseId: string, pane: string): Record<string, string> {
  try {
    return JSON.parse(recall(nameOf(caseId, pane)) || '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

/** Undefined forgets it. */
export function keepDraft(caseId: string, pane: string, values: Readonly<Record<string, string>> | undefined): void {
  remember(nameOf(caseId, pane), values === undefined ? '' : JSON.stringify(values));
}

function nameOf(caseId: string, pane: string): string {
  return `draft:${caseId}:${pane}`;
}
