import { address, go } from './address.svelte';
import { get, isRecord, post, Problem, remove } from './http';

export interface Session {
  readonly user: string;
  readonly roles: readonly string[];
}

let current = $state<Session | undefined>();

export const session = {
  get current(): Session | undefined {
    return current;
  },
};

/** Who is signed in; goes to the sign-in page when nobody is. */
export async function loadSession(): Promise<void> {
  try {
    const value = await get('/api/session');
    if (isRecord(value) && typeof value['user'] === 'string') {
      const roles = Array.isArray(value['roles']) ? value['roles'].filter((role) => typeof role === 'string') : [];
      current = { user: value['user'], roles };
    }
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      toSignIn();
    }
  }
}

export async function signIn(user: string, password: string): Promise<void> {
  await post('/api/session', { user, password });
  await loadSession();
}

export async function signOut(): Promise<void> {
  await remove('/api/session');
  current = undefined;
  go('/sign-in');
}

export function toSignIn(): void {
  current = undefined;
  if (address.path !== '/sign-in') {
    go(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`, { replace: true });
  }
}
