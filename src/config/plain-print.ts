// Test helper: a parsed tree as text of the v1 grammar, so that reading it back gives the same tree.
import { type Param, type Section, UNREADABLE, USE_DEFAULT } from './tree.ts';

/** Valid v1 text of the contents of `root`; texts are double-quoted wherever bare ones could mean something else. */
export function printConfig(root: Section): string {
  return contents(root, '');
}

function contents(section: Section, indent: string): string {
  const params = section.params.map((param) => `${indent}${printParam(param)}\n`);
  const sections = section.sections.map((child) => {
    const arg = child.arg === '' ? '' : ` ${printText(child.arg)}`;
    return `${indent}<${child.name}${arg}>\n${contents(child, `${indent}  `)}${indent}</${child.name}>\n`;
  });
  return [...params, ...sections].join('');
}

function printParam({ name, value }: Param): string {
  const key = /^[^\s"'<#\ufeff]\S*$/.test(name) ? name : doubleQuoted(name);
  if (value === null) return `${key} "#{use_nil}"`;
  if (value === USE_DEFAULT) return `${key} "#{use_default}"`;
  if (value === UNREADABLE) throw new Error('the test prints trees without mistakes');
  return `${key} ${printText(value)}`;
}

function printText(text: string): string {
  return /^[\w./*@-]+$/.test(text) ? text : doubleQuoted(text);
}

function doubleQuoted(text: string): string {
  return `"${text.replace(/["\\#]/g, '\\$&')}"`;
}
