/** Mistakes in a scenario that a schema cannot see: names used twice, times out of order, carriers that are nobody. */

import type { GarbageSpec, Scenario, ThingSpec } from './schema.ts';

export interface Fault {
  /** Keys from the top of the file. */
  readonly path: readonly string[];
  readonly text: string;
}

type Path = readonly string[];

export function meaningFaults(scenario: Scenario): Fault[] {
  const { actors, things, zones, faults = [], serving = [] } = scenario;
  const persons = new Set(actors.flatMap((actor) => (actor.kind === 'person' ? [actor.id] : [])));
  const spans = [
    ...faults.map((span, index) => ({ span, path: ['faults', String(index)] })),
    ...serving.flatMap((span, index) =>
      span.kind === 'clock-jump' ? [] : [{ span, path: ['serving', String(index)] }],
    ),
  ];
  return [
    ...clockFaults(scenario.startsAt),
    // Actors and things share their names: the truth tells them apart by nothing else.
    ...usedTwice([...namesOf('actors', actors), ...namesOf('things', things)]),
    ...usedTwice(namesOf('zones', zones)),
    ...actors.flatMap(({ route }, index) => knotFaults(route, ['actors', String(index), 'route'])),
    ...things.flatMap((thing, index) => thingFaults(thing, ['things', String(index)], persons)),
    ...spans.flatMap(({ span, path }) => spanFaults(span, path)),
  ];
}

function clockFaults(startsAt: string): Fault[] {
  const isMoment =
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(startsAt) &&
    !Number.isNaN(Date.parse(`${startsAt.replace(' ', 'T')}Z`));
  return isMoment ? [] : [{ path: ['startsAt'], text: `"${startsAt}" is no time like 2025-06-11 08:15:00` }];
}

interface Name {
  readonly id: string;
  readonly path: Path;
}

function namesOf(list: string, entries: readonly { readonly id: string }[]): Name[] {
  return entries.map(({ id }, index) => ({ id, path: [list, String(index), 'id'] }));
}

function usedTwice(names: readonly Name[]): Fault[] {
  return names.flatMap(({ id, path }, index) =>
    names.findIndex((one) => one.id === id) === index ? [] : [{ path, text: `the id "${id}" is used twice` }],
  );
}

function thingFaults(thing: ThingSpec, path: Path, persons: ReadonlySet<string>): Fault[] {
  switch (thing.kind) {
    case 'garbage':
      return garbageFaults(thing, path, persons);
    case 'bin':
      return knotFaults(thing.fill ?? [], [...path, 'fill']);
    case 'fire':
      return spanFaults(thing, path);
    case 'traffic-light':
      return knotFaults(thing.phases, [...path, 'phases']);
  }
}

function garbageFaults({ at, carried = [] }: GarbageSpec, path: Path, persons: ReadonlySet<string>): Fault[] {
  const whence =
    at === undefined && carried.length === 0 ? [{ path, text: 'garbage needs "at" or "carried"' }] : [];
  const grips = carried.flatMap((grip, index) => {
    const own = [...path, 'carried', String(index)];
    const before = carried[index - 1];
    return [
      ...(persons.has(grip.by) ? [] : [{ path: own, text: `"${grip.by}" is not a person of this scenario` }]),
      ...spanFaults(grip, own),
      ...(before !== undefined && grip.fromS < before.toS
        ? [
            {
              path: own,
              text: `it is carried from ${grip.fromS} s, before it was put down at ${before.toS} s`,
            },
          ]
        : []),
    ];
  });
  return [...whence, ...grips];
}

/** @param knots the first value of each is its time, which must grow. */
function knotFaults(knots: readonly (readonly [number, ...unknown[]])[], path: Path): Fault[] {
  return knots.flatMap(([time], index) => {
    const before = knots[index - 1]?.[0];
    return before === undefined || time > before
      ? []
      : [{ path: [...path, String(index)], text: `the knot at ${time} s is not after the one before it` }];
  });
}

function spanFaults({ fromS, toS }: { readonly fromS: number; readonly toS: number }, path: Path): Fault[] {
  return toS > fromS ? [] : [{ path, text: `it ends at ${toS} s, not after its beginning at ${fromS} s` }];
}
