// The damage real log files carry: cut lines, two writers at once, kernel text inside a record. Each edits `lines` in place
// at or after `from` and returns the line numbers (from 1) it made unreadable and how many lines it added.

/** The agent's or a runtime's record that is long enough to be hit in its middle, but no giant. */
function victim(lines, from) {
  const plain = (line) => line.length > 180 && line.length < 900 && /"msg":"|\\"msg\\":|msg=/.test(line);
  const index = lines.findIndex((line, at) => at >= from && plain(line) && plain(lines[at + 1] ?? ''));
  if (index === -1) throw new Error(`no line to damage at or after line ${from + 1}`);
  return index;
}

/** The same, but a JSON record of the agent, raw or inside the shim's wrapper. */
function agentVictim(lines, from) {
  const index = lines.findIndex(
    (line, at) => at >= from && line.length < 1200 && /\\?"name\\?":\\?"kata-agent\\?"/.test(line),
  );
  if (index === -1) throw new Error(`no agent record to damage at or after line ${from + 1}`);
  return index;
}

/** The writer died, or the disk was full: the rest of the line is missing. */
export function cutLine(lines, from) {
  const index = victim(lines, from);
  lines[index] = lines[index].slice(0, Math.floor(lines[index].length * 0.6));
  return { numbers: [index + 1], added: 0 };
}

/** Two processes write to one file at once: the second record stands inside the first. */
export function interleave(lines, from) {
  const index = victim(lines, from);
  const middle = Math.floor(lines[index].length / 2);
  const [first, second] = [lines[index], lines[index + 1]];
  lines[index] = `${first.slice(0, middle)}${second}`;
  lines[index + 1] = first.slice(middle);
  return { numbers: [index + 1, index + 2], added: 0 };
}

/** The newline between two records is lost. */
export function glueLines(lines, from) {
  const index = victim(lines, from);
  lines.splice(index, 2, `${lines[index]}${lines[index + 1]}`);
  return { numbers: [index + 1], added: -1 };
}

/** A newline in the middle of a record. */
export function splitLine(lines, from) {
  const index = agentVictim(lines, from);
  const middle = Math.floor(lines[index].length * 0.7);
  lines.splice(index, 1, lines[index].slice(0, middle), lines[index].slice(middle));
  return { numbers: [index + 1, index + 2], added: 1 };
}

/** The kernel prints while the agent does: both share the console. */
export function spliceKernelText(lines, from) {
  const index = agentVictim(lines, from);
  const place = lines[index].indexOf('msg', lines[index].indexOf('{')) + 12;
  const noise = '[    1.122452] sd 0:0:0:0: [sda] 20971520 512-byte logical blocks: (10.7 GB/10.0 GiB)';
  lines[index] = `${lines[index].slice(0, place)}${noise}${lines[index].slice(place)}`;
  return { numbers: [index + 1], added: 0 };
}
