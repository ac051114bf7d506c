import type { Stage } from '../board/protocol';
import { heats, levels } from '../board/protocol';
import { levelWord } from '../board/words';
import { plainWords, sentence } from '../shared/format';
import type { CaseView } from './case-data';

/** What a person fills in. `name` is the member of the request's body. */
export interface WorkField {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'line' | 'choice' | 'numbers' | 'check' | 'amount' | 'currency';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly optional?: boolean;
}

/** One thing that can be done to a case. */
export interface WorkForm {
  readonly path: string;
  readonly title: string;
  readonly button: string;
  readonly icon: string;
  readonly fields: readonly WorkField[];
  /** What goes along without being asked. */
  readonly fixed?: Readonly<Record<string, unknown>>;
}

export type WorkValues = Readonly<Record<string, string>>;

const forward: Readonly<Partial<Record<Stage, Stage>>> = { contact: 'clarify', clarify: 'options', options: 'agreement', agreement: 'followThrough' };

/** What the stage asks for, most needed first. */
export function stageForms(shown: CaseView): readonly WorkForm[] {
  switch (shown.stage) {
    case 'clarify':
      return [{
        path: 'facts', title: 'What happened, and what the customer expects', button: 'Record facts', icon: 'i-note',
        fields: [{ name: 'facts', label: 'What really happened', kind: 'text' }, { name: 'expectation', label: 'What the customer expects, in their words', kind: 'text' }],
      }];
    case 'options':
      return [{
        path: 'options', title: 'Offer a solution', button: 'Offer a solution', icon: 'i-swap',
        fields: [
          { name: 'text', label: 'What we offer, as the customer hears it', kind: 'text' },
          { name: 'amount', label: 'What it costs us', kind: 'amount', optional: true },
          { name: 'currency', label: 'Currency', kind: 'currency', optional: true },
        ],
      }];
    case 'agreement':
      return [{
        path: 'agreement', title: 'Record the agreement', button: 'Record agreement', icon: 'i-check',
        fields: [
          { name: 'text', label: 'The customer’s yes, in words', kind: 'text' },
          {
            name: 'options', label: 'Solutions that the customer chose', kind: 'numbers',
            choices: (shown.options ?? []).map((option) => ({ value: String(option.number), label: option.text ?? `Solution ${option.number}` })),
          },
          { name: 'remedyGiven', label: 'The remedy was given on the spot', kind: 'check' },
        ],
      }];
    case 'followThrough':
      return [closing(['agreed', 'conceded'], 'Close the case')];
    default:
      return [];
  }
}

/** One stage forward, where there is one. */
export function nextStage(stage: Stage): Stage | undefined {
  return forward[stage];
}

/** What can be done at any stage. */
export function otherForms(shown: CaseView): readonly WorkForm[] {
  if (shown.stage === 'closed') {
    return [{ path: 'reopen', title: 'The customer came back', button: 'Reopen', icon: 'i-loop', fields: [{ name: 'reason', label: 'What is not settled', kind: 'text' }] }];
  }
  const round: WorkForm = {
    path: 'stage', title: 'No agreement: start the next round', button: 'Next round', icon: 'i-loop', fixed: { to: 'contact' },
    fields: [{ name: 'reason', label: 'Why the customer is still unhappy', kind: 'text' }],
  };
  return [
    {
      path: 'heat', title: 'How hot the conflict is', button: 'Heat', icon: 'i-up',
      fields: [
        { name: 'heat', label: 'Now', kind: 'choice', choices: heats.map((heat) => ({ value: heat, label: sentence(heat) })) },
        { name: 'reason', label: 'Why', kind: 'text', optional: true },
      ],
    },
    {
      path: 'escalate', title: 'Ask for help: take it up the ladder', button: 'Ask for help', icon: 'i-right',
      fields: [
        { name: 'level', label: 'Who', kind: 'choice', optional: true, choices: levels.slice(1).map((level) => ({ value: level, label: sentence(levelWord[level]) })) },
        { name: 'reason', label: 'Why', kind: 'text' },
      ],
    },
    { path: 'assign', title: 'Who answers for it', button: 'Hand over', icon: 'i-user', fields: [{ name: 'agent', label: 'Sign-in name of the colleague', kind: 'line' }] },
    ...(shown.stage === 'contact' ? [] : [round]),
    closing(['withdrawn', 'noActionPossible', 'declined'], 'End without agreement'),
  ];
}

/** The body of the request, as the API takes it. */
export function bodyOf(form: WorkForm, values: WorkValues): Record<string, unknown> {
  const body: Record<string, unknown> = { ...form.fixed };
  for (const field of form.fields) {
    const value = (values[field.name] ?? '').trim();
    switch (field.kind) {
      case 'check':
        body[field.name] = value === 'true';
        break;
      case 'numbers':
        body[field.name] = value === '' ? [] : value.split(',').map(Number);
        break;
      case 'amount':
        if (value !== '') {
          body['cost'] = { amount: Number(value), currency: (values['currency'] ?? '').trim().toUpperCase() };
        }
        break;
      case 'currency':
        break;
      default:
        if (value !== '') {
          body[field.name] = value;
        }
    }
  }
  return body;
}

function closing(outcomes: readonly string[], button: string): WorkForm {
  return {
    path: 'close', title: button, button, icon: 'i-lock',
    fields: [
      { name: 'outcome', label: 'How it ends', kind: 'choice', choices: outcomes.map((outcome) => ({ value: outcome, label: sentence(plainWords(outcome)) })) },
      { name: 'summary', label: 'What was done and agreed; the customer is sent this, with thanks', kind: 'text' },
    ],
  };
}
