import { Problem } from '../shared/http';
import { toSignIn } from '../shared/session.svelte';
import { language, t } from '../shared/texts.svelte';
import { readPlaybook, type Playbook } from '../work/playbook';
import { readCase, readHistory, readNotices, type CaseNotice, type CaseView, type Happening } from './case-data';

/** One case with all that its page shows, read anew when it changes. */
export class LiveCase {
  shown = $state.raw<CaseView | undefined>();
  history = $state.raw<readonly Happening[]>([]);
  notices = $state.raw<readonly CaseNotice[]>([]);
  playbook = $state.raw<Playbook | undefined>();
  problem = $state('');
  #loading = false;
  #again = false;

  constructor(readonly id: string) {}

  /** One load at a time; what changes meanwhile is fetched by one more. What was read before stays until then. */
  async load(): Promise<void> {
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = true;
    do {
      this.#again = false;
      try {
        [this.shown, this.history, this.notices, this.playbook] = await Promise.all([
          readCase(this.id), readHistory(this.id), readNotices(this.id), readPlaybook(this.id, language.current).then((playbook) => playbook ?? this.playbook),
        ]);
        this.problem = '';
      } catch (error) {
        if (error instanceof Problem && error.status === 401) {
          toSignIn();
        }
        this.problem = error instanceof Problem && error.status === 404 ? t('case.notThere') : error instanceof Error ? error.message : String(error);
      }
    } while (this.#again);
    this.#loading = false;
  }
}
