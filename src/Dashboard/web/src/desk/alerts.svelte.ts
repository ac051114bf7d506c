import { settings } from '../shared/settings.svelte';

/** Sound and browser notification for offers, where the agent allowed them. Both are off until somebody turns them on. */
export class Alerts {
  #context: AudioContext | undefined;

  get sound(): boolean {
    return settings.offerSound;
  }

  /** Browsers let a page sound only after a click: this is one. */
  set sound(on: boolean) {
    settings.offerSound = on;
    if (on) {
      this.#tone();
    }
  }

  get notification(): boolean {
    return settings.offerNotification && 'Notification' in window && Notification.permission === 'granted';
  }

  async allowNotification(on: boolean): Promise<void> {
    settings.offerNotification = on && 'Notification' in window && (await Notification.requestPermission()) === 'granted';
  }

  ring(title: string, body: string, tag: string): void {
    if (this.sound) {
      this.#tone();
    }
    if (this.notification && document.hidden) {
      new Notification(title, { body, tag });
    }
  }

  /** Two short soft notes. */
  #tone(): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    void context.resume();
    for (const [at, pitch] of [[0, 660], [0.18, 880]] as const) {
      const [note, gain] = [context.createOscillator(), context.createGain()];
      note.frequency.value = pitch;
      gain.gain.setValueAtTime(0.0001, context.currentTime + at);
      gain.gain.exponentialRampToValueAtTime(0.12, context.currentTime + at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + at + 0.16);
      note.connect(gain).connect(context.destination);
      note.start(context.currentTime + at);
      note.stop(context.currentTime + at + 0.18);
    }
  }
}
