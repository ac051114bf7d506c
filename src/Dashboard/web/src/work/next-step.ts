import type { Stage } from '../board/protocol';
import { stageWord } from '../board/words';
import type { CaseView } from '../case/case-data';
import { nextStage } from '../case/work-forms';
import type { Pane } from './panes';
import type { Playbook, StepMark } from './playbook';

/** DSK-7: the one thing to do next: something to fill in, or a stage to go on to. What the customer waits for goes before the stage. */
export interface NextStep {
  readonly words: string;
  readonly pane?: Pane;
  readonly to?: Stage;
}

const byMark: Readonly<Partial<Record<StepMark, NextStep>>> = {
  contact: { words: 'Log contact', pane: 'log' },
  facts: { words: 'Record facts', pane: 'facts' },
  options: { words: 'Offer two solutions', pane: 'two' },
  agreement: { words: 'Record agreement', pane: 'agreement' },
  commitment: { words: 'Make promise', pane: 'promise' },
};

/** Where the company has no playbook, the stage says it. */
const byStage: Readonly<Partial<Record<Stage, StepMark>>> = { contact: 'contact', clarify: 'facts', options: 'options', agreement: 'agreement' };

export function nextStep(shown: CaseView, playbook: Playbook | undefined): NextStep {
  if (shown.stage === 'closed') {
    return { words: 'Reopen', pane: 'reopen' };
  }
  const asked = shown.promises.find((promise) => (promise.state === 'open' || promise.state === 'explained') && (promise.ask === 'asked' || promise.ask === 'unanswered'));
  if (asked !== undefined) {
    return { words: 'Reason and new date', pane: 'delay' };
  }
  if (shown.callTasks.some((task) => task.doneAt === undefined)) {
    return { words: 'Call the customer', pane: 'log' };
  }
  if (shown.unansweredSince !== undefined) {
    return { words: 'Answer the customer', pane: 'log' };
  }
  if (shown.stage === 'followThrough') {
    return shown.promises.some((promise) => promise.state === 'open' || promise.state === 'explained')
      ? { words: 'Promise kept', pane: 'keep' }
      : { words: 'Close the case', pane: 'close' };
  }
  const to = nextStage(shown.stage);
  if ((shown.missing ?? []).length === 0 && to !== undefined) {
    return { words: `On to ${stageWord[to]}`, to };
  }
  const steps = playbook?.stages.find((guide) => guide.stage === shown.stage)?.steps ?? [];
  const mark = steps.find((step) => step.required && step.done === false)?.does ?? byStage[shown.stage];
  return (mark === undefined ? undefined : byMark[mark]) ?? { words: 'Log contact', pane: 'log' };
}
