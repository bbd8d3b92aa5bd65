// What goes wrong between a writer and its file, whatever is written: C6-C8, C23.
import { timeNine } from '../formats.js';

const isLogfmt = (item) => item.kind === 'shim' && item.shape === null && item.text.length < 4000;
const isText = (item) => isLogfmt(item) && item.line.msg !== '';

/** Where the quoted values of a logfmt line begin and end: `{ key, start, end }`, behind the opening quote, before the closing one. */
function quotedValues(text) {
  return [...text.matchAll(/ ([^\s=]+)="((?:[^"\\]|\\.)*)"/g)].map((found) => {
    const end = found.index + found[0].length - 1;
    return { key: found[1], start: end - found[2].length, end };
  });
}

/** C7: a line that ends inside a quoted value. What stands before it is whole. */
function cutInQuotes(ctx, item) {
  const values = quotedValues(item.text).filter(({ key, start, end }) => key !== 'time' && end - start > 3);
  if (values.length === 0) return ctx.sound(item);
  const { key, start, end } = ctx.random.pick(values);
  const cut = ctx.random.int(start + 1, end - 1);
  const text = item.text.slice(0, cut).replace(/\\+$/, '');
  const line = ctx.file.line(text);
  const has = (name) => text.includes(` ${name}=`) || undefined;
  const { component, level, time, msg, sandbox, container } = item.said;
  ctx.file.truth(line, line, 'C7', 'salvage', {
    component: has('source') && component,
    level,
    time,
    msg: key === 'msg' ? cutTexts(unescaped(text.slice(start))) : msg,
    sandbox: has('sandbox') && sandbox,
    container: has('container') && container,
  });
}

const cutTexts = (text) => [...new Set([text, text.trimEnd()])];
const unescaped = (text) => text.replace(/\\(["\\])/g, '$1');

/** C8: the next record begins where the newline should be. */
function glued(ctx, item) {
  const next = ctx.next();
  if (!isLogfmt(next)) {
    ctx.sound(item);
    return ctx.sound(next);
  }
  const line = ctx.file.line(item.text + next.text);
  for (const { said } of [item, next]) ctx.file.truth(line, line, 'C8', 'salvage', said);
}

/** C6: a record of another shim stands inside this one, whose rest comes on the next line. Two that are open at once cannot be told apart. */
function interleaved(ctx, item) {
  const others = [ctx.next(), ctx.next()];
  if (!others.every(isLogfmt)) {
    for (const each of [item, ...others]) ctx.sound(each);
    return;
  }
  const [other, third] = others;
  const at = ctx.random.int(40, item.text.length - 10);
  const first = ctx.file.line(item.text.slice(0, at) + other.text);
  if (ctx.random.chance(0.8)) {
    // A whole record of somebody may come before the rest.
    const between = ctx.random.chance(0.3) ? ctx.next() : undefined;
    if (between) ctx.sound(between);
    const last = ctx.file.line(item.text.slice(at));
    ctx.file.truth(first, last, 'C6', 'salvage', item.said);
    ctx.file.truth(first, first, 'C6', 'salvage', other.said);
    return ctx.sound(third);
  }
  const half = ctx.random.int(40, third.text.length - 10);
  const second = ctx.file.line(third.text.slice(0, half));
  const rest = ctx.file.line(item.text.slice(at));
  const last = ctx.file.line(third.text.slice(half));
  ctx.file.truth(first, rest, 'C6', 'flag', {});
  ctx.file.truth(first, first, 'C6', 'salvage', other.said);
  ctx.file.truth(second, last, 'C6', 'flag', {});
}

/** C23: the other formatter wrote this line. `item.other` is the record as that one writes it, `item.otherNs` its time. */
function otherFormatter(ctx, item) {
  const line = ctx.file.line(item.other);
  ctx.file.truth(line, line, 'C23', 'salvage', { ...item.said, time: timeNine(item.ns) });
}

export const LINE_DAMAGE = [
  ['C7', isText, 0.004, cutInQuotes],
  ['C8', isLogfmt, 0.004, glued],
];

export const SHARED_STREAM_DAMAGE = [['C6', isLogfmt, 0.01, interleaved]];

export const FORMATTER_DAMAGE = [['C23', (item) => item.other !== undefined, 0.01, otherFormatter]];
