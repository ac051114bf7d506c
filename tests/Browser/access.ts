import { readFileSync } from 'node:fs';

/** Keys and sign-ins that a host in Development writes for its developers. */
export interface DevAccess {
  readonly intake: string;
  readonly agent: string;
  readonly supervisor: string;
  readonly signIns: readonly { readonly user: string; readonly password: string; readonly role: string }[];
}

export function readAccess(): DevAccess {
  const path = process.env['DEV_ACCESS'];
  if (path === undefined) {
    throw new Error('DEV_ACCESS is not set: the path of the running platform’s dev-access.json.');
  }
  return JSON.parse(readFileSync(path, 'utf8')) as DevAccess;
}

export function signInOf(access: DevAccess, role: string): { user: string; password: string } {
  const found = access.signIns.find((each) => each.role === role);
  if (found === undefined) {
    throw new Error(`dev-access.json has no sign-in with the role ${role}.`);
  }
  return found;
}
