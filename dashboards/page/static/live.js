// The line to the agent. It decides what is live: a page that shows old values as live is worse than none.
//
//   agent -> page   event: snapshot   data: {"at": ..., "devices": [...], ...}     at once, then as the room changes
//
// A line can die without a word (a pulled cable, a firewall that forgets), so silence is not trusted: a silent stream
// is opened anew, and one that then brings nothing is lost. The agent's clock is the only clock: ages are counted from
// the newest snapshot's time and this page's own steady seconds, never from the viewer's clock.

const SILENCE = 5; // seconds: the agent speaks every second when anything changes
const ANSWER = 4; // a new stream brings its first snapshot at once
const RETRY = 2;
const STUCK = 10; // the line works, but the agent repeats itself

const steady = () => performance.now() / 1000;

export class Live {
  snapshot = null;
  lost = false;
  #url;
  #changed;
  #source = null;
  #timer = 0;
  #heard = steady(); // when any snapshot came
  #fresh = steady(); // when one came that was newer than the one before

  constructor(url, changed) {
    this.#url = url;
    this.#changed = changed;
    this.#open();
  }

  // Seconds since the page last knew anything new.
  get silence() {
    return steady() - (this.lost ? this.#heard : this.#fresh);
  }

  get stuck() {
    return !this.lost && this.snapshot !== null && this.silence > STUCK;
  }

  // The agent's time now.
  get now() {
    return this.snapshot.at + steady() - this.#fresh;
  }

  #open() {
    this.#source?.close();
    this.#source = new EventSource(this.#url);
    this.#source.addEventListener("snapshot", (event) => this.#take(JSON.parse(event.data)));
    this.#source.addEventListener("error", () => this.#fail());
    this.#after(ANSWER, () => this.#fail());
  }

  #take(snapshot) {
    this.#heard = steady();
    if (snapshot.at !== this.snapshot?.at) this.#fresh = this.#heard;
    this.snapshot = snapshot;
    this.lost = false;
    this.#after(SILENCE, () => this.#open());
    this.#changed();
  }

  #fail() {
    this.#source.close();
    this.lost = true;
    this.#after(RETRY, () => this.#open());
    this.#changed();
  }

  #after(seconds, act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, seconds * 1000);
  }
}
