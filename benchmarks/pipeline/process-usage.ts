/** CPU time and memory of a process and of its children, as Linux accounts for them (proc(5)). */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_S = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export interface Usage {
  /** User and system time since the start of the process. */
  readonly cpuS: number;
  /** Resident set: memory that is in RAM now. */
  readonly rssBytes: number;
}

/** @returns `undefined` for a process that is gone. */
export function processUsage(pid: number): Usage | undefined {
  try {
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    const cpuS = statCpuS(`/proc/${pid}/stat`);
    return cpuS === undefined ? undefined : { cpuS, rssBytes: Number(rss?.[1] ?? 0) * 1024 };
  } catch {
    return undefined;
  }
}

function statCpuS(path: string): number | undefined {
  try {
    // Fields after the command, which may hold spaces and brackets itself: 14 utime, 15 stime (proc(5)).
    const fields = readFileSync(path, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
  } catch {
    return undefined;
  }
}

/** CPU seconds of each thread of a process, by thread id; the main thread has the id of the process. */
export function threadCpuS(pid: number): Map<number, number> {
  const threads = new Map<number, number>();
  for (const name of readdirSync(`/proc/${pid}/task`)) {
    const usage = statCpuS(`/proc/${pid}/task/${name}/stat`);
    if (usage !== undefined) threads.set(Number(name), usage);
  }
  return threads;
}

/** Children of a process that run now. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        return (
          Number(
            readFileSync(`/proc/${child}/stat`, 'utf8')
              .replace(/^.*\) /s, '')
              .split(' ')[1],
          ) === pid
        );
      } catch {
        return false;
      }
    });
}

/** Sum over processes; those that are gone count nothing. */
export function totalUsage(pids: readonly number[]): Usage {
  const usages = pids.flatMap((pid) => processUsage(pid) ?? []);
  return {
    cpuS: usages.reduce((sum, usage) => sum + usage.cpuS, 0),
    rssBytes: usages.reduce((sum, usage) => sum + usage.rssBytes, 0),
  };
}
