// Preloaded with `node --import`: the program that follows believes that it starts at FAKE_CLOCK_START_MS (milliseconds
// since the epoch). Time passes as usual.
const RealDate = Date;
const shiftMs = Number(process.env.FAKE_CLOCK_START_MS) - RealDate.now();

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shiftMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + shiftMs;
  }
};
