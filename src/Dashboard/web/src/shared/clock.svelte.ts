// The one place that reads the machine's clock and ticks. Rows derive "time left" from `clock.now`.

let offset = $state(0);
let local = $state(Date.now());
let synced = false;
let held = $state<number | undefined>();

export const clock = {
  /** The instant that is shown, in milliseconds since 1970: the server's clock to the second, or one in the past that is looked at. */
  get now(): number {
    return held ?? local + offset;
  },

  /** The server's clock, whatever is looked at. */
  get live(): number {
    return local + offset;
  },

  /** Shows an instant in the past until it is called without one. */
  hold(at: number | undefined): void {
    held = at;
  },

  /**
   * Learns from a server's message how far this machine's clock is off. A message cannot arrive before it was sent, so
   * of all estimates the largest has the least delay in it.
   */
  learn(serverTime: number): void {
    const estimate = serverTime - Date.now();
    if (!synced || estimate > offset) {
      offset = estimate;
      synced = true;
    }
  },

  /** Starts over, because the machine may have slept or its clock may have been set. */
  forget(): void {
    synced = false;
  },
};

/** This machine's clock, for measuring how long nothing was heard; not for showing. */
export function elapsedMs(): number {
  return performance.now();
}

/** Runs `action` every `ms` until the returned function is called. */
export function every(ms: number, action: () => void): () => void {
  const timer = setInterval(action, ms);
  return () => clearInterval(timer);
}

/** Runs `action` once after `ms` unless the returned function is called before. */
export function after(ms: number, action: () => void): () => void {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
}

// Tick just after the server's second turns, so that all countdowns everywhere step together.
function tick(): void {
  local = Date.now();
  setTimeout(tick, 1000 - ((local + offset) % 1000) + 5);
}

tick();
