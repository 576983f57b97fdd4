/** Reads a configuration file: strict YAML, every problem at once, each with file, line and column. */

import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Value } from 'typebox/value';
import { LineCounter, parseDocument } from 'yaml';
import { messageOf, StreetwatchError } from '../../core/index.ts';
import type { LoadedConfig } from './loaded-config.ts';
import type { Path, Problem } from './problems.ts';
import { formatProblem, Locator } from './problems.ts';
import type { Config } from './schema.ts';
import { ConfigSchema } from './schema.ts';
import { semanticProblems } from './semantics.ts';
import { schemaProblems } from './validate.ts';

/** A configuration or what is wrong with it: exactly one of the two. */
export type ConfigResult = { readonly loaded: LoadedConfig } | { readonly problems: readonly Problem[] };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @throws StreetwatchError `config.unreadable` when there is no such file, `config.syntax` when it is not YAML,
 *   `config.invalid` with all problems in its message.
 */
export function loadConfig(file: string, environment: Environment): LoadedConfig {
  const result = readConfig(file, environment);
  if ('loaded' in result) return result.loaded;
  const text = result.problems.map(formatProblem).join('\n');
  throw new StreetwatchError('config.invalid', `${file} cannot be used:\n${text}`, { context: { file } });
}

/** Like {@link loadConfig}, with the problems as values. */
export function readConfig(file: string, environment: Environment): ConfigResult {
  const text = readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { file, line, column: col, path: '', message: `not valid YAML: ${error.message}` };
      }),
    };
  }
  const locate = new Locator(file, document, lines);
  const raw: unknown = document.toJS();
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { problems: [locate.problem([], 'must be a map of keys: district, cameras, …')] };
  }
  const problems: Problem[] = [];
  const value = substitute(raw, environment, [], (path, message) =>
    problems.push(locate.problem(path, message)),
  );
  const complete = Value.Default(ConfigSchema, value) as Config;
  problems.push(...schemaProblems(ConfigSchema, complete, locate));
  const folder = dirname(resolve(file));
  const loaded: LoadedConfig = { config: complete, file, resolve: (path) => resolve(folder, path) };
  problems.push(...semanticProblems(loaded, locate));
  if (problems.length === 0) return { loaded };
  return { problems: unique(problems).sort((a, b) => a.line - b.line || a.column - b.column) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StreetwatchError('config.unreadable', `${basename(file)}: ${messageOf(cause)}`, {
      cause,
      context: { file },
    });
  }
}

/** Puts environment variables in for `${NAME}`; an unset one is a problem, so that no half password is ever sent. */
function substitute(
  value: unknown,
  environment: Environment,
  path: Path,
  report: (path: Path, message: string) => void,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
      const found = environment[name];
      if (found === undefined) report(path, `the environment variable ${name} is not set`);
      return found ?? whole;
    });
  }
  if (Array.isArray(value))
    return value.map((item, i) => substitute(item, environment, [...path, i], report));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        substitute(item, environment, [...path, key], report),
      ]),
    );
  }
  return value;
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()];
}
