import { plainWords, sentence } from '../shared/format';
import { policyName } from '../shared/policy-names.svelte';
import { known, t } from '../shared/texts.svelte';
import { heats, levels, stages, type ClockKind, type Due, type Heat, type Level, type Stage } from './protocol';

/** Each word is read when it is needed, in the language of that moment. */
function wordsOf<Code extends string>(codes: readonly Code[], word: (code: Code) => string): Readonly<Record<Code, string>> {
  return Object.defineProperties({}, Object.fromEntries(codes.map((code) => [code, { get: () => word(code) }]))) as Record<Code, string>;
}

export const levelWord = wordsOf<Level>(levels, (level) => t(`shared.level.${level}`));
export const stageWord = wordsOf<Stage>(stages, (stage) => t(`shared.stage.${stage}`));
export const heatWord = wordsOf<Heat>(heats, (heat) => t(`shared.heat.${heat}`));
export const kindWord = wordsOf<ClockKind>(['internal', 'promise', 'statutory'], (kind) => t(`shared.kind.${kind}`));

export const kindIcon: Readonly<Record<ClockKind, string>> = {
  internal: 'i-target',
  promise: 'i-promise',
  statutory: 'i-law',
};

/** Types and clocks can be added by policy; unknown ones read as their words. */
export function typeWord(type: string): string {
  return known(`shared.type.${type}`) ?? sentence(type);
}

export function clockWord(name: string): string {
  return known(`shared.clock.${name}`) ?? policyName('clocks', name) ?? plainWords(name);
}

/** What leave is asked for. */
export function approvalWord(kind: string): string {
  return known(`shared.approval.${kind}`) ?? plainWords(kind);
}

/** ESC-2: why it is on the ladder; what a cause says after a colon is which promise or clock. */
export function causeWord(cause: string): string {
  const kind = cause.replace(/:.*$/, '');
  return known(`board.cause.${kind}`) ?? plainWords(kind);
}

export function dueWord(due: Due): string {
  return due.kind === 'promise' ? (due.text ?? t('shared.promiseNumber', { id: due.name })) : clockWord(due.name);
}
