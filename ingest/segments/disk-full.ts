/** Whether something failed because the disk, or our share of it, is full. */

const FULL = /No space left on device|Disk quota exceeded/i;

/** @param said what ffmpeg wrote, or what Node threw. */
export function isDiskFull(said: unknown): boolean {
  if (typeof said === 'string') return FULL.test(said);
  if (!(said instanceof Error) || !('code' in said)) return false;
  return said.code === 'ENOSPC' || said.code === 'EDQUOT';
}
