// Exit codes, after sysexits.h where it has one.

export const EXIT = {
  fine: 0,
  problems: 1,
  usage: 64,
  unavailable: 69,
  bug: 70,
  badConfiguration: 78,
} as const;
