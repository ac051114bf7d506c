import type { Stage } from '../board/protocol';
import { heats, levels } from '../board/protocol';
import { heatWord, levelWord } from '../board/words';
import { capital } from '../shared/format';
import { t } from '../shared/texts.svelte';
import type { CaseView } from './case-data';
import { codeWord } from './code-words';

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
        path: 'facts', title: t('case.formFacts'), button: t('work.recordFacts'), icon: 'i-note',
        fields: [{ name: 'facts', label: t('case.fieldFacts'), kind: 'text' }, { name: 'expectation', label: t('case.fieldExpectation'), kind: 'text' }],
      }];
    case 'options':
      return [{
        path: 'options', title: t('case.formOffer'), button: t('case.formOffer'), icon: 'i-swap',
        fields: [
          { name: 'text', label: t('case.fieldOffer'), kind: 'text' },
          { name: 'amount', label: t('case.fieldCost'), kind: 'amount', optional: true },
          { name: 'currency', label: t('case.fieldCurrency'), kind: 'currency', optional: true },
        ],
      }];
    case 'agreement':
      return [{
        path: 'agreement', title: t('case.formAgreement'), button: t('work.recordAgreement'), icon: 'i-check',
        fields: [
          { name: 'text', label: t('case.fieldYes'), kind: 'text' },
          {
            name: 'options', label: t('case.fieldChosen'), kind: 'numbers',
            choices: (shown.options ?? []).map((option) => ({ value: String(option.number), label: option.text ?? t('case.solutionNumber', { number: option.number }) })),
          },
          { name: 'remedyGiven', label: t('case.fieldRemedyGiven'), kind: 'check' },
        ],
      }];
    case 'followThrough':
      return [closing(['agreed', 'conceded'], t('work.closeCase'))];
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
    return [{ path: 'reopen', title: t('case.formReopen'), button: t('work.reopen'), icon: 'i-loop', fields: [{ name: 'reason', label: t('case.fieldNotSettled'), kind: 'text' }] }];
  }
  const round: WorkForm = {
    path: 'stage', title: t('case.formRound'), button: t('work.nextRound'), icon: 'i-loop', fixed: { to: 'contact' },
    fields: [{ name: 'reason', label: t('case.fieldUnhappy'), kind: 'text' }],
  };
  return [
    {
      path: 'heat', title: t('case.formHeat'), button: t('work.heat'), icon: 'i-up',
      fields: [
        { name: 'heat', label: t('case.fieldNow'), kind: 'choice', choices: heats.map((heat) => ({ value: heat, label: capital(heatWord[heat]) })) },
        { name: 'reason', label: t('case.fieldWhy'), kind: 'text', optional: true },
      ],
    },
    {
      path: 'escalate', title: t('case.formHelp'), button: t('work.tab.help'), icon: 'i-right',
      fields: [
        { name: 'level', label: t('case.fieldWho'), kind: 'choice', optional: true, choices: levels.slice(1).map((level) => ({ value: level, label: capital(levelWord[level]) })) },
        { name: 'reason', label: t('case.fieldWhy'), kind: 'text' },
      ],
    },
    { path: 'assign', title: t('case.formHandOver'), button: t('work.handOver'), icon: 'i-user', fields: [{ name: 'agent', label: t('case.fieldColleague'), kind: 'line' }] },
    ...(shown.stage === 'contact' ? [] : [round]),
    closing(['withdrawn', 'noActionPossible', 'declined'], t('work.endWithoutAgreement')),
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
      { name: 'outcome', label: t('case.fieldOutcome'), kind: 'choice', choices: outcomes.map((outcome) => ({ value: outcome, label: capital(codeWord('outcome', outcome)) })) },
      { name: 'summary', label: t('case.fieldSummary'), kind: 'text' },
    ],
  };
}
