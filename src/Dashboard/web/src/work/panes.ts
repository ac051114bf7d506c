import type { CaseView } from '../case/case-data';
import { otherForms, stageForms, type WorkForm } from '../case/work-forms';

/** One thing that an agent does to a case, on the desk in a tab, on the case's page in a dialog. */
export type Pane =
  | 'log' | 'promise' | 'delay' | 'two' | 'approval' | 'gift' | 'help'
  | 'keep' | 'facts' | 'agreement' | 'close' | 'heat' | 'round' | 'end' | 'handOver' | 'reopen' | 'note' | 'cause' | 'apology';

/** The tabs, with the letters of ui/README; the short word is part of the long one, and stands where room is scarce. */
export const tabs: readonly { readonly pane: Pane; readonly words: string; readonly short: string; readonly letter: string }[] = [
  { pane: 'log', words: 'Log contact', short: 'Contact', letter: 'G' },
  { pane: 'promise', words: 'Make promise', short: 'Promise', letter: 'M' },
  { pane: 'delay', words: 'Explain a delay', short: 'Delay', letter: 'D' },
  { pane: 'two', words: 'Two solutions', short: 'Solutions', letter: 'S' },
  { pane: 'approval', words: 'Ask approval', short: 'Approval', letter: 'P' },
  { pane: 'gift', words: 'Give a gift', short: 'Gift', letter: 'F' },
  { pane: 'help', words: 'Ask for help', short: 'Help', letter: 'E' },
];

/** What is done seldom, or when its stage asks for it. */
export function morePanes(shown: CaseView): readonly { readonly pane: Pane; readonly words: string }[] {
  if (shown.stage === 'closed') {
    return [{ pane: 'reopen', words: 'Reopen' }];
  }
  return [
    { pane: 'facts', words: 'Record facts' },
    { pane: 'agreement', words: 'Record agreement' },
    { pane: 'keep', words: 'Promise kept' },
    { pane: 'close', words: 'Close the case' },
    { pane: 'note', words: 'Add note' },
    { pane: 'heat', words: 'Heat' },
    { pane: 'handOver', words: 'Hand over' },
    { pane: 'cause', words: 'Who caused it' },
    ...(shown.apology !== undefined && shown.apology.givenAt === undefined ? [{ pane: 'apology' as const, words: 'Apology given' }] : []),
    ...(shown.stage === 'contact' ? [] : [{ pane: 'round' as const, words: 'Next round' }]),
    { pane: 'end', words: 'End without agreement' },
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
      return { path: 'note', title: 'Add note', button: 'Add note', icon: 'i-note', fields: [{ name: 'note', label: 'Note', kind: 'text' }] };
    case 'cause':
      return { path: 'cause', title: 'Who caused the conflict, and so owes an apology', button: 'Record', icon: 'i-user', fields: [{ name: 'causedBy', label: 'Sign-in name of the colleague', kind: 'line' }] };
    case 'apology':
      return { path: 'apology', title: 'The apology was given', button: 'Record apology', icon: 'i-check', fields: [{ name: 'text', label: 'In which words', kind: 'text' }] };
    default:
      return undefined;
  }
}
