import type { CasePromise, CaseView } from '../case/case-data';
import { keepDraft, readDraft } from '../shared/drafts';
import type { Outcome } from '../shared/outbox';
import { sender } from '../shared/sender.svelte';
import { t } from '../shared/texts.svelte';
import type { Playbook } from './playbook';

export interface PaneProps {
  readonly shown: CaseView;
  readonly playbook: Playbook | undefined;
  /** It was sent, or waits to be: said in a sentence, which has to be read where it is more than a yes. */
  readonly done: (said: string, toRead?: boolean) => void;
}

export interface Step {
  /** Below the case's address: `contacts`, `promises/p1/keep`. */
  readonly path: string;
  readonly body: unknown;
  readonly words: string;
}

/** What somebody is typing: it survives a reload, and is forgotten when it is in the outbox or done. */
export class PaneForm {
  values = $state<Record<string, string>>({});
  refused = $state('');
  pending = $state(false);
  readonly #case: CaseView;
  readonly #pane: string;
  readonly #defaults: Readonly<Record<string, string>>;

  constructor(shown: CaseView, pane: string, defaults: Readonly<Record<string, string>> = {}) {
    this.#case = shown;
    this.#pane = pane;
    this.#defaults = defaults;
    this.values = { ...defaults, ...readDraft(shown.id, pane) };
  }

  text(name: string): string {
    return (this.values[name] ?? '').trim();
  }

  set(name: string, value: string): void {
    this.values[name] = value;
    this.keep();
  }

  keep(): void {
    keepDraft(this.#case.id, this.#pane, this.values);
  }

  clear(): void {
    keepDraft(this.#case.id, this.#pane, undefined);
    this.values = { ...this.#defaults };
  }

  /**
   * Sends the steps in order. The answers, when all were taken; undefined when one was refused, and the form says why; a
   * waiting one when nobody has answered yet.
   */
  async send(...steps: readonly Step[]): Promise<readonly Outcome[] | undefined> {
    if (this.pending) {
      return undefined;
    }
    this.pending = true;
    this.refused = '';
    try {
      const name = this.#case.customer?.name ?? t('case.caseNumberInside', { number: this.#case.number ?? '' });
      const draft = { pane: this.#pane, values: { ...this.values } };
      const outcomes = await Promise.all(
        steps.map((step) => sender.ask({ path: `/api/cases/${this.#case.id}/${step.path}`, body: step.body, words: `${step.words}, ${name}`, caseId: this.#case.id, draft })),
      );
      const refusal = outcomes.find((outcome) => outcome.kind === 'refused');
      if (refusal?.kind === 'refused') {
        this.refused = refusal.detail;
        return undefined;
      }
      this.clear();
      return outcomes;
    } finally {
      this.pending = false;
    }
  }
}

/** What is said when something was sent: that it is done, or that it waits. */
export function saidOf(outcomes: readonly Outcome[], done: string): string {
  return outcomes.some((outcome) => outcome.kind === 'waiting') ? t('work.waiting') : done;
}

/** Promises that are still to be kept, the next due first. */
export function openPromises(shown: CaseView): readonly CasePromise[] {
  return shown.promises.filter((promise) => promise.state === 'open' || promise.state === 'explained').toSorted((a, b) => a.dueAt.localeCompare(b.dueAt));
}
