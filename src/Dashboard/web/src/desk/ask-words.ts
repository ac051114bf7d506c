import { stages, type BoardRow } from '../board/protocol';
import { stageWord } from '../board/words';
import { language, t } from '../shared/texts.svelte';
import type { Waiting } from './desk-protocol';

/** DSK-7: what is asked, in a few words. The platform says it in English; in other languages its case tells the same. */
export function askWords(ask: Waiting, row: BoardRow | undefined): string {
  if (language.current === 'en') {
    return ask.text;
  }
  switch (ask.kind) {
    case 'explain':
      return row?.promises.find((promise) => promise.id === ask.promiseId)?.ask === 'unanswered' ? t('desk.asking.explainAgain') : t('desk.asking.explain');
    case 'call':
      return t('desk.asking.call', { count: row?.callTasks ?? 1 });
    case 'answer':
      return t('desk.asking.answer');
    case 'apology':
      return t('desk.asking.apology');
    case 'approval':
      return ask.promiseId === undefined ? t('desk.asking.concession') : t('desk.asking.secondDelay');
    case 'step':
      return row === undefined || row.stage === 'closed' ? ask.text : stepWords(row, row.stage);
  }
}

function stepWords(row: BoardRow, stage: Exclude<BoardRow['stage'], 'closed'>): string {
  const next = stages[stages.indexOf(stage) + 1]!;
  return (
    stage === 'followThrough' ? (row.promises.length === 0 ? t('desk.step.close') : t('desk.step.followThrough'))
    : row.ready === true ? t('desk.goOn', { stage: stageWord[next] })
    : t(`desk.step.${stage}`)
  );
}
