import { plainWords, sentence } from '../shared/format';
import type { ClockKind, Due, Level, Stage } from './protocol';

export const levelWord: Readonly<Record<Level, string>> = {
  buffer: 'front line',
  specialist: 'specialist',
  head: 'dept head',
  management: 'management',
};

export const stageWord: Readonly<Record<Stage, string>> = {
  contact: 'Contact',
  clarify: 'Clarify',
  options: 'Options',
  agreement: 'Agreement',
  followThrough: 'Follow-through',
  closed: 'Closed',
};

export const kindWord: Readonly<Record<ClockKind, string>> = {
  internal: 'Target',
  promise: 'Promise',
  statutory: 'By law',
};

export const kindIcon: Readonly<Record<ClockKind, string>> = {
  internal: 'i-target',
  promise: 'i-promise',
  statutory: 'i-law',
};

const types: Readonly<Record<string, string>> = {
  quality: 'Quality of goods',
  colleagueError: 'Colleague’s error',
};

const clocks: Readonly<Record<string, string>> = {
  acknowledge: 'contact after complaint',
  silence: 'silence',
  reply: 'public answer',
  resolution: 'resolution',
};

/** Types and clocks can be added by policy; unknown ones read as their words. */
export function typeWord(type: string): string {
  return types[type] ?? sentence(type);
}

export function clockWord(name: string): string {
  return clocks[name] ?? plainWords(name);
}

export function dueWord(due: Due): string {
  return due.kind === 'promise' ? (due.text ?? `promise ${due.name}`) : clockWord(due.name);
}
