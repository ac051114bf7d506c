import type { CaseView } from '../case/case-data';
import { otherForms, stageForms, type WorkForm } from '../case/work-forms';
import { t } from '../shared/texts.svelte';

/** One thing that an agent does to a case, on the desk in a tab, on the case's page in a dialog. */
export type Pane =
  | 'log' | 'promise' | 'delay' | 'two' | 'approval' | 'gift' | 'help'
  | 'keep' | 'facts' | 'agreement' | 'close' | 'heat' | 'round' | 'end' | 'handOver' | 'reopen' | 'note' | 'cause' | 'apology';

/** The tabs, with the letters of ui/README; the short word is part of the long one, and stands where room is scarce. */
export const tabs: readonly { readonly pane: Pane; readonly words: string; readonly short: string; readonly letter: string }[] = [
  tab('log', 'G'),
  tab('promise', 'M'),
  tab('delay', 'D'),
  tab('two', 'S'),
  tab('approval', 'P'),
  tab('gift', 'F'),
  tab('help', 'E'),
];

/** Its words are read when they are needed, in the language of that moment. */
function tab(pane: 'log' | 'promise' | 'delay' | 'two' | 'approval' | 'gift' | 'help', letter: string): (typeof tabs)[number] {
  return {
    pane, letter,
    get words() {
      return t(`work.tab.${pane}`);
    },
    get short() {
      return t(`work.short.${pane}`);
    },
  };
}

/** What is done seldom, or when its stage asks for it. */
export function morePanes(shown: CaseView): readonly { readonly pane: Pane; readonly words: string }[] {
  if (shown.stage === 'closed') {
    return [{ pane: 'reopen', words: t('work.reopen') }];
  }
  return [
    { pane: 'facts', words: t('work.recordFacts') },
    { pane: 'agreement', words: t('work.recordAgreement') },
    { pane: 'keep', words: t('work.promiseKept') },
    { pane: 'close', words: t('work.closeCase') },
    { pane: 'note', words: t('work.addNote') },
    { pane: 'heat', words: t('work.heat') },
    { pane: 'handOver', words: t('work.handOver') },
    { pane: 'cause', words: t('work.whoCausedIt') },
    ...(shown.apology !== undefined && shown.apology.givenAt === undefined ? [{ pane: 'apology' as const, words: t('work.apologyGiven') }] : []),
    ...(shown.stage === 'contact' ? [] : [{ pane: 'round' as const, words: t('work.nextRound') }]),
    { pane: 'end', words: t('work.endWithoutAgreement') },
  ];
}

/** The form of a pane that has no page of its own. */
export function formOf(pane: Pane, shown: CaseView): WorkForm | undefined {
  const open: CaseView = shown.stage === 'closed' ? { ...shown, stage: 'clarify' } : shown;
  const other = (path: string, of: CaseView = open): WorkForm | undefined => otherForms(of).find((form) => form.path === path);
  switch (pane) {
    case 'facts':
      return stageForms({ ...shown, stage: 'clarify' })[0];
    case 'agreement':
      return stageForms({ ...shown, stage: 'agreement' })[0];
    case 'close':
      return stageForms({ ...shown, stage: 'followThrough' })[0];
    case 'help':
      return other('escalate');
    case 'heat':
      return other('heat');
    case 'handOver':
      return other('assign');
    case 'round':
      return other('stage');
    case 'end':
      return other('close');
    case 'reopen':
      return other('reopen', { ...shown, stage: 'closed' });
    case 'note':
      return { path: 'note', title: t('work.addNote'), button: t('work.addNote'), icon: 'i-note', fields: [{ name: 'note', label: t('work.note'), kind: 'text' }] };
    case 'cause':
      return { path: 'cause', title: t('work.formCause'), button: t('work.record'), icon: 'i-user', fields: [{ name: 'causedBy', label: t('case.fieldColleague'), kind: 'line' }] };
    case 'apology':
      return { path: 'apology', title: t('work.formApology'), button: t('work.recordApology'), icon: 'i-check', fields: [{ name: 'text', label: t('work.fieldApology'), kind: 'text' }] };
    default:
      return undefined;
  }
}
