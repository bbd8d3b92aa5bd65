// Names that log rotation gives to the former content of a file.
import * as path from 'node:path';

/** What stands behind the name of a log: `.1`, `-20260302`, `.2026-03-02T10-11-12.123`, `.old`, each maybe with `.gz`. */
const DATE = /^[.-]\d{4}[\d:TZ._-]{4,}$/;
const SUFFIX = /^(?:[.-]\d[\d:TZ._-]*|\.old)?(?:\.gz)?$/;

/**
 * The paths of which `candidate` may be a rotated form; it is none of them itself. The date may also stand before the
 * extension: `kata-20260302.log` comes from `kata.log`.
 */
export function rotatedFrom(candidate: string): readonly string[] {
  const directory = path.dirname(candidate);
  const name = path.basename(candidate);
  const logs: string[] = [];
  for (let at = name.length; at > 0; at--) {
    if (SUFFIX.test(name.slice(at)) && at < name.length) logs.push(path.join(directory, name.slice(0, at)));
  }
  // A date, not just a number: `pod-1.log` is no old `pod.log`.
  const plain = name.replace(/\.gz$/, '');
  const { name: stem, ext } = path.parse(plain);
  for (let at = stem.length - 1; at > 0; at--) {
    if (ext !== '' && DATE.test(stem.slice(at))) logs.push(path.join(directory, `${stem.slice(0, at)}${ext}`));
  }
  return logs;
}
