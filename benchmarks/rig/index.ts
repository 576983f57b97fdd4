/** What runs of the whole program share: child processes, a broker, a folder, and reading what is published. */

export { freePort, startChild, type Child } from './child.ts';
export { brokerAvailable, makeStreetLikeClip, metric, Rig, until } from './rig.ts';
export { watchEvents, type ReceivedEvent } from './watch-events.ts';
