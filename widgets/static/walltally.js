// On the wall: shows of hands. Counts of hands only, kept as long as the tab; nothing goes into a record.

const MOST_ROUNDS = 2;

/** Counts by question, round and option; the number present holds for the class. */
export class WallTallies {
  constructor(keep) {
    this.keep = keep;
  }

  get present() {
    return this.keep.state.present;
  }

  set present(count) {
    this.keep.state.present = count;
    this.keep.save();
  }

  tally(key) {
    return (this.keep.state.tallies[key] ??= { rounds: [], answers: [] });
  }

  rounds(key) {
    return this.tally(key).rounds;
  }

  /** The round that is counted or was counted last; the first one is made when it is asked for. */
  round(key) {
    const rounds = this.rounds(key);
    if (!rounds.length) rounds.push({});
    return rounds.at(-1);
  }

  canVoteAgain(key) {
    return this.rounds(key).length < MOST_ROUNDS;
  }

  voteAgain(key) {
    this.rounds(key).push({});
    this.keep.save();
  }

  count(key, option, hands) {
    this.round(key)[option] = hands;
    this.keep.save();
  }

  uncount(key, option) {
    delete this.round(key)[option];
    this.keep.save();
  }

  /** Answers that a class gave in its own words or numbers, to be voted on. */
  answers(key) {
    return this.tally(key).answers;
  }

  addAnswer(key, answer) {
    const answers = this.answers(key);
    if (answer && !answers.includes(answer)) answers.push(answer);
    this.keep.save();
  }

  removeAnswer(key, answer) {
    const tally = this.tally(key);
    tally.answers = tally.answers.filter((each) => each !== answer);
    for (const round of tally.rounds) delete round[answer];
    this.keep.save();
  }

  counted(key) {
    return this.rounds(key).some((round) => handsOf(round) > 0);
  }

  forget() {
    this.keep.state.tallies = {};
    this.keep.state.present = 0;
    this.keep.save();
  }
}

/** All hands of a round. */
export function handsOf(round) {
  return Object.values(round ?? {}).reduce((sum, hands) => sum + hands, 0);
}

/** A count as it was typed, in digits of any of the usual scripts; what is no number counts as none. */
export function typedCount(text) {
  const plain = text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) & 15);
  return Math.min(9999, Number(plain.replace(/\D/g, "")) || 0);
}
