import type { Stage } from '../board/protocol';
import { stageWord } from '../board/words';
import type { CaseView } from '../case/case-data';
import { nextStage } from '../case/work-forms';
import { t } from '../shared/texts.svelte';
import type { Pane } from './panes';
import type { Playbook, StepMark } from './playbook';

/** DSK-7: the one thing to do next: something to fill in, or a stage to go on to. What the customer waits for goes before the stage. */
export interface NextStep {
  readonly words: string;
  readonly pane?: Pane;
  readonly to?: Stage;
}

function byMark(mark: StepMark | undefined): NextStep {
  switch (mark) {
    case 'facts':
      return { words: t('work.recordFacts'), pane: 'facts' };
    case 'options':
      return { words: t('work.offerTwo'), pane: 'two' };
    case 'agreement':
      return { words: t('work.recordAgreement'), pane: 'agreement' };
    case 'commitment':
      return { words: t('work.tab.promise'), pane: 'promise' };
    default:
      return { words: t('work.tab.log'), pane: 'log' };
  }
}

/** Where the company has no playbook, the stage says it. */
const byStage: Readonly<Partial<Record<Stage, StepMark>>> = { contact: 'contact', clarify: 'facts', options: 'options', agreement: 'agreement' };

export function nextStep(shown: CaseView, playbook: Playbook | undefined): NextStep {
  if (shown.stage === 'closed') {
    return { words: t('work.reopen'), pane: 'reopen' };
  }
  const asked = shown.promises.find((promise) => (promise.state === 'open' || promise.state === 'explained') && (promise.ask === 'asked' || promise.ask === 'unanswered'));
  if (asked !== undefined) {
    return { words: t('work.reasonAndDate'), pane: 'delay' };
  }
  if (shown.callTasks.some((task) => task.doneAt === undefined)) {
    return { words: t('work.callTheCustomer'), pane: 'log' };
  }
  if (shown.unansweredSince !== undefined) {
    return { words: t('work.answerTheCustomer'), pane: 'log' };
  }
  if (shown.stage === 'followThrough') {
    return shown.promises.some((promise) => promise.state === 'open' || promise.state === 'explained')
      ? { words: t('work.promiseKept'), pane: 'keep' }
      : { words: t('work.closeCase'), pane: 'close' };
  }
  const to = nextStage(shown.stage);
  if ((shown.missing ?? []).length === 0 && to !== undefined) {
    return { words: t('work.onTo', { stage: stageWord[to] }), to };
  }
  const steps = playbook?.stages.find((guide) => guide.stage === shown.stage)?.steps ?? [];
  return byMark(steps.find((step) => step.required && step.done === false)?.does ?? byStage[shown.stage]);
}
